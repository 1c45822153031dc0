package plan

import (
	"context"
	"fmt"

	"selvage/core"
	"selvage/core/manifest"
)

// Document is the document of an object as it stands in a fabric's Git, and the
// path of its file. Of an object that shares its document with others it is what a
// document of its own would be. Both are empty where Git does not have the object.
// Of the input only Files is needed.
func Document(ctx context.Context, in Input, f Fabric, k core.Key) (text []byte, file string, err error) {
	o := f.Git.Side(k).Object
	if o == nil {
		return nil, "", nil
	}
	read, err := f.origins(ctx, in, []core.Update{{Key: k}})
	if err != nil {
		return nil, "", err
	}
	file = o.Origin.Path
	if len(read[o]) != 1 {
		return nil, "", f.unplaced(file, read[o])
	}
	if read[o][0].Way == core.ToNever {
		return nil, "", errNever
	}
	have, err := f.files(ctx, in, read[o][0], []string{file})
	if err != nil {
		return nil, "", err
	}
	namespace := f.State.Fabric.Namespace
	if text, err = manifest.Text(have[file].Content, namespace, placed(k, o, namespace)); err == nil && text == nil {
		text, err = manifest.Render(core.Document(k, o.Version, o.Fields))
	}
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	return text, file, nil
}
