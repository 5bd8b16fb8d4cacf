package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"roam/bootstrap"
	"roam/client"
	"roam/doctor"
	"roam/install"
	"roam/internal/voice"
)

// startSession is the main job: a session on a host, or ssh in its place.
func startSession(a *roamArgs, con console) int {
	if a.version {
		con.out.WriteString(version() + "\n")
		return exitOK
	}
	if reason := needsSSH(a, con); reason != "" {
		return replaceBySSH(a, reason, con)
	}
	return runSession(a, con)
}

// needsSSH says why a must be left to ssh, empty if roam can do it.
func needsSSH(a *roamArgs, con console) string {
	switch {
	case a.onlySSH != "":
		return a.onlySSH + " needs ssh itself"
	case a.local, a.attach:
	case con.interactive():
	case len(a.command) > 0:
		return "a command without a terminal needs ssh itself"
	default: // a script on standard input, or a file for the output
		return "a shell without a terminal needs ssh itself"
	}
	return ""
}

// replaceBySSH makes this process ssh with the user's arguments. It returns
// only if that fails.
func replaceBySSH(a *roamArgs, reason string, con console) int {
	path, err := exec.LookPath(a.ssh[0])
	if err != nil {
		return con.report(&bootstrap.StartError{Program: a.ssh[0], Err: errors.Unwrap(err)})
	}
	argv := append(append([]string{}, a.ssh...), a.rest...)
	if isTerminal(con.err) {
		con.notef("%s; running %s", reason, strings.Join(a.ssh, " "))
	}
	status, err := become(path, argv, os.Environ())
	if err != nil {
		return con.report(&bootstrap.StartError{Program: a.ssh[0], Err: err})
	}
	return status
}

// runSession starts a server and is its client.
func runSession(a *roamArgs, con console) int {
	cfg := client.Config{Name: "roam", Version: release, In: con.in, Out: con.out, Err: con.err, Log: con.log}
	err := a.settings.configure(&cfg, con)
	if !isTerminal(con.in) {
		err = client.ErrNoTerminal // nothing is started for nobody
	}
	if err != nil {
		return con.reportClient(err)
	}
	end, err := interruptible(func(ctx context.Context) (bootstrap.Endpoint, error) {
		return start(ctx, a, colors(&cfg), con)
	})
	if err != nil {
		return con.report(err)
	}
	if !a.local {
		c, port := a.doctorConfig(con), end.Addr.Port()
		cfg.Diagnose = func(ctx context.Context) string { return doctor.Diagnose(ctx, c, port) }
	}
	return attach(&cfg, end, con)
}

// interruptible runs a start, which the signals that end a process end in good
// order; then its error is context.Canceled.
func interruptible[T any](start func(ctx context.Context) (T, error)) (T, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	end, err := start(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Canceled
	}
	return end, err
}

// configure fills in what the environment and then the options decide.
func (s settings) configure(cfg *client.Config, con console) error {
	notes, err := cfg.ReadEnv(os.LookupEnv)
	for _, note := range notes {
		con.say(voice.Note, "%s", note)
	}
	if s.predictSet {
		cfg.Predict = s.predict
	}
	if s.clipboardSet {
		cfg.Clipboard = s.clipboard
	}
	if s.predictAheadSet {
		cfg.NoPredictAhead = !s.predictAhead
	}
	cfg.Stats = s.stats
	cfg.PredictOverwrite = cfg.PredictOverwrite || s.predictOverwrite
	cfg.NoInit = cfg.NoInit || s.noInit
	if s.trace != "" {
		cfg.Trace = s.trace
	}
	if err == nil {
		err = cfg.OpenTrace()
	}
	return err
}

// colors returns how many colours the server is told of.
func colors(cfg *client.Config) int {
	if cfg.Terminal == nil {
		return 0
	}
	return max(cfg.Terminal.Colors(), 0)
}

// start gets a server running.
func start(ctx context.Context, a *roamArgs, colors int, con console) (bootstrap.Endpoint, error) {
	program := bootstrap.Program{
		Colors: colors, Bind: a.bind, Ports: a.ports,
		Locale: bootstrap.Locale(os.Environ()), Shell: strings.Join(a.command, " "),
		Expiry: a.expiry, Attach: a.attach, Session: a.session,
	}
	if a.local {
		self, err := os.Executable()
		if err != nil {
			return bootstrap.Endpoint{}, &bootstrap.StartError{Program: "roam server", Err: err}
		}
		return bootstrap.Local(ctx, bootstrap.LocalConfig{
			Host: a.host, Server: a.server, Self: []string{self, "server"}, Name: "roam", Program: program, Family: a.family, Console: a.console(con),
		})
	}
	c := a.sshConfig(con)
	c.Program = program
	return bootstrap.SSH(ctx, c)
}

// console is where the user sees a start.
func (a *roamArgs) console(con console) bootstrap.Console {
	seen := bootstrap.Console{Noise: con.err, Stderr: con.err}
	if con.steps != nil {
		seen.Logf = func(format string, args ...any) { con.steps.Info(fmt.Sprintf(format, args...)) }
	}
	return seen
}

// sshConfig is the way to the host, without a program.
func (a *roamArgs) sshConfig(con console) bootstrap.SSHConfig {
	return bootstrap.SSHConfig{
		Command: a.ssh, Options: a.options, Host: a.host, Server: a.server,
		Family: a.family, Pty: a.sshPty, Console: a.console(con),
		Install: &install.Config{
			Mode: a.install, Release: release, From: a.installFrom, Answers: install.AnswersPath(getenv),
			In: con.in, Out: con.err, Notef: con.notef,
		},
	}
}

// attach is the session itself.
func attach(cfg *client.Config, end bootstrap.Endpoint, con console) int {
	cfg.Server, cfg.Others, cfg.Key = end.Addr, end.Others, end.Key
	end.Key.Erase()
	result, err := client.Run(context.Background(), *cfg)
	cfg.Key.Erase()
	if err != nil {
		return con.reportClient(err)
	}
	return result.Status
}
