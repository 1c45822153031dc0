package drift

// externalAttachmentRows is what the Go types of external attachments tell
// apart.
func externalAttachmentRows() []Row {
	return []Row{
		{"extattach.static", always, ".spec.static", Optional{}, "a static attachment is one even while empty"},
		{"extattach.icmp-type", always, ".spec.inboundACL.statements[*].icmpType", Optional{}, "type 0 is echo reply, none is any"},
		{"extattach.icmp-code", always, ".spec.inboundACL.statements[*].icmpCode", Optional{}, "code 0 is a code, none is any"},
	}
}
