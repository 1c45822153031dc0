package repo_test

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"selvage/core"
	"selvage/core/repo"
)

// TestAuthorIsWhomGitWouldTake asks git itself for the same.
func TestAuthorIsWhomGitWouldTake(t *testing.T) {
	home := t.TempDir()
	for name, text := range map[string]string{
		".gitconfig":         "[user]\n\tname = Home\n\temail = home@x\n[include]\n\tpath = more/inc\n[alias]\n\tx = \"!f() { echo [user]; }; f\"\n",
		".config/git/config": "[user]\n\tname = XDG\n\temail = xdg@x\n[committer]\n\tname = Machine\n",
		"more/inc":           "# a comment\n[user]\n  name = \"In cluded\" ; why\n[include]\n path = ../last\n",
		"last":               "[core]\n\teditor = x\n",
		"other":              "[user]\n\tname = Other\n\temail = other@x\n",
		"late":               "[include]\n\tpath = ~/more/inc\n[user]\n\tname = After\n\temail = after@x\n",
		"mail":               "[user]\n\tname = M\n",
	} {
		file := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	for name, env := range map[string]map[string]string{
		"home before XDG, and an include": {},
		"variables":                       {"GIT_AUTHOR_NAME": "Env", "GIT_AUTHOR_EMAIL": "env@x"},
		"one variable":                    {"GIT_COMMITTER_EMAIL": "machine@x"},
		"another file":                    {"GIT_CONFIG_GLOBAL": filepath.Join(home, "other")},
		"what comes after an include":     {"GIT_CONFIG_GLOBAL": filepath.Join(home, "late")},
		"EMAIL":                           {"GIT_CONFIG_GLOBAL": filepath.Join(home, "mail"), "EMAIL": "m@x"},
		"another XDG":                     {"XDG_CONFIG_HOME": home + "/none"},
	} {
		env["GIT_CONFIG_NOSYSTEM"] = "1"
		p := pool(func(c *repo.Config) {
			c.Home = home
			c.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
		})
		door := p.Publisher(repo.Location{URL: w.dir, Branch: "main"}, repo.Authorship{})
		pub := prepared(t, door, changing(t, door, w.dir, w.tip("main"), "a.yaml", "x: 1\n"))
		for role, got := range map[string]core.Person{"AUTHOR": pub.Author, "COMMITTER": pub.Committer} {
			args := []string{"-i", "PATH=" + os.Getenv("PATH"), "HOME=" + home}
			for k, v := range env {
				args = append(args, k+"="+v)
			}
			out := program(t, "env", append(args, "git", "var", "GIT_"+role+"_IDENT")...)
			if want := fmt.Sprintf("%s <%s>", got.Name, got.Email); !strings.HasPrefix(out, want+" ") {
				t.Errorf("%s: the %s is %s, for git %s", name, strings.ToLower(role), want, out)
			}
		}
	}
}

func TestConfiguredAuthorCountsMost(t *testing.T) {
	w := bare(t, map[string]string{"a.yaml": vpc("a")})
	env := map[string]string{"GIT_AUTHOR_NAME": "Env", "GIT_AUTHOR_EMAIL": "env@x", "GIT_CONFIG_GLOBAL": "/nowhere", "GIT_CONFIG_NOSYSTEM": "1"}
	lookup := func(c *repo.Config) {
		c.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	}
	l := repo.Location{URL: w.dir, Branch: "main"}
	door := pool(lookup).Publisher(l, repo.Authorship{Name: "Net <Ops>\n", Email: "<ops@example.net>", Signoff: true})
	pub := prepared(t, door, changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n"))
	published(t, door, pub, core.Landed)
	if got, want := w.git("log", "-1", "--format=%an <%ae>, %cn <%ce>, %(trailers:key=Signed-off-by)", "main"), "Net Ops <ops@example.net>, Net Ops <ops@example.net>, Signed-off-by: Net Ops <ops@example.net>"; got != want {
		t.Errorf("the commit is by %s, want %s", got, want)
	}
	maps.DeleteFunc(env, func(k, _ string) bool { return k == "GIT_AUTHOR_EMAIL" })
	door = pool(lookup).Publisher(l, repo.Authorship{})
	_, err := door.Prepare(t.Context(), changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 2\n"))
	if err == nil || !strings.Contains(err.Error(), "nobody says who it is (set git.author, or run git config --global user.name and user.email)") {
		t.Errorf("%v", err)
	}
}

// TestSignatureIsByTheConfiguredKey has a key in a file, one in the agent, and
// one that is locked but in the agent.
func TestSignatureIsByTheConfiguredKey(t *testing.T) {
	dir := t.TempDir()
	plain, locked := filepath.Join(dir, "plain"), filepath.Join(dir, "locked")
	program(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", plain)
	program(t, "ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", locked)
	private, err := os.ReadFile(locked)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := ssh.ParseRawPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	program(t, "ssh-keygen", "-q", "-p", "-P", "", "-N", "geheim", "-f", locked)
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	socket := listen(t, func(conn net.Conn) { _ = agent.ServeAgent(keyring, conn) })
	for name, c := range map[string]struct{ key, signer, socket, want string }{
		"a private key":           {plain, plain, "", ""},
		"a public key":            {locked + ".pub", locked, socket, ""},
		"a locked key":            {locked, locked, socket, ""},
		"a locked key, no agent":  {locked, "", "", "there is no ssh agent (fix git.sign.key, or add the key to the ssh agent)"},
		"a key of somebody else":  {plain + ".pub", "", socket, "the ssh agent does not have SHA256:"},
		"a key that is not there": {plain + "x", "", socket, "no such file"},
		"no agent there":          {plain + ".pub", "", socket + "x", "ssh agent: "},
		"no key at all":           {filepath.Join(dir, "signers"), "", socket, "no key found"},
	} {
		t.Run(name, func(t *testing.T) {
			signers := filepath.Join(dir, "signers")
			if err := os.WriteFile(signers, []byte("\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			w := bare(t, map[string]string{"a.yaml": vpc("a")})
			l := repo.Location{URL: w.dir, Branch: "main"}
			by := ops()
			by.SSHKey = c.key
			door := pool(func(p *repo.Config) {
				p.LookupEnv = func(name string) (string, bool) { return c.socket, name == "SSH_AUTH_SOCK" && c.socket != "" }
			}).Publisher(l, by)
			pub := changing(t, door, l.URL, w.tip("main"), "a.yaml", "x: 1\n")
			if c.want != "" {
				if _, err := door.Prepare(t.Context(), pub); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v, want %q", err, c.want)
				}
				return
			}
			pub = prepared(t, door, pub)
			published(t, door, pub, core.Landed)
			public, err := os.ReadFile(c.signer + ".pub")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(signers, fmt.Appendf(nil, "ops@example.net %s", public), 0o600); err != nil {
				t.Fatal(err)
			}
			out := w.git("-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile="+signers, "verify-commit", "main")
			if !strings.Contains(out, `Good "git" signature for ops@example.net`) {
				t.Errorf("git says %s", out)
			}
		})
	}
}
