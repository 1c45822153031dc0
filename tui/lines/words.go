package lines

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// words parts a line as a shell does: blanks part words, quotes keep them
// together, a backslash outside of single quotes takes what follows as it is.
func words(line string) ([]string, error) {
	var all []string
	var b strings.Builder
	quote, begun, escaped := rune(0), false, false
	for _, r := range line {
		switch {
		case escaped:
			if quote == '"' && r != '"' && r != '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, begun = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(r)
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == ' ' || r == '\t':
			if begun {
				all = append(all, b.String())
				b.Reset()
				begun = false
			}
		default:
			b.WriteRune(r)
			begun = true
		}
	}
	switch {
	case quote != 0:
		return nil, fmt.Errorf("a %c has no second one", quote)
	case escaped:
		return nil, errors.New(`nothing follows the \ at the end`)
	case begun:
		all = append(all, b.String())
	}
	return all, nil
}

// flags are those of a command: by its name whether one takes a value.
type flags map[string]bool

// given is a command line that was taken apart.
type given struct {
	args  []string
	flags map[string]string
}

func (g given) has(name string) bool {
	_, ok := g.flags[name]
	return ok
}

// parse takes the words behind a command apart. Flags may stand anywhere.
func (f flags) parse(all []string) (given, error) {
	g := given{flags: map[string]string{}}
	for i := 0; i < len(all); i++ {
		name, flag := strings.CutPrefix(all[i], "--")
		switch {
		case name == "" && flag:
			g.args = append(g.args, all[i+1:]...)
			return g, nil
		case all[i] == "-o":
			name, flag = "output", true
		}
		if !flag {
			g.args = append(g.args, all[i])
			continue
		}
		name, value, inline := strings.Cut(name, "=")
		takes, known := f[name]
		switch {
		case !known && len(f) == 0:
			return g, fmt.Errorf("--%s: it takes no such flag", name)
		case !known:
			return g, fmt.Errorf("--%s: the flags are --%s", name, strings.Join(slices.Sorted(maps.Keys(f)), ", --"))
		case !takes && inline:
			return g, fmt.Errorf("--%s takes no value", name)
		case takes && !inline:
			if i++; i == len(all) {
				return g, fmt.Errorf("--%s wants a value", name)
			}
			value = all[i]
		}
		g.flags[name] = value
	}
	return g, nil
}
