package core

// ShellWord writes a text so that a shell takes it as one word and as nothing
// else, for lines that people copy.
func ShellWord(s string) string { return shellWord(s) }
