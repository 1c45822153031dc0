package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bmatcuk/doublestar/v4"

	"selvage/core"
)

// place is what a relative path starts from.
type place struct{ dir, home string }

// in is the place of what stands in a file.
func (p place) in(at Position) place {
	return place{filepath.Dir(at.File), p.home}
}

// path makes a path absolute: ~ is the home directory, and a relative one
// starts at the file that names it.
func (p place) path(s string) (string, error) {
	rest, tilde := strings.CutPrefix(s, "~")
	switch {
	case tilde && rest != "" && !strings.HasPrefix(rest, "/"):
		return "", &hint{fmt.Sprintf("%s: another user's home", quoted(s)), "write the path out"}
	case tilde && p.home == "":
		return "", &hint{fmt.Sprintf("%s: no home directory is known", quoted(s)), "set HOME or write the path out"}
	case tilde:
		return filepath.Join(p.home, rest), nil
	case filepath.IsAbs(s):
		return filepath.Clean(s), nil
	}
	return filepath.Join(p.dir, s), nil
}

// form is the form that a text must have.
type form struct {
	read    func(place, string) (string, error) // checks and normalises
	do      string                              // what to do about a text of another form
	pattern string                              // what it matches, for the schema; "" says nothing
}

// hint is an error with advice of its own.
type hint struct{ what, do string }

func (h *hint) Error() string { return h.what }

// The forms that one regular expression describes.
var (
	wordForm      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	envForm       = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	namespaceForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	groupForm     = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	hostForm      = regexp.MustCompile(`^[A-Za-z0-9_.:-]+$`)
	braces        = regexp.MustCompile(`\{[^{}]*\}`)
)

// forms are all forms, by the names that the model uses.
func forms() map[string]form {
	matches := func(re *regexp.Regexp, what, do string) form {
		return form{func(_ place, s string) (string, error) {
			if !re.MatchString(s) {
				return "", fmt.Errorf("%s is %s", quoted(s), what)
			}
			return s, nil
		}, do, re.String()}
	}
	env := matches(envForm, "", "")
	env.read = func(_ place, s string) (string, error) {
		if !envForm.MatchString(s) { // it may be the secret itself
			return "", errors.New("not the name of an environment variable")
		}
		return s, nil
	}
	env.do = "give the variable's name, not what it holds"
	return map[string]form{
		"word":      matches(wordForm, "no name", "use letters, digits, _, . and -"),
		"env":       env,
		"namespace": matches(namespaceForm, "no namespace", "use lower-case letters, digits and -"),
		"host":      matches(hostForm, "no host name", "give a name as in the certificate"),
		"name":      {readName, "use printable characters without slashes, and no - in front", `^[^-/\s][^/]*$`},
		"line":      {readLine, "write it on one line, of printable characters", `\S`},
		"person":    {readPerson, "Git allows no <, > and line breaks in it", `^[^<>]+$`},
		"chord":     {readChord, "write it as s, ctrl+s or enter", `^\S+$`},
		"path":      {readPath, "give the path of a file or folder", `.`},
		"glob":      {readGlob, "write it as \"**/*.yaml\", below path", `^[^/]`},
		"gitpath":   {readGitPath, "give a folder inside the repository, as fabrics/dc1", `.`},
		"branch":    {readBranch, "give the branch's name as `git branch` prints it", `^[^-\s~^:?*\[\\][^\s~^:?*\[\\]*$`},
		"regexp":    {readRegexp, "write it as CHG-[0-9]+", `.`},
		"apiurl":    {readAPIURL, "write it as https://host:6443", `^https?://`},
		"proxy":     {readProxy, "write it as socks5://127.0.0.1:1080", `^(https?|socks5h?)://`},
		"giturl":    {readGitURL, "write it as https://host/repo.git, ssh://git@host/repo.git, git@host:repo.git or file:///repo", `.`},
		"reviewurl": {readReviewURL, "write it as https://host/compare/main...{branch}", `^https?://`},
		"message":   {words("summary", "ticket"), "", `\S`},
		"group":     {readGroup, "write it as vpc.githedgehog.com", groupForm.String()},
		"kind":      {readKind, "write it as VPC, or as Kind.group for one that is not Hedgehog's", `^[^\s/]+$`},
		"anykind":   {readAnyKind, "write it as VPC, or as Kind.group for one that is not Hedgehog's", `^[^\s/]+$`},
		"pattern":   {readPattern, "write it as .spec.portLocators; what is no number in [name=\"a\"] has quotes", `^[.\[]`},
	}
}

