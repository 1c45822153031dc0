package doctor

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"selvage/core"
)

// soon is the longest time before its end that a credential is warned of, and
// shareOfLife the part of its life.
const (
	soon        = 14 * 24 * time.Hour
	shareOfLife = 10
)

// skewed is from when on a wrong clock is told: ages on screen are off by it, and
// some servers refuse tokens that were made in their future.
const skewed = 5 * time.Second

func (r *record) login(where string, l core.Login, now time.Time) {
	for _, c := range l.Credentials {
		r.credential(where, c, now)
	}
	if l.Clock && l.Ahead.Abs() > skewed {
		word := "ahead of"
		if l.Ahead < 0 {
			word = "behind"
		}
		r.add(AreaCredentials, Warn, where+": clock", fmt.Sprintf("the server's clock is %s %s this machine's", core.ShortAge(l.Ahead.Abs()), word), "set both by NTP: ages are wrong by as much, and tokens may be refused")
	}
}

func (r *record) credential(where string, c core.Credential, now time.Time) {
	what := where + ": " + c.What
	whose := ""
	if c.Of != "" {
		whose = "of " + c.Of + ", "
	}
	renew := "renew it: " + c.From
	left := c.Ends.Sub(now)
	switch {
	case c.Err != nil:
		r.add(AreaCredentials, Fail, what, fmt.Sprintf("%s: %s", c.From, c.Err), "put it there so that this user can read it, or correct its path")
	case c.Begins.After(now):
		r.add(AreaCredentials, Fail, what, fmt.Sprintf("%sholds only from %s on", whose, day(c.Begins)), "is this machine's clock right?")
	case c.Ends.IsZero():
		r.add(AreaCredentials, OK, what, whose+"does not say when it ends: "+c.From, "")
	case left <= 0:
		r.add(AreaCredentials, Fail, what, fmt.Sprintf("%sended %s ago", whose, core.ShortAge(-left)), renew)
	case !c.Renewed && left < warnBefore(c):
		r.add(AreaCredentials, Warn, what, fmt.Sprintf("%sends in %s, on %s", whose, core.ShortAge(left), day(c.Ends)), renew)
	default:
		r.add(AreaCredentials, OK, what, fmt.Sprintf("%sholds for %s, until %s", whose, core.ShortAge(left), day(c.Ends)), "")
	}
}

// warnBefore is how long before its end a credential is warned of.
func warnBefore(c core.Credential) time.Duration {
	if c.Begins.IsZero() {
		return soon
	}
	return min(soon, c.Ends.Sub(c.Begins)/shareOfLife)
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// File is a file that holds a secret.
type File struct {
	What, Path string
}

// files warns of secrets that everybody on the machine can read. What cannot be
// looked at is told by whoever needs it.
func (r *record) files(all []File) {
	for _, f := range all {
		info, err := os.Stat(f.Path)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0 {
			r.add(AreaCredentials, Warn, f.What, fmt.Sprintf("everybody on this machine can read %s", f.Path), fmt.Sprintf("chmod %04o %s", info.Mode().Perm()&^fs.FileMode(0o007), f.Path))
		}
	}
}
