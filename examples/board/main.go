// Command board is a board that many write on and all can read, over UDP that loses
// what it likes: say, of sensors. It shows how package ssp is used without a
// terminal.
//
//	printf 'kitchen\ncellar\ndesk\n' | board serve 127.0.0.1:60020
//
// prints a key for each of the names. A member sets its values with lines on its
// standard input, and may change its address, sleep and come back as it likes:
//
//	(echo temperature=21.5; sleep 60; echo temperature=21.7) | BOARD_KEY=... board set 127.0.0.1:60020
//	BOARD_KEY=... board watch 127.0.0.1:60020
//
// Members write sections of their own, of at most 100 values, so that the newest
// value of each is well defined. A secret key is for one run of one member: nonces start anew with the
// program and must not repeat. Whoever restarts needs another key: its name, given
// to the server again, yields one. Whoever can read the server's output is trusted,
// as whoever can log in is where roam is started by ssh.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strings"

	"roam/carrier"
	"roam/crypto"
)

const usage = "usage: board serve|set|watch ADDRESS:PORT"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Getenv("BOARD_KEY"), os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what the arguments say.
func run(ctx context.Context, args []string, key string, stdin io.Reader, stdout io.Writer) error {
	if len(args) != 2 {
		return errors.New(usage)
	}
	address, err := netip.ParseAddrPort(args[1])
	if err != nil {
		return fmt.Errorf("board: %w", err)
	}
	switch args[0] {
	case "serve":
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
		if err != nil {
			return fmt.Errorf("board: %w", err)
		}
		return serve(ctx, conn, lines(stdin), stdout)
	case "set":
		return take(ctx, address, key, settings(stdin, stdout), func([]entry) {})
	case "watch":
		return take(ctx, address, key, nil, func(news []entry) { printNews(stdout, news) })
	}
	return errors.New(usage)
}

// take takes part in the board at an address.
func take(ctx context.Context, address netip.AddrPort, encoded string, changes <-chan entry, show func([]entry)) error {
	key, err := crypto.ParseKey(encoded)
	if err != nil {
		return fmt.Errorf("board: BOARD_KEY: %w", err)
	}
	conn, err := carrier.Dial(address)
	if err != nil {
		return fmt.Errorf("board: %w", err)
	}
	defer conn.Close()
	return join(ctx, conn, key, changes, show)
}

// lines hands over the lines of r. Its goroutine lives until r ends, or the program
// does.
func lines(r io.Reader) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for s := bufio.NewScanner(r); s.Scan(); {
			out <- s.Text()
		}
	}()
	return out
}

// settings reads lines of the form key=value. Others are complained of on w.
func settings(r io.Reader, w io.Writer) <-chan entry {
	out := make(chan entry)
	go func() {
		defer close(out)
		for line := range lines(r) {
			key, value, ok := strings.Cut(line, "=")
			if !ok || key == "" || len(key) > maxKey/2 || len(value) > maxValue || !isPrintable(line) {
				fmt.Fprintf(w, "board: %q is no key=value\n", line)
				continue
			}
			out <- entry{key, value}
		}
	}()
	return out
}

// printNews writes a line for each change of the board.
func printNews(w io.Writer, news []entry) {
	for _, e := range news {
		if e.value == "" {
			fmt.Fprintf(w, "%s is gone\n", e.key)
		} else {
			fmt.Fprintf(w, "%s = %s\n", e.key, e.value)
		}
	}
}
