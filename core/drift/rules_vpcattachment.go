package drift

import "strings"

// vpcAttachmentRows is what the webhook of VPC attachments does.
func vpcAttachmentRows() []Row {
	return []Row{
		{"vpcattachment.subnet", always, ".spec.subnet", Rewritten{fullSubnet}, "a VPC alone means its subnet \"default\""},
	}
}

func fullSubnet(s string) string {
	if s == "" || strings.Contains(s, "/") {
		return s
	}
	return s + "/default"
}