// quoted shows a foreign text in an error, cut where it is long.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// oneLine says what keeps a text off one line of a screen; "" if nothing does.
func oneLine(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "empty"
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
		return quoted(s) + " has characters that do not print"
	}
	return ""
}

func readLine(_ place, s string) (string, error) {
	if what := oneLine(s); what != "" {
		return "", errors.New(what)
	}
	return s, nil
}

func readName(p place, s string) (string, error) {
	switch {
	case strings.Contains(s, "/"):
		return "", fmt.Errorf("%s has a slash", quoted(s))
	case strings.HasPrefix(s, "-"), s == ".", s == "..":
		return "", fmt.Errorf("%s cannot be told from something else on a command line", quoted(s))
	case s != strings.TrimSpace(s):
		return "", fmt.Errorf("%s begins or ends with a space", quoted(s))
	}
	return readLine(p, s)
}

func readPerson(p place, s string) (string, error) {
	if strings.ContainsAny(s, "<>") {
		return "", fmt.Errorf("%s cannot stand in a commit", quoted(s))
	}
	return readLine(p, s)
}

func readChord(p place, s string) (string, error) {
	if strings.ContainsFunc(s, unicode.IsSpace) {
		return "", fmt.Errorf("%s is no key", quoted(s))
	}
	return readLine(p, s)
}

func readPath(p place, s string) (string, error) {
	if _, err := readLine(p, s); err != nil {
		return "", err
	}
	return p.path(s)
}

func readGlob(p place, s string) (string, error) {
	switch {
	case !doublestar.ValidatePattern(s):
		return "", fmt.Errorf("%s is no glob", quoted(s))
	case strings.HasPrefix(s, "/"), slices.Contains(strings.Split(s, "/"), ".."):
		return "", fmt.Errorf("%s leaves the folder", quoted(s))
	}
	return readLine(p, s)
}

func readGitPath(p place, s string) (string, error) {
	if _, err := readLine(p, s); err != nil {
		return "", err
	}
	clean := path.Clean(strings.TrimLeft(s, "/"))
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", fmt.Errorf("%s leaves the repository", quoted(s))
	}
	return clean, nil
}

func readBranch(p place, s string) (string, error) {
	s = strings.TrimPrefix(s, "refs/heads/")
	switch {
	case strings.HasPrefix(s, "refs/"), strings.HasPrefix(s, "-"), strings.HasPrefix(s, "/"), strings.HasSuffix(s, "/"),
		strings.HasSuffix(s, "."), strings.HasSuffix(s, ".lock"), strings.Contains(s, ".."), strings.Contains(s, "//"),
		strings.Contains(s, "@{"), strings.ContainsAny(s, " ~^:?*[\\"):
		return "", fmt.Errorf("%s is no branch", quoted(s))
	}
	return readLine(p, s)
}

func readRegexp(p place, s string) (string, error) {
	if _, err := regexp.Compile(s); err != nil {
		return "", fmt.Errorf("%s is no regular expression", quoted(s))
	}
	return readLine(p, s)
}

// words reads a template whose words in braces must be among those given.
func words(known ...string) func(place, string) (string, error) {
	return func(p place, s string) (string, error) {
		for _, w := range braces.FindAllString(s, -1) {
			if !slices.Contains(known, strings.Trim(w, "{}")) {
				return "", &hint{quoted(w) + ": nothing to fill in", "known here: {" + strings.Join(known, "}, {") + "}"}
			}
		}
		return readLine(p, s)
	}
}

// readURL parses an address that must have one of the schemes and a host. What
// its errors say holds no password.
func readURL(s string, schemes ...string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil, oneLine(s) != "", u.Scheme == "", u.Host == "" && u.Scheme != "file":
		return nil, errors.New("no address")
	case !slices.Contains(schemes, u.Scheme):
		return nil, fmt.Errorf("%q is none of %s", u.Scheme, strings.Join(schemes, ", "))
	}
	return u, nil
}

// encrypted refuses http but to this machine itself.
func encrypted(u *url.URL) error {
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return &hint{"http would send credentials in the clear", "use https"}
	}
	return nil
}

