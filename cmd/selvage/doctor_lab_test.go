package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"selvage/core/doctor"
	"selvage/testdata/labtest"
)

// diagnosed is what doctor says of a fabric.
func (p *program) diagnosed(code int, args ...string) []diagnosisItem {
	p.t.Helper()
	out, errs, got := p.run(append([]string{"doctor", "-o", "json"}, args...)...)
	if got != code {
		p.t.Errorf("doctor exits with %d, want %d; it says %s\n%s", got, code, errs, out)
	}
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		p.t.Fatalf("doctor prints no JSON: %v\n%s\n%s", err, out, errs)
	}
	return d.Items
}

// said are the findings of an area and a level whose line holds some words.
func said(all []diagnosisItem, a doctor.Area, l doctor.Level, words string) (found []diagnosisItem) {
	for _, f := range all {
		if f.Area == a && f.Level == l && strings.Contains(f.What+": "+f.Text, words) {
			found = append(found, f)
		}
	}
	return found
}

// TestDoctorLearnsRightsByReading has a real API server and a real Git server say
// what a login may not do, and holds the audit log against the promise that nothing
// was written to find out.
func TestDoctorLearnsRightsByReading(t *testing.T) {
	lab := labtest.Start(t)
	s := newSite(t, lab, 9)
	p := newProgram(t)
	p.configure(s.config(t, p, "dc1"))

	// The reader may do all that a reader should; the login for Git may only fetch.
	p.env = append(p.env, "GIT_AUTHOR_NAME=Kim", "GIT_AUTHOR_EMAIL=kim@example.net", "GIT_COMMITTER_NAME=Kim", "GIT_COMMITTER_EMAIL=kim@example.net", "GIT_SSL_CAINFO="+s.repo.CAFile)
	all := p.diagnosed(3)
	if len(said(all, doctor.AreaCluster, doctor.OK, "objects in")) != 1 || len(said(all, doctor.AreaCluster, doctor.Fail, "")) > 0 || len(said(all, doctor.AreaCluster, doctor.Warn, "")) > 0 {
		t.Errorf("the cluster: %+v", all)
	}
	if f := said(all, doctor.AreaPublish, doctor.Fail, ""); len(f) != 1 || f[0].Hint == "" {
		t.Errorf("a push with the login that may only fetch: %+v", f)
	}
	if f := said(all, doctor.AreaCredentials, doctor.OK, "certificate"); len(f) < 2 {
		t.Errorf("certificates: %+v", f)
	}

	// Another one may list VPCs, and watch nothing.
	narrow := s.cluster.Grant(t, "narrow")
	s.cluster.Kubectl(t, "create", "role", "narrow", "--verb=get,list", "--resource=vpcs.vpc.githedgehog.com")
	s.cluster.Kubectl(t, "create", "rolebinding", "narrow", "--role=narrow", "--user="+narrow.User)
	p.env = append(p.env, "NARROW="+narrow.Token)
	p.reconfigure(fmt.Sprintf("token_file: %q", p.dir+"/dc1.token"), "token_env: NARROW")
	all = p.diagnosed(3)
	if f := said(all, doctor.AreaCluster, doctor.Fail, "Switch.wiring"); len(f) != 1 || !strings.Contains(f[0].Hint, "ask for get and list") {
		t.Errorf("switches: %+v", f)
	}
	if f := said(all, doctor.AreaCluster, doctor.Fail, "vpcs"); len(f) > 0 {
		t.Errorf("VPCs, which may be listed: %+v", f)
	}
	if f := said(all, doctor.AreaCluster, doctor.Warn, "watch"); len(f) != 1 || !strings.HasPrefix(f[0].What, "VPC.vpc") || !strings.Contains(f[0].Hint, "watch") {
		t.Errorf("VPCs, which may not be watched, and nothing else: %+v", f)
	}
	for _, e := range s.cluster.Audit(t, narrow.User) {
		if e.Verb != "get" && e.Verb != "list" && e.Verb != "watch" {
			t.Errorf("it asked the API server to %s %s", e.Verb, e.RequestURI)
		}
	}
}
