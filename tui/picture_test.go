package tui

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"selvage/testdata/pictures"
)

// TestPicturesAreCurrent holds the pictures of the README against the golden
// frames that they are made from.
func TestPicturesAreCurrent(t *testing.T) {
	for _, p := range []struct{ name, frame, title string }{
		{"list", "fabrics_full_120x40", "The list of fabrics, worst first, with what is wrong in the one under the cursor"},
		{"diff", "fields_desk_120x40", "The diff of an object, field by field: what live says, what git says, and who changed it"},
		{"resolve", "resolve_desk_120x40", "A conflict with its three sides, what each of them meant, and the decision that was made"},
	} {
		t.Run(p.name, func(t *testing.T) {
			var svg []byte
			for _, f := range frames() {
				if f.file() == p.frame {
					content := drive(t, f.fleet, f.width, f.height).press(f.keys...).model.View().Content
					svg = pictures.Terminal{Width: f.width, Height: f.height, Fore: "#d4d7dd", Ground: "#15181e", Title: p.title}.SVG(content)
				}
			}
			if svg == nil {
				t.Fatalf("there is no golden frame %s", p.frame)
			}
			name := filepath.Join("..", "testdata", "pictures", p.name+".svg")
			if flag.Lookup("update").Value.String() == "true" { // x/exp/golden defines it
				if err := os.WriteFile(name, svg, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			have, err := os.ReadFile(name)
			if err != nil {
				t.Fatalf("%v; run: make pictures", err)
			}
			if !bytes.Equal(have, svg) {
				t.Errorf("%s is stale; run: make pictures", name)
			}
		})
	}
}