func readAPIURL(_ place, s string) (string, error) {
	u, err := readURL(s, "https", "http")
	switch {
	case err != nil:
		return "", err
	case u.User != nil:
		return "", &hint{"credentials in the address", "use a token or a kubeconfig"}
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("an address with ? or #")
	}
	return strings.TrimRight(s, "/"), encrypted(u)
}

func readProxy(_ place, s string) (string, error) {
	_, err := readURL(s, "http", "https", "socks5", "socks5h")
	return s, err
}

func readReviewURL(p place, s string) (string, error) {
	if _, err := words("branch")(p, s); err != nil {
		return "", err
	}
	_, err := readURL(strings.NewReplacer("{", "", "}", "").Replace(s), "https", "http")
	return s, err
}

// readGitURL takes what git takes: URLs, user@host:path, and local paths, which
// become absolute.
func readGitURL(p place, s string) (string, error) {
	if strings.Contains(s, "://") {
		u, err := readURL(s, "https", "ssh", "file", "http")
		switch {
		case err != nil:
			return "", err
		case u.Scheme == "file" && (u.Host != "" && u.Host != "localhost" || !path.IsAbs(u.Path)):
			return "", &hint{"a file address without an absolute path", "write it as file:///srv/git/repo.git, or as a path"}
		}
		return s, encrypted(u)
	}
	if _, err := readLine(p, s); err != nil {
		return "", errors.New("no address")
	}
	if host, at, ok := scp(s); ok {
		if host == "" || at == "" || strings.ContainsFunc(s, unicode.IsSpace) || strings.HasPrefix(host, "-") {
			return "", errors.New("no address")
		}
		return s, nil
	}
	return p.path(s)
}

// scp splits user@host:path, git's short form of an ssh address.
func scp(s string) (host, path string, ok bool) {
	host, path, ok = strings.Cut(s, ":")
	return host, path, ok && !strings.Contains(host, "/")
}

func readGroup(_ place, s string) (string, error) {
	if !groupForm.MatchString(s) {
		return "", fmt.Errorf("%s is no API group", quoted(s))
	}
	first, domain, _ := strings.Cut(s, ".")
	var groups []string // the first words of Hedgehog's
	known, written := false, false
	for _, k := range core.Kinds() {
		word, _, _ := strings.Cut(k.Group, ".")
		groups = append(groups, word)
		known = known || k.Group == s
		written = written || k.Group == s && k.Owner == core.Operator
	}
	switch {
	case known && !written:
		return "", &hint{quoted(s) + " has no kinds that operators write", "name kinds of it under scope.kinds"}
	case !known && core.HedgehogGroup(s) && near(first, groups) != "":
		return "", &hint{quoted(s) + " is none of Hedgehog's groups", strings.Replace(near(first, groups), "?", "."+domain+"?", 1)}
	}
	return s, nil
}

func readKind(p place, s string) (string, error) {
	if s == "*" {
		return "", &hint{"* is no kind", "leave scope.kinds out, or name groups under scope.groups"}
	}
	for _, k := range core.Kinds() {
		if k.Named(s) && k.Owner == core.Secret {
			return "", &hint{quoted(s) + " holds credentials, and is never read", "take it away"}
		}
	}
	name, group, _ := strings.Cut(s, ".")
	if group == "" && (strings.EqualFold(name, "Secret") || strings.EqualFold(name, "Secrets")) {
		return "", &hint{quoted(s) + " holds credentials, and is never read", "take it away"}
	}
	return readAnyKind(p, s)
}

// readAnyKind takes a kind of Hedgehog's, as kubectl would, or any other with
// its group.
func readAnyKind(p place, s string) (string, error) {
	if _, err := readChord(p, s); err != nil || strings.Contains(s, "/") {
		return "", fmt.Errorf("%s is no kind", quoted(s))
	}
	name, group, grouped := strings.Cut(s, ".")
	if s == "*" || name != "" && grouped && !core.HedgehogGroup(group) {
		return s, nil
	}
	var known []string
	for _, k := range core.Kinds() {
		if k.Named(s) {
			return s, nil
		}
		known = append(known, k.Kind, k.Plural)
	}
	if name != "" && grouped && near(name, known) == "" {
		return s, nil // a kind of a later release
	}
	return "", &hint{quoted(s) + " is none of Hedgehog's kinds", orElse(near(name, known), "write it as Kind.group where it is not Hedgehog's")}
}

func readPattern(_ place, s string) (string, error) {
	p, err := core.ParsePattern(s)
	if err != nil {
		return "", err
	}
	return string(p), nil
}
