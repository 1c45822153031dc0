package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// precedence has the Go runtime let whoever presses keys go before checks.
//
// Go's scheduler looks at input and at timers between two pieces of work of up to
// 10 ms each. While a check and the garbage collector keep as many threads busy as
// there are cores, a key and its frame wait for some of them; the kernel, given more
// threads than cores, lets one that slept go first. And since the collector takes
// all that is idle while it works, it works less often as long as somebody presses
// keys, and gives the memory back when they are done. Measured by
// BenchmarkTerminalLatency on two cores.
type precedence struct {
	grow func(percent int) // how far the heap grows between two collections

	mu    sync.Mutex
	over  *time.Timer // ends it; nil while nobody presses a key
	times int         // that it has begun
}

const (
	leastThreads = 4
	calmGrowth   = 100 // percent, Go's own
	keysGrowth   = 300
	keysPause    = 3 * time.Second // without a key, and the person reads
)

// precedence heeds GOMAXPROCS and GOGC: who has set them knows better.
func (a *app) precedence() *precedence {
	if _, set := a.env("GOMAXPROCS"); !set && runtime.GOMAXPROCS(0) < leastThreads {
		runtime.GOMAXPROCS(leastThreads)
	}
	if _, set := a.env("GOGC"); set {
		return &precedence{grow: func(int) {}}
	}
	return &precedence{grow: func(percent int) { debug.SetGCPercent(percent) }}
}

// key is called at each key.
func (p *precedence) key() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over != nil && p.over.Stop() {
		p.over.Reset(keysPause)
		return
	}
	p.times++
	this := p.times
	p.grow(keysGrowth)
	p.over = time.AfterFunc(keysPause, func() { p.calm(this) })
}

// calm ends what began as the one of that number, unless it has begun anew by now.
func (p *precedence) calm(times int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if times == p.times {
		p.over = nil
		p.grow(calmGrowth)
	}
}
