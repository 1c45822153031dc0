package crds

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestDefinitionsAreReadBackFromAFolder(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	if err := Write(&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(text.String()+"---\nkind: ConfigMap\n---\n# no more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := All()
	if len(read) != len(all) {
		t.Fatalf("%d definitions, want %d", len(read), len(all))
	}
	for i := range all {
		if read[i].Name != all[i].Name || !reflect.DeepEqual(read[i].Spec.Names, all[i].Spec.Names) ||
			len(read[i].Spec.Versions[0].Schema.OpenAPIV3Schema.Properties) != 5 {
			t.Errorf("%s is read as %+v", all[i].Name, read[i].Spec.Names)
		}
	}
}

func TestFolderWithoutDefinitionsIsAnError(t *testing.T) {
	dir := t.TempDir()
	if _, err := Folder(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("Folder of an empty folder = %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bad.yaml"), []byte("kind: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Folder(dir); err == nil || !strings.Contains(err.Error(), "bad.yaml") {
		t.Errorf("Folder with a broken file = %v", err)
	}
}
