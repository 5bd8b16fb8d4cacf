package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"roam/bootstrap"
	"roam/client"
)

// moshUsageStatus is stock's exit status for a wrong command line.
const moshUsageStatus = 255

// runMosh is the program mosh: stock's launcher, with this program as client
// unless another is named.
func runMosh(argv []string, con console) int {
	a, err := parseMosh(argv[1:])
	if err == nil && !a.predictSet && !a.fakeProxy {
		if v := os.Getenv("MOSH_PREDICTION_DISPLAY"); v != "" {
			if err = a.setPredict(v); err != nil {
				err = fmt.Errorf("%w (MOSH_PREDICTION_DISPLAY in the environment)", err)
			}
		}
	}
	switch {
	case err != nil:
		con.errorf("%v", err)
		con.hintf("see mosh --help")
		return moshUsageStatus
	case a.help:
		con.out.WriteString(moshPage().help(widthFor(con.out)))
		return exitOK
	case a.version:
		con.out.WriteString("mosh (" + version() + ")\n")
		return exitOK
	case a.fakeProxy:
		return fakeProxy(a, con)
	}
	// Tests of other programs find the client's process by this; a server
	// started with --local hands it on to its session.
	os.Setenv("MOSH_CLIENT_PID", strconv.Itoa(os.Getpid()))
	if a.client != "" {
		return foreignClient(a, argv, con)
	}
	cfg := client.Config{Name: "mosh", In: con.in, Out: con.out, Err: con.err}
	if err := a.settings.configure(&cfg, con); err != nil {
		return con.reportClient(err)
	}
	end, err := startMosh(a, colors(&cfg), con)
	if err != nil {
		return con.report(err)
	}
	return attach(&cfg, end, con)
}

// fakeProxy serves ssh as its ProxyCommand.
func fakeProxy(a moshArgs, con console) int {
	err := bootstrap.Proxy(context.Background(), a.operands[0], a.operands[1], a.family, con.in, con.out, con.err)
	if err != nil {
		return con.report(err)
	}
	return exitOK
}

// startMosh gets a server running, as stock does.
func startMosh(a moshArgs, colors int, con console) (bootstrap.Endpoint, error) {
	self, err := os.Executable()
	if err != nil {
		return bootstrap.Endpoint{}, &bootstrap.StartError{Program: "mosh-server", Err: err}
	}
	host, seen := a.operands[0], bootstrap.Console{Noise: con.out, Stderr: con.err}
	program := bootstrap.Program{
		Colors: colors, Bind: a.bind, Ports: a.ports,
		Locale: bootstrap.Locale(os.Environ()), Argv: a.operands[1:],
	}
	if a.server == "" && !a.local {
		a.server = "mosh-server"
	}
	return interruptible(func(ctx context.Context) (bootstrap.Endpoint, error) {
		if a.local {
			return bootstrap.Local(ctx, bootstrap.LocalConfig{
				Host: host, Server: a.server, Self: []string{self}, Name: "mosh-server",
				Program: program, Family: a.family, Console: seen,
			})
		}
		return bootstrap.Mosh(ctx, bootstrap.MoshConfig{
			Command: a.ssh, Host: host, Server: a.server, Program: program, Family: a.family,
			Pty: a.sshPty, RemoteIP: a.remoteIP, Self: []string{calledAs(self)}, Console: seen,
		})
	})
}

// calledAs returns a path by which this program knows itself as mosh.
func calledAs(self string) string {
	if path, err := exec.LookPath(os.Args[0]); err == nil {
		if path, err = filepath.Abs(path); err == nil {
			return path
		}
	}
	return self
}

// foreignClient replaces this process by another client program, with the key in its
// environment, once that has told its terminal's colours and a server runs.
func foreignClient(a moshArgs, argv []string, con console) int {
	colors, status := askColors(a.client, con)
	if status != exitOK {
		return status
	}
	end, err := startMosh(a, colors, con)
	if err != nil {
		return con.report(err)
	}
	path, err := exec.LookPath(a.client)
	if err == nil {
		label := "-# " + strings.Join(argv[1:], " ") + " |" // for the list of processes only
		args := []string{a.client, label, end.Addr.Addr().String(), strconv.Itoa(int(end.Addr.Port()))}
		status, err = become(path, args, clientEnv(a, end))
	}
	if err != nil {
		return con.report(&bootstrap.StartError{Program: a.client, Err: err})
	}
	return status
}

// clientEnv returns the environment of another client program.
func clientEnv(a moshArgs, end bootstrap.Endpoint) []string {
	env := append(os.Environ(), "MOSH_KEY="+end.Key.Encode(), "MOSH_PREDICTION_DISPLAY="+a.predict.String())
	if a.noInit {
		env = append(env, "MOSH_NO_TERM_INIT=1")
	}
	if a.predictOverwrite {
		env = append(env, "MOSH_PREDICTION_OVERWRITE=yes")
	}
	return env
}

// askColors runs another client program for the number of colours of the terminal. Its
// failure is that of the whole start, with its status.
func askColors(path string, con console) (colors, status int) {
	cmd := exec.Command(path, "-c")
	cmd.Stderr = con.err
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		con.errorf("%s cannot tell the number of colours (status %d)", path, exit.ExitCode())
		con.hintf("check that TERM names your terminal")
		return 0, max(exit.ExitCode(), 1)
	case err != nil:
		con.errorf("cannot run %s: %v", path, errors.Unwrap(err))
		con.hintf("check the path given with --client")
		return 0, exitUsage // stock's status for this is 2 too
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil || n < 0 {
		n = 0 // -1 is a terminal without colours
	}
	return n, exitOK
}
