package core

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// longestManifest bounds the manifest that is put into a line for people to copy, in
// bytes: terminals and shells take a few thousand.
const longestManifest = 3000

// kubectl is the line by which a person brings about what Git says of changes of an
// object, for that object alone, where no engine does. It is "" where they cannot all be
// told in one: a value is a secret, it lies in a list whose live order is not known
// here, it is too long, or a word of it would be something else to kubectl. Names come
// from outside, and a person gives the line to a shell.
//
// An object is created from what Git says of it and not from its file, which may hold
// others, and which the person who has the line may not have at hand. It is
// JSON, so that all of it is one line that can be copied: a here-document is not one.
func (f Fabric) kubectl(v Verdict, changes ...Change) string {
	program := "kubectl"
	if f.Kubeconfig != "" {
		program += " --kubeconfig " + shellWord(f.Kubeconfig)
	}
	if f.Context != "" {
		program += " --context " + shellWord(f.Context)
	}
	object, named := argumentsOf(v.Key)
	if c := changes[0]; len(changes) == 1 && c.Path == Root {
		switch {
		case !c.Git.Present() && named:
			return program + " delete " + object
		case c.Git.Present() && !c.Live.Present() && !secret(c.Path, c.Git):
			return create(program, v, c.Git)
		}
		return ""
	}
	var patch []patchStep
	for _, c := range changes {
		steps, ok := patchOf(c)
		if !ok || !named {
			return ""
		}
		patch = append(patch, steps...)
	}
	text, err := json.Marshal(patch)
	if err != nil || len(changes) > 1 && len(text) > longestManifest {
		return ""
	}
	return program + " patch " + object + " --type=json --patch " + shellWord(string(text))
}

// patchStep is one operation of a JSON patch (RFC 6902).
type patchStep struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value *Value `json:"value,omitempty"`
}

// patchOf are the operations that make live say what Git says of a change; false where
// they cannot be told.
func patchOf(c Change) ([]patchStep, bool) {
	at, ok := pointer(c.Path)
	if !ok || c.Path == Root || secret(c.Path, c.Git) || secret(c.Path, c.Live) {
		return nil, false
	}
	// The test keeps the patch from undoing what somebody did meanwhile.
	var steps []patchStep
	if c.Live.Present() {
		steps = append(steps, patchStep{"test", at, &c.Live})
	}
	switch {
	case !c.Git.Present():
		steps = append(steps, patchStep{"remove", at, nil})
	case c.Live.Present():
		steps = append(steps, patchStep{"replace", at, &c.Git})
	default:
		steps = append(steps, patchStep{"add", at, &c.Git})
	}
	return steps, true
}

// argumentsOf names an object to kubectl, and false where it would take that for
// something else: a flag, several objects, a file. No API server has such names, but a
// folder of manifests that stands for one can.
func argumentsOf(k Key) (words string, ok bool) {
	resource := PluralOf(k.GroupKind())
	if k.Group != "" {
		resource += "." + k.Group
	}
	if !argument(resource) || !argument(k.Name) || k.Namespace != "" && !argument(k.Namespace) {
		return "", false
	}
	words = shellWord(resource) + " " + shellWord(k.Name)
	if k.Namespace != "" {
		words += " --namespace " + shellWord(k.Namespace)
	}
	return words, true
}

// argument tells whether a program takes a text for the name that it is.
func argument(s string) bool {
	return s != "" && s[0] != '-' && !strings.ContainsAny(s, ",/")
}

// create is the line that makes an object which Git has; "" for none.
func create(program string, v Verdict, git Value) string {
	fields, ok := git.Any().(map[string]any)
	version := cmp.Or(v.Version, KindOf(v.Key.GroupKind()).Version)
	if !ok || version == "" {
		return ""
	}
	manifest := CanonicalJSON(Document(v.Key, version, fields))
	if len(manifest) > longestManifest {
		return ""
	}
	return "printf %s " + shellWord(string(manifest)) + " | " + program + " create --filename -"
}

// pointer is a path as a JSON pointer (RFC 6901), and false where it names an item
// of a list by what it holds.
func pointer(p Path) (string, bool) {
	var b strings.Builder
	for _, step := range p.Steps() {
		b.WriteByte('/')
		if key, ok := StepKey(step); ok {
			b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
			continue
		}
		i, ok := stepIndex(step)
		if !ok {
			return "", false
		}
		b.WriteString(strconv.Itoa(i))
	}
	return b.String(), true
}

// secret tells whether what stands at a path is a secret, or has one in it, or
// something that stands for one.
func secret(p Path, v Value) bool {
	for _, step := range p.Steps() {
		if key, ok := StepKey(step); ok && SecretKey(key) {
			return true
		}
	}
	var within func(any) bool
	within = func(x any) bool {
		switch t := x.(type) {
		case map[string]any:
			for k, e := range t {
				if SecretKey(k) || within(e) {
					return true
				}
			}
		case []any:
			return slices.ContainsFunc(t, within)
		case string:
			return strings.HasPrefix(t, "<masked ")
		}
		return false
	}
	return within(v.Any())
}
