package doctor

import (
	"errors"
	"fmt"
	"strings"

	"selvage/core"
)

// Store is what is known of the store without using it.
type Store struct {
	Path           string // of its file
	There          bool   // else the first command that needs it makes it
	Size, Free     int64  // bytes: of the store, and left on its disk
	Schema, Latest int    // versions: of the file, and of this program
	SQLite         string // version of the library
	Shared         string // the group that shares it; "" for none
	Err            error  // why it cannot be used
}

// tight is how many bytes a disk should have left.
const tight = 256 << 20

// OfStore judges the store.
func OfStore(s Store) []Finding {
	var r record
	var known *core.Error
	switch {
	case errors.As(s.Err, &known):
		r.add(AreaStore, Fail, s.Path, (&core.Error{Op: known.Op, Err: known.Err}).Error(), known.Hint)
		return r.all
	case s.Err != nil:
		r.add(AreaStore, Fail, s.Path, s.Err.Error(), "")
		return r.all
	case !s.There:
		r.add(AreaStore, OK, s.Path, "is not there yet, and can be made"+sharing(s.Shared), "")
	default:
		r.add(AreaStore, OK, s.Path, fmt.Sprintf("%s, schema %d, SQLite %s, quick_check found nothing%s", bytes(s.Size), s.Schema, s.SQLite, sharing(s.Shared)), "")
	}
	if s.There && s.Schema < s.Latest {
		r.add(AreaStore, Warn, s.Path, fmt.Sprintf("its schema is older than this program's, %d", s.Latest), "the next command brings it there, after a copy; end older selvages before")
	}
	if s.Free < max(tight, s.Size) {
		r.add(AreaStore, Warn, s.Path, bytes(s.Free)+" are left on its disk", "free some space, or set another state.dir")
	}
	return r.all
}

func sharing(group string) string {
	if group == "" {
		return ""
	}
	return ", shared with group " + group
}

// bytes is a size for people, in the unit that leaves a number below 1024.
func bytes(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	size, i := float64(n), 0
	for size >= 1024 && i < len(units)-1 {
		size /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d %s", n, units[i])
	}
	return fmt.Sprintf("%.1f %s", size, units[i])
}

// Terminal is what the dashboard would appear in.
type Terminal struct {
	There         bool // there is one; what follows counts where it is set
	Width, Height int  // cells; 0 where it does not say
	Colours       int  // how many it shows; 0 for none
	Plain         bool // $NO_COLOR asks for none
	Term          string
	Locale        string // of characters: "en_GB.UTF-8"
	Multiplexer   string // "tmux", "screen"; "" for none
	From          string // the address that an SSH session comes from; "" for none
}

// The smallest screen on which all columns are shown.
const (
	fullWidth  = 80
	fullHeight = 24
)

// OfTerminal judges the terminal.
func OfTerminal(t Terminal) []Finding {
	var r record
	if !t.There {
		r.add(AreaTerminal, OK, "output", "goes to no terminal; all but the dashboard works without", "")
		return r.all
	}
	r.colours(t)
	switch {
	case t.Width == 0 || t.Height == 0:
		r.add(AreaTerminal, Warn, "size", "the terminal does not say how large it is", "stty rows 24 cols 80")
	case t.Width < fullWidth || t.Height < fullHeight:
		r.add(AreaTerminal, Warn, "size", fmt.Sprintf("%dx%d", t.Width, t.Height), fmt.Sprintf("make it %dx%d or larger: columns are left out below", fullWidth, fullHeight))
	default:
		r.add(AreaTerminal, OK, "size", fmt.Sprintf("%dx%d", t.Width, t.Height), "")
	}
	if low := strings.ToLower(t.Locale); strings.Contains(low, "utf-8") || strings.Contains(low, "utf8") {
		r.add(AreaTerminal, OK, "characters", t.Locale, "")
	} else {
		r.add(AreaTerminal, Warn, "characters", fmt.Sprintf("the locale %q is not one of UTF-8", t.Locale), "export LANG=C.UTF-8, on the machine that you come from too: ssh hands it on")
	}
	if t.Multiplexer != "" {
		if !strings.HasPrefix(t.Term, "screen") && !strings.HasPrefix(t.Term, "tmux") {
			r.add(AreaTerminal, Warn, t.Multiplexer, fmt.Sprintf("TERM is %q inside of it", t.Term), "take TERM out of the shell's start-up file: "+t.Multiplexer+" sets it")
		} else {
			r.add(AreaTerminal, OK, t.Multiplexer, "TERM is "+t.Term, "")
		}
	}
	if t.From != "" {
		r.add(AreaTerminal, OK, "ssh", "from "+t.From, "")
	}
	return r.all
}

func (r *record) colours(t Terminal) {
	switch {
	case t.Term == "" || t.Term == "dumb":
		r.add(AreaTerminal, Warn, "TERM", fmt.Sprintf("it is %q: the dashboard can only be told in lines", t.Term), "export TERM=xterm-256color, or what your terminal is")
	case t.Plain:
		r.add(AreaTerminal, OK, "colours", "none: NO_COLOR is set; letters tell the states", "")
	case t.Colours == 0:
		r.add(AreaTerminal, Warn, "colours", fmt.Sprintf("none, by TERM=%s; letters tell the states", t.Term), "export TERM=xterm-256color, if the terminal has colours")
	case t.Colours <= 16:
		r.add(AreaTerminal, OK, "colours", fmt.Sprintf("%d, by TERM=%s", t.Colours, t.Term), "")
	case t.Colours <= 256:
		r.add(AreaTerminal, OK, "colours", fmt.Sprintf("256, by TERM=%s", t.Term), "")
	default:
		r.add(AreaTerminal, OK, "colours", "all of them", "")
	}
}
