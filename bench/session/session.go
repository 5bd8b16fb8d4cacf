package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/creack/pty"

	"roam/bench/internal/host"
	"roam/bench/internal/sample"
	"roam/internal/payload"
	"roam/terminal"
)

// patience is how long anything may take.
const patience = time.Minute

// A session is a client in a terminal of 80x24, whose screen is kept, with a
// shell behind it.
type session struct {
	client  *exec.Cmd
	master  *os.File
	printed chan []byte // unbuffered: what the client writes
	over    chan struct{}
	screen  *terminal.Emulator
	servers func() []int // processes of the server
	relay   *relay       // nil: none
	stop    func()
}

// start runs a client.
func start(env []string, words ...string) (*session, error) {
	s := &session{printed: make(chan []byte), over: make(chan struct{}), screen: terminal.New(80, 24, terminal.Options{})}
	s.client = exec.Command(words[0], words[1:]...)
	s.client.Env = env
	var err error
	if s.master, err = pty.StartWithSize(s.client, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.printed)
		for {
			b := make([]byte, 64<<10)
			n, err := s.master.Read(b)
			if err != nil {
				return
			}
			select {
			case s.printed <- b[:n]:
			case <-s.over:
				return
			}
		}
	}()
	return s, nil
}

// open starts a server, of roam if that is its program's path or else of stock,
// and its client.
func open(dir, roam string, relayed bool) (*session, error) {
	env := host.Environ(dir)
	server, err := host.Start(host.Words(roam), env, "sh", "-i")
	if err != nil {
		return nil, err
	}
	port := server.Port
	var r *relay
	if relayed {
		if r, err = newRelay(port); err != nil {
			server.Stop()
			return nil, err
		}
		port = r.port()
	}
	client := []string{"mosh-client"}
	if roam != "" {
		client = []string{roam, "client"}
	}
	s, err := start(append(env, "MOSH_KEY="+server.Key, "MOSH_PREDICTION_DISPLAY=never"), append(client, "127.0.0.1", fmt.Sprint(port))...)
	if err != nil {
		server.Stop()
		return nil, err
	}
	s.servers, s.relay, s.stop = func() []int { return []int{server.PID} }, r, server.Stop
	return s, s.ready()
}

// ready waits for the shell.
func (s *session) ready() error {
	if err := s.until(func() bool { return strings.Contains(s.text(), "$ ") }); err != nil {
		return fmt.Errorf("no prompt: %w", err)
	}
	s.quiet(500 * time.Millisecond)
	return nil
}

func (s *session) close() {
	close(s.over)
	s.client.Process.Kill()
	s.client.Wait()
	s.master.Close()
	s.stop()
	if s.relay != nil {
		s.relay.close()
	}
}

// take shows what the client wrote, and answers for the terminal.
func (s *session) take(b []byte) {
	s.screen.Write(b)
	if r := s.screen.Replies(); r != nil {
		s.master.Write(r)
	}
}

// until takes what the client writes until done says so.
func (s *session) until(done func() bool) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !done() {
		select {
		case b, ok := <-s.printed:
			if !ok {
				return errors.New("the client ended")
			}
			s.take(b)
		case <-timer.C:
			return fmt.Errorf("waited in vain; the screen is\n%s", s.text())
		}
	}
	return nil
}

// quiet takes what the client writes for some time.
func (s *session) quiet(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case b, ok := <-s.printed:
			if !ok {
				return
			}
			s.take(b)
		case <-timer.C:
			return
		}
	}
}

// text returns the screen's text.
func (s *session) text() string {
	var b []byte
	shown := s.screen.Snapshot()
	for i := range 24 {
		for j := range 80 {
			b = shown.Row(i).AppendText(b, j)
		}
		b = append(b, '\n')
	}
	return string(b)
}

// floodFile returns the path of a file of floodBytes, made once.
func floodFile(dir string) (string, error) {
	path := filepath.Join(dir, "flood")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, os.WriteFile(path, payload.All()[0].Bytes(floodBytes), 0o600)
}

// flood prints the file; wall is the time until what follows it shows, cpu what
// the server took for that.
func (s *session) flood(file string) (wall, cpu time.Duration, err error) {
	if _, err := io.WriteString(s.master, "clear\r"); err != nil {
		return 0, 0, err
	}
	s.quiet(500 * time.Millisecond)
	before, err := s.used()
	if err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	fmt.Fprintf(s.master, "cat %s; echo al''l$((6*7))\r", file)
	if err := s.until(func() bool { return strings.Contains(s.text(), "all42") }); err != nil {
		return 0, 0, err
	}
	wall = time.Since(begin)
	after, err := s.used()
	return wall, after.CPU - before.CPU, err
}

// used returns what the server's processes have used.
func (s *session) used() (host.Usage, error) {
	var sum host.Usage
	for _, pid := range s.servers() {
		u, err := host.UsageOf(pid)
		if err != nil {
			return sum, err
		}
		sum.CPU, sum.Switches, sum.Memory = sum.CPU+u.CPU, sum.Switches+u.Switches, sum.Memory+u.Memory
	}
	return sum, nil
}

// typeKeys types keys one by one, with a pause after each that varies, and
// returns the milliseconds until the client drew something. Every 50 keys the
// line is erased, in one key that is not counted.
func (s *session) typeKeys() (sample.Sample, error) {
	s.quiet(time.Second)
	var echo sample.Sample
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for i := range keys {
		if i%50 == 49 {
			io.WriteString(s.master, "\x15")
			s.quiet(200 * time.Millisecond)
		}
		begin := time.Now()
		if _, err := s.master.Write([]byte{'a' + byte(i%26)}); err != nil {
			return nil, err
		}
		timer.Reset(patience)
		select {
		case b, ok := <-s.printed:
			echo = append(echo, float64(time.Since(begin).Microseconds())/1000)
			if !ok {
				return nil, errors.New("the client ended")
			}
			s.take(b)
		case <-timer.C:
			return nil, errors.New("a key had no echo")
		}
		s.quiet(time.Duration(50+i*7%40) * time.Millisecond)
	}
	io.WriteString(s.master, "\x15")
	s.quiet(200 * time.Millisecond)
	return echo, nil
}

// idle measures both ends while nothing happens.
func (s *session) idle(stdout io.Writer, name string) error {
	s.quiet(5 * time.Second)
	before, err := s.used()
	if err != nil {
		return err
	}
	client, err := host.UsageOf(s.client.Process.Pid)
	if err != nil {
		return err
	}
	s.quiet(idleTime)
	after, err := s.used()
	if err != nil {
		return err
	}
	clientAfter, err := host.UsageOf(s.client.Process.Pid)
	if err != nil {
		return err
	}
	say := func(end string, a, b host.Usage) {
		fmt.Fprintf(stdout, "%s: idle for %v: %s %.1f MB, CPU %v, %.1f wake-ups/s\n", name, idleTime, end,
			float64(b.Memory)/1e6, b.CPU-a.CPU, float64(b.Switches-a.Switches)/idleTime.Seconds())
	}
	say("server", before, after)
	say("client", client, clientAfter)
	return nil
}
