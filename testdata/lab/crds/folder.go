package crds

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	apiext "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// Folder returns the definitions in the .yaml files of a folder, by the names
// of the files: those that a real fabric serves, say.
func Folder(dir string) ([]*apiext.CustomResourceDefinition, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("look for definitions in %q: %w", dir, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("look for definitions in %q: no .yaml file is there", dir)
	}
	var all []*apiext.CustomResourceDefinition
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read definitions: %w", err)
		}
		decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), len(content)+1)
		for {
			crd := &apiext.CustomResourceDefinition{}
			err := decoder.Decode(crd)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("decode definitions of %q: %w", file, err)
			}
			if crd.Kind == "CustomResourceDefinition" {
				all = append(all, crd)
			}
		}
	}
	return all, nil
}

// Write writes the definitions of All as YAML documents.
func Write(to io.Writer) error {
	for _, crd := range All() {
		text, err := sigsyaml.Marshal(crd)
		if err != nil {
			return fmt.Errorf("encode definition %q: %w", crd.Name, err)
		}
		if _, err := fmt.Fprintf(to, "---\n%s", text); err != nil {
			return fmt.Errorf("write definition %q: %w", crd.Name, err)
		}
	}
	return nil
}
