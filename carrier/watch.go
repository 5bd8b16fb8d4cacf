package carrier

import (
	"sync"
	"time"
)

// A Watcher tells when something about this machine's network may have changed: a
// link, an address, a route; and, where the system says so, when the machine has
// woken from sleep. What has changed, if anything, is for its owner to find out
// (RouteTo): it takes many changes for one.
type Watcher struct {
	changes chan struct{} // one waits; more would say the same
	done    chan struct{} // closed first of all, to end waits
	close   func()        // ends what the goroutines wait for
	readers sync.WaitGroup
}

// Watch begins to watch. It works as far as the system lets it; at the least,
// changes of this machine's addresses are looked for every few seconds.
func Watch() *Watcher {
	w := &Watcher{changes: make(chan struct{}, 1), done: make(chan struct{}), close: func() {}}
	w.start()
	return w
}

// Changes returns the channel on which the Watcher tells. It is never closed.
func (w *Watcher) Changes() <-chan struct{} { return w.changes }

// Close ends the watch and waits for its goroutines.
func (w *Watcher) Close() {
	close(w.done)
	w.close()
	w.readers.Wait()
}

// tell says that something may have changed.
func (w *Watcher) tell() {
	select {
	case w.changes <- struct{}{}:
	default:
	}
}

// pause waits and reports whether to go on afterwards.
func (w *Watcher) pause(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-w.done:
		return false
	}
}

// pollPause is the time between two looks at the interfaces where the system does
// not tell of changes: a look takes some system calls.
const pollPause = 2 * time.Second

// poll looks for changes from time to time. look returns something that shows them.
func (w *Watcher) poll(look func() string) {
	before := look()
	for w.pause(pollPause) {
		if now := look(); now != before {
			before = now
			w.tell()
		}
	}
}
