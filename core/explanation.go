package core

// Explanation tells how the verdict on one object came about. Secret-looking
// values are masked in all of it.
type Explanation struct {
	Verdict   Verdict
	Git, Live ExplainedSide
	// Base is the pair that both sides were held against, nil without one. Its
	// objects' fields are in the form of Normal.
	Base *Base
	// Evidence is what the base, or the lack of one, rests on: a sentence each.
	Evidence []string
	// Rules is the release that the rules were written for, Fabric the one that
	// the fabric's schema looks like; "" where nobody can say.
	Rules, Fabric string
}

// ExplainedSide is one side of an explained object.
type ExplainedSide struct {
	Presence Presence
	Reason   string // where unread: why
	// Raw is the side as it was read, and Normal as it was compared: whole
	// documents.
	Raw, Normal map[string]any
	// Steps lead from Raw to Normal, in their order.
	Steps []Step
}

// Step is one rule applied to one place of one side.
type Step struct {
	Path Path
	Rule string // the rule's id
	Why  string
	// From and To are the values before and after; To is absent where the rule
	// leaves the place out.
	From, To Value
}
