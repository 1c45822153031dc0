package themes

// Role is what a look is used for.
type Role string

// The roles beside those of the states.
const (
	Text    Role = "text"    // whatever has no other role
	Dim     Role = "dim"     // what matters less
	Header  Role = "header"  // names of what is looked at
	Place   Role = "place"   // in the first line, the fabric that one is in
	Rule    Role = "rule"    // lines of dashes, dividers
	Title   Role = "title"   // titles of columns and groups
	Key     Role = "key"     // keys in hints and help
	Hint    Role = "hint"    // what the keys do
	Warn    Role = "warn"    // what asks for care: protected, stale, insecure
	Error   Role = "error"   // why something could not be read
	Match   Role = "match"   // the filter
	Marked  Role = "marked"  // the mark of a row, and its name
	Banner  Role = "banner"  // a line that warns, over the whole width
	Added   Role = "added"   // lines that git adds
	Removed Role = "removed" // lines that live has and git has not
	Changed Role = "changed" // lines that both have, otherwise

	// Within such lines, the words that differ.
	AddedWord   Role = "added_word"
	RemovedWord Role = "removed_word"
	ChangedWord Role = "changed_word"

	Progress Role = "progress" // the part of a bar that is done

	// Buttons, and what they are while the keys go to them. Danger is one that
	// writes or deletes.
	Button        Role = "button"
	ButtonFocused Role = "button_focused"
	Danger        Role = "danger"
	DangerFocused Role = "danger_focused"
)

// Roles lists every role: those above, then one for each state, under the word
// that the state has in JSON.
func Roles() []Role {
	return []Role{
		Text, Dim, Header, Place, Rule, Title, Key, Hint, Warn, Error, Match, Marked, Banner,
		Added, Removed, Changed, AddedWord, RemovedWord, ChangedWord,
		Progress, Button, ButtonFocused, Danger, DangerFocused,
		"invalid", "stuck", "conflict", "unknown", "drifted", "differs",
		"only_git", "only_live", "pending", "acknowledged", "in_sync",
	}
}

// standIns say which role a theme uses for one that it leaves out, and what is
// added to its look. Only roles that came later than the first themes have
// one, so that a theme written for an earlier version still loads.
func standIns() map[Role]standIn {
	word, focused := Look{Bold: true, Underline: true}, Look{Bold: true, Reverse: true}
	return map[Role]standIn{
		Place:         {role: Header},
		Marked:        {Match, Look{Bold: true}},
		Banner:        {Warn, focused},
		Changed:       {role: "drifted"},
		AddedWord:     {Added, word},
		RemovedWord:   {Removed, word},
		ChangedWord:   {"drifted", word},
		Progress:      {role: Key},
		Button:        {role: Text},
		ButtonFocused: {Text, focused},
		Danger:        {role: Error},
		DangerFocused: {Error, focused},
	}
}

type standIn struct {
	role Role
	with Look
}
