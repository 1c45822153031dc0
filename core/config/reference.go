package config

import "reflect"

// KeyHelp says what a key of the configuration is for.
type KeyHelp struct {
	Key     string   // with those above it: "fabrics[].git[].url"
	Doc     string   // a line
	Default string   // as YAML; "" where there is none
	Words   []string // that it may be; nil where there are others
	Need    bool     // it has to be given
	Section bool     // it holds the keys that follow, and no value
}

// Reference lists every key in the order of the model, each section before what is
// in it, for documents that are made outside of this package. Keys of a fabric are
// listed once, although defaults takes them too.
func Reference() []KeyHelp {
	return describe().reference(reflect.TypeFor[file](), "")
}

func (d *description) reference(t reflect.Type, above string) []KeyHelp {
	var all []KeyHelp
	for _, k := range d.keysOf(t) {
		path := above + k.name
		inner, section := k.structure()
		if k.typ.Kind() == reflect.Slice && section {
			path += "[]"
		}
		help := KeyHelp{Key: path, Doc: k.doc, Default: k.def, Words: k.one, Need: k.need, Section: section}
		if k.def == "" && k.typ.Kind() == reflect.Bool {
			help.Default = "false"
		}
		all = append(all, help)
		if section && k.name != "defaults" {
			all = append(all, d.reference(inner, path+".")...)
		}
	}
	return all
}
