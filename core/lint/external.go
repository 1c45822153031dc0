package lint

import (
	"regexp"
	"strconv"

	"selvage/core"
)

// community is a BGP community of two numbers.
var community = regexp.MustCompile(`^(0|[1-9][0-9]{0,4}):(0|[1-9][0-9]{0,4})$`)

func isCommunity(text string) bool {
	m := community.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	for _, half := range m[1:] {
		if n, err := strconv.Atoi(half); err != nil || n > 65535 {
			return false
		}
	}
	return true
}

func externals(w *world, s say) {
	for _, o := range w.byKind["External"] {
		// l2 is what releases before 26.01 called static.
		static := spec(o).key("static").set() || spec(o).key("l2").set()
		for _, k := range []string{"inboundCommunity", "outboundCommunity"} {
			f := spec(o).key(k)
			switch {
			case static && f.text() != "":
				s.at(f, "an External with static prefixes has no communities")
			case !static && !f.set():
				s.at(f, "the External has no %s", k)
			case !static && !isCommunity(f.text()):
				s.at(f, "%s is no community such as 65102:5000", f.shown())
			}
		}
		if spec(o).key("static").set() && spec(o).down("static", "prefixes").len() == 0 {
			s.at(spec(o).key("static"), "no prefixes")
		}
	}
	for _, o := range w.byKind["ExternalAttachment"] {
		externalAttachment(w, o, s)
	}
}

func externalAttachment(w *world, o *core.Object, s say) {
	at := spec(o)
	need := [][]string{{"external"}, {"connection"}, {"switch", "ip"}, {"neighbor", "ip"}, {"neighbor", "asn"}}
	static := at.key("static").set()
	if static {
		need = [][]string{{"external"}, {"connection"}, {"static", "remoteIP"}}
	}
	for _, keys := range need {
		f := at.down(keys...)
		if n, ok := f.number(); f.text() == "" && (!ok || n == 0) {
			s.at(f, "the attachment has no %s", string(f.path)[len(".spec."):])
		}
	}
	if static {
		if (at.down("static", "ip").text() != "") == at.down("static", "proxy").on() {
			s.at(at.key("static"), "it is either an ip or proxy")
		}
		for _, k := range []string{"switch", "neighbor"} {
			if at.key(k).len() > 0 {
				s.at(at.key(k), "a static attachment has no %s", k)
			}
		}
	}
	connection := w.find(o, "Connection", at.key("connection").text())
	if connection != nil && !spec(connection).key("external").set() {
		s.at(at.key("connection"), "%s is no external connection", w.where(top(connection)))
	}
}
