package manifest

import (
	"bytes"
	"iter"
)

// chunk is the text of one document.
type chunk struct {
	text    []byte
	offset  int // of the file's text at which it begins
	line    int // of the file at which text begins, from 1
	content int // line of the file that holds the first content
}

// chunks cuts a file into its documents, leaving those without content out.
func chunks(data []byte) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		s := splitter{data: data, chunk: chunk{line: 1}}
		for s.pos < len(data) {
			if done, ok := s.line(); ok && !yield(done) {
				return
			}
		}
		if s.chunk.content > 0 {
			yield(s.flush(len(data)))
		}
	}
}

type splitter struct {
	data  []byte
	pos   int // of the line to read next
	lines int // read so far
	start int // of the chunk
	chunk chunk
	open  bool // the chunk has its --- already
}

// line reads one line and gives the chunk that it ends, if it ends one.
func (s *splitter) line() (done chunk, ended bool) {
	from := s.pos
	if i := bytes.IndexByte(s.data[from:], '\n'); i >= 0 {
		s.pos = from + i + 1
	} else {
		s.pos = len(s.data)
	}
	s.lines++
	line := s.data[from:s.pos]
	if rest, ok := marker(line, "---"); ok {
		if s.chunk.content > 0 || s.open {
			done, ended = s.flush(from), s.chunk.content > 0
			s.begin(from, s.lines)
		}
		s.open = true
		s.meet(rest)
		return done, ended
	}
	if rest, ok := marker(line, "..."); ok {
		done, ended = s.flush(from), s.chunk.content > 0
		s.begin(from+len("..."), s.lines)
		s.meet(rest)
		return done, ended
	}
	if !s.open && s.chunk.content == 0 && bytes.HasPrefix(line, []byte("%")) {
		// The parser of kubectl accepts no version but 1.1, and all are alike to
		// us: the document begins after the directive.
		if bytes.HasPrefix(line, []byte("%YAML 1.")) {
			s.begin(s.pos, s.lines+1)
		}
		return done, ended
	}
	s.meet(line)
	return done, ended
}

// meet notes whether a line holds content.
func (s *splitter) meet(line []byte) {
	if s.chunk.content > 0 {
		return
	}
	if line = bytes.TrimLeft(line, " \t\r\n"); len(line) > 0 && line[0] != '#' {
		s.chunk.content = s.lines
	}
}

func (s *splitter) flush(end int) chunk {
	s.chunk.text, s.chunk.offset = s.data[s.start:end], s.start
	return s.chunk
}

func (s *splitter) begin(pos, line int) {
	s.start, s.open = pos, false
	s.chunk = chunk{line: line}
}

// marker tells whether a line is a document marker, and what follows it there.
func marker(line []byte, mark string) (rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(line, []byte(mark))
	if !ok || len(rest) > 0 && !bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[0])) {
		return nil, false
	}
	return rest, true
}
