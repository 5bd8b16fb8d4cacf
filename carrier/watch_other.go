//go:build !linux

package carrier

// start looks for changes: the system has no way to tell that is worth its own code.
func (w *Watcher) start() {
	w.readers.Go(func() { w.poll(addresses) })
}
