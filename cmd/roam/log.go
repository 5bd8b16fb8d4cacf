package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// withLog returns con with the loggers that --verbose and --log ask for, and a function
// that ends them. The terminal is told of the start only: then it is the session's.
func (a *roamArgs) withLog(con console) (console, func(), error) {
	var handlers []slog.Handler
	if a.verbose > 0 {
		level := slog.LevelInfo
		if a.verbose > 1 {
			level = slog.LevelDebug
		}
		handlers = append(handlers, &stepHandler{con: con, level: level})
	}
	end := func() {}
	if a.log != "" {
		const ownerOnly = 0o600
		f, err := os.OpenFile(a.log, os.O_WRONLY|os.O_APPEND|os.O_CREATE, ownerOnly)
		if err != nil {
			return con, nil, &usageError{fmt.Sprintf("--log: %v", err), "name a file that you can write"}
		}
		end = func() { f.Close() }
		file := slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})
		handlers = append(handlers, file)
		con.log = slog.New(file)
	}
	if handlers != nil {
		con.steps = slog.New(slog.NewMultiHandler(handlers...))
		con.steps.Debug("this is "+version(), "pid", os.Getpid())
		for _, s := range a.taken {
			con.steps.Debug("setting", "name", s.Name, "value", s.Value, "line", s.Line)
		}
	}
	return con, end, nil
}

// logged runs a command of a with its loggers.
func (a *roamArgs) logged(con console, run func(con console) int) (status int, err error) {
	con, end, err := a.withLog(con)
	if err != nil {
		return exitUsage, err
	}
	defer end()
	status = run(con)
	if con.log != nil {
		con.log.Info("roam ends", "status", status)
	}
	return status, nil
}

// A stepHandler writes records as messages for the terminal.
type stepHandler struct {
	con   console
	level slog.Level
}

func (h *stepHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

func (h *stepHandler) Handle(_ context.Context, r slog.Record) error {
	var line strings.Builder
	line.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		fmt.Fprintf(&line, " %v", a)
		return true
	})
	h.con.notef("%s", line.String())
	return nil
}

// WithAttrs and WithGroup are of slog's interface; nothing here uses them.
func (h *stepHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *stepHandler) WithGroup(string) slog.Handler      { return h }
