package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
	"golang.org/x/crypto/ssh"

	"selvage/core"
	"selvage/core/changeset"
)

// Authorship says how commits are made.
type Authorship struct {
	// Name and Email are of the author and the committer. Where they are "", git's
	// variables say it, as GIT_AUTHOR_NAME, and then git's own configuration.
	Name, Email string
	// SSHKey is the file of the key that signs: the private one, or the public one
	// of a key in the agent. "" leaves commits unsigned.
	SSHKey  string
	Signoff bool // add Signed-off-by
}

// fill puts an author and a committer into a publication that has none.
func (a Authorship) fill(c Config, p *core.Publication) error {
	settings, err := c.gitSettings()
	if err != nil && (a.Name == "" || a.Email == "") {
		return &core.Error{Access: core.AccessInvalid, Op: "read git's configuration", Err: err, Hint: "fix it, or set git.author"}
	}
	now := seconds(c.Now())
	for role, person := range map[string]*core.Person{"author": &p.Author, "committer": &p.Committer} {
		if person.Name == "" {
			person.Name = changeset.Name(firstOf(a.Name, c.env("GIT_"+strings.ToUpper(role)+"_NAME"), settings[role+".name"], settings["user.name"]))
		}
		if person.Email == "" {
			person.Email = changeset.Name(firstOf(a.Email, c.env("GIT_"+strings.ToUpper(role)+"_EMAIL"), settings[role+".email"], settings["user.email"], c.env("EMAIL")))
		}
		if person.When.IsZero() {
			person.When = now
		}
		person.When = seconds(person.When)
		if person.Name == "" || person.Email == "" {
			return &core.Error{
				Access: core.AccessInvalid, Op: "find the " + role + " of the commit", Err: errors.New("nobody says who it is"),
				Hint: "set git.author, or run git config --global user.name and user.email",
			}
		}
	}
	return nil
}

// signer finds the key that signs. end is called when it is not needed any more.
func (a Authorship) signer(ctx context.Context, c Config) (key ssh.Signer, end func(), err error) {
	refuse := func(err error) (ssh.Signer, func(), error) {
		return nil, nil, &core.Error{Access: core.AccessInvalid, Op: "sign the commit", Err: err, Hint: "fix git.sign.key, or add the key to the ssh agent"}
	}
	data, err := os.ReadFile(a.SSHKey)
	if err != nil {
		return refuse(err)
	}
	public, _, _, _, perr := ssh.ParseAuthorizedKey(data)
	if perr != nil {
		key, err := readKey(a.SSHKey)
		if err == nil {
			return key, func() {}, nil
		}
		// One that is locked may be in the agent.
		beside, berr := os.ReadFile(a.SSHKey + ".pub")
		if berr == nil {
			public, _, _, _, berr = ssh.ParseAuthorizedKey(beside)
		}
		if berr != nil {
			return refuse(fmt.Errorf("key %q: %w", a.SSHKey, err))
		}
	}
	socket := c.env("SSH_AUTH_SOCK")
	if socket == "" {
		return refuse(fmt.Errorf("key %q is a public one, or locked, and there is no ssh agent", a.SSHKey))
	}
	held, end, err := agentKeys(ctx, socket, c.Timeout)
	if err != nil {
		return refuse(fmt.Errorf("ssh agent: %w", err))
	}
	for _, k := range held {
		if bytes.Equal(k.PublicKey().Marshal(), public.Marshal()) {
			return k, end, nil
		}
	}
	end()
	return refuse(fmt.Errorf("the ssh agent does not have %s of %q", ssh.FingerprintSHA256(public), a.SSHKey))
}

// gitSettings is git's own configuration, of the system and of the user, as far
// as it belongs to no repository. Keys are in small letters, as "user.name".
func (c Config) gitSettings() (map[string]string, error) {
	settings := map[string]string{}
	var files []string
	if c.env("GIT_CONFIG_NOSYSTEM") == "" {
		files = append(files, firstOf(c.env("GIT_CONFIG_SYSTEM"), "/etc/gitconfig"))
	}
	if global, ok := c.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		files = append(files, global)
	} else if c.Home != "" {
		files = append(files, filepath.Join(firstOf(c.env("XDG_CONFIG_HOME"), filepath.Join(c.Home, ".config")), "git", "config"), filepath.Join(c.Home, ".gitconfig"))
	}
	for _, f := range files {
		if f == "" {
			continue
		}
		if err := c.gitFile(f, settings, 0); err != nil {
			return settings, err
		}
	}
	return settings, nil
}

// maxIncludes is how deep files may include one another, as with git.
const maxIncludes = 10

// gitFile adds the settings of a file, and of those that it includes.
func (c Config) gitFile(file string, settings map[string]string, depth int) error {
	if depth > maxIncludes {
		return fmt.Errorf("%q: files include one another too deeply", file)
	}
	data, err := os.ReadFile(file) //nolint:gosec // the user's own
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// A section at a time, so that what is included counts where it stands.
	for _, part := range sections(data) {
		parsed := config.New()
		if err := config.NewDecoder(bytes.NewReader(part)).Decode(parsed); err != nil {
			return fmt.Errorf("%q: %s", file, line(err.Error()))
		}
		for _, s := range parsed.Sections {
			for _, o := range s.Options {
				key := strings.ToLower(s.Name + "." + o.Key)
				settings[key] = o.Value
				if key != "include.path" {
					continue
				}
				if err := c.gitFile(c.beside(file, o.Value), settings, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// beside is a path in a configuration file: from that file's folder, or from home.
func (c Config) beside(file, path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(c.Home, rest)
	}
	return under(filepath.Dir(file), path)
}

// sections cuts a configuration file where its sections begin.
func sections(data []byte) [][]byte {
	var parts [][]byte
	begin := 0
	for at := 0; at < len(data); {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			end = len(data) - at - 1
		}
		if bytes.HasPrefix(bytes.TrimLeft(data[at:at+end+1], " \t"), []byte("[")) && at > begin {
			parts, begin = append(parts, data[begin:at]), at
		}
		at += end + 1
	}
	return append(parts, data[begin:])
}
