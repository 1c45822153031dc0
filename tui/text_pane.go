package tui

// textPane is what the screens have in common that show one text, which can be searched;
// M is what the text is made of. What is left to such a screen is a load, which makes
// the text where it is to be made anew and has it searched, and a View; what it can
// besides reading it answers before it asks this.
type textPane[M comparable] struct {
	searcher
	made M
}

// anew tells whether the text is to be made: there is none, or it would be made of
// something else by now.
func (p *textPane[M]) anew(made M) bool {
	if p.text != nil && made == p.made {
		return false
	}
	p.made = made
	return true
}

// Can tells whether an action of reading would do something.
func (p *textPane[M]) Can(e Env, a Action) bool { return p.can(e, a) }

// Do carries out an action of reading.
func (p *textPane[M]) Do(_ Env, a Action) Outcome {
	p.do(a)
	return Outcome{}
}

// under puts the text into a frame, under some lines.
func (p *textPane[M]) under(e Env, above []string, frame Frame) Frame {
	frame.Note, frame.Position = p.found(e), p.position()
	frame.Lines = append(above, p.draw(e, e.Height-len(above))...)
	return frame
}
