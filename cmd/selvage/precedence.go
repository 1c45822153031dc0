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
// keys. When they are done it works more often than Go has it by itself, and what it
// has freed goes back to the system at once: Go returns memory slowly, and by what
// it needed at most since its last collection, which a dashboard that checks once in
// a minute makes every second minute.
//
// In the first seconds no key changes that. What the first checks read stays, and
// lies between ten times as much that does not: the more of that there may be, the
// wider what stays is scattered, and Go moves nothing together again. Measured by
// BenchmarkTerminalLatency on two cores.
type precedence struct {
	grow func(percent int) // how far the heap grows between two collections
	free func()            // gives back what is not in use

	applying sync.Mutex // guards what Go is told: that may wait for a collection to end

	mu       sync.Mutex
	starting bool        // the first checks are under way
	percent  int         // that is to hold now
	over     *time.Timer // ends it; nil while nobody presses a key
	times    int         // that it has begun
}

const (
	leastThreads = 4
	calmGrowth   = 50 // percent
	keysGrowth   = 200
	keysPause    = 3 * time.Second // without a key, and the person reads
	startTime    = 10 * time.Second
)

// precedence heeds GOMAXPROCS and GOGC: who has set them knows better.
func (a *app) precedence() *precedence {
	if _, set := a.env("GOMAXPROCS"); !set && runtime.GOMAXPROCS(0) < leastThreads {
		runtime.GOMAXPROCS(leastThreads)
	}
	if _, set := a.env("GOGC"); set {
		return &precedence{grow: func(int) {}, free: func() {}}
	}
	return &precedence{grow: func(percent int) { debug.SetGCPercent(percent) }, free: debug.FreeOSMemory}
}

// start is called when the dashboard begins.
func (p *precedence) start() {
	p.mu.Lock()
	p.starting, p.percent = true, calmGrowth
	p.mu.Unlock()
	p.apply()
	time.AfterFunc(startTime, func() {
		p.mu.Lock()
		p.starting = false
		p.mu.Unlock()
		p.apply()
	})
}

// key is called at each key, and waits for nothing.
func (p *precedence) key() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.starting {
		return
	}
	if p.over != nil && p.over.Stop() {
		p.over.Reset(keysPause)
		return
	}
	p.times++
	this := p.times
	p.percent = keysGrowth
	go p.apply()
	p.over = time.AfterFunc(keysPause, func() { p.calm(this) })
}

// calm ends what began as the one of that number, unless it has begun anew by now.
func (p *precedence) calm(times int) {
	p.mu.Lock()
	over := times == p.times
	if over {
		p.over, p.percent = nil, calmGrowth
	}
	p.mu.Unlock()
	if over {
		p.apply()
	}
}

// apply tells Go what is to hold now.
func (p *precedence) apply() {
	p.applying.Lock()
	defer p.applying.Unlock()
	p.mu.Lock()
	percent := p.percent
	p.mu.Unlock()
	p.grow(percent)
	if percent == calmGrowth {
		p.free()
	}
}
