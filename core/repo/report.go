package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"

	"selvage/core"
)

// update is one branch to be moved, from where it has to be.
type update struct {
	branch   string
	old, now plumbing.Hash // old is zero where the branch must not be there
}

// request asks to move the branch. Without a report of what came of it a server
// is not asked at all.
func (u update) request(offered *capability.List, pack []byte) ([]byte, error) {
	if !offered.Supports(capability.ReportStatus) {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "publish", Err: errors.New("the server does not report what becomes of a push"), Hint: "ask its administrator"}
	}
	if format := offered.Get("object-format"); len(format) > 0 && format[0] != "sha1" {
		return nil, &core.Error{Access: core.AccessInvalid, Op: "publish", Err: fmt.Errorf("the repository has objects by %q, which is not supported", format[0])}
	}
	caps := []string{"report-status"}
	for _, c := range []capability.Capability{capability.Sideband64k, capability.Quiet} {
		if offered.Supports(c) {
			caps = append(caps, c.String())
		}
	}
	var b bytes.Buffer
	e := pktline.NewEncoder(&b)
	// Writing to a buffer does not fail.
	_ = e.Encodef("%s %s refs/heads/%s\x00 %s agent=%s", u.old, u.now, u.branch, strings.Join(caps, " "), userAgent)
	_ = e.Flush()
	b.Write(pack)
	return b.Bytes(), nil
}

// report is what a server says of an update.
type report struct {
	moved  bool
	reason string // why it is not moved, in the server's words
}

// maxReport is how much of an answer is read.
const maxReport = 1 << 20

// reportOf reads the answer to an update. What hooks say comes beside and after
// the report. An answer that is not whole is an error, and proves nothing.
func reportOf(in io.Reader, offered *capability.List, u update) (r report, says []byte, err error) {
	var progress bytes.Buffer
	in = io.LimitReader(in, maxReport)
	if offered.Supports(capability.Sideband64k) {
		d := sideband.NewDemuxer(sideband.Sideband64k, in)
		d.Progress = &progress
		in = d
	}
	status := packp.NewReportStatus()
	err = status.Decode(in)
	if err == nil {
		_, _ = io.Copy(io.Discard, in) // the report is whole; for what hooks say after it
	}
	if errors.Is(err, packp.ErrEmptyInput) || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return r, progress.Bytes(), fmt.Errorf("read the report: %w", err)
	}
	if !strings.EqualFold(status.UnpackStatus, "ok") {
		return report{reason: "unpack: " + status.UnpackStatus}, progress.Bytes(), nil
	}
	for _, c := range status.CommandStatuses {
		if c.ReferenceName.String() != "refs/heads/"+u.branch {
			continue
		}
		if c.Status == "ok" {
			return report{moved: true}, progress.Bytes(), nil
		}
		return report{reason: c.Status}, progress.Bytes(), nil
	}
	return r, progress.Bytes(), errors.New("read the report: it does not name the branch")
}

// raced tells whether a reason is that the branch was, or is being, moved by
// somebody else, and not that anybody objects.
func (r report) raced() bool {
	low := strings.ToLower(r.reason)
	for _, words := range []string{"failed to update ref", "incorrect old value", "cannot lock ref", "fetch first", "stale info", "non-fast-forward", "failed to lock", "reference already exists", "unable to lock"} {
		if strings.Contains(low, words) {
			return true
		}
	}
	return false
}

var links = regexp.MustCompile(`https?://[^\s"'<>]+`)

// maxWords bounds what is quoted of a server.
const maxWords = 1000

// words are what a server said, each of its lines made inert; empty ones are left out.
func words(said []byte) string {
	var lines []string
	size := 0
	for text := range strings.Lines(string(said)) {
		text = inert(text, maxWords)
		if text == "" {
			continue
		}
		if size += len(text); size > maxWords {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
