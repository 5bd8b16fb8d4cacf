package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roam/server"
	"roam/sessions"
)

// task completes the arguments of ls, kill and attach, which take ssh's options and a host,
// without which they are about this machine. A first operand of digits alone is an id
// there. It returns the ids.
func (a *roamArgs) task(cmd *cobra.Command, words []string) (ids []int, err error) {
	defer func() {
		var u *usageError
		if errors.As(err, &u) && u.hint == "" {
			u.hint = seeHelp(cmd)
		}
	}()
	if err := a.complete(cmd, words); err != nil {
		return nil, err
	}
	if a.onlySSH != "" {
		return nil, &usageError{fmt.Sprintf("%s does not go with %s", a.onlySSH, cmd.Name()), seeHelp(cmd)}
	}
	if a.host != "" && strings.Trim(a.host, "0123456789") == "" {
		a.command = append([]string{a.host}, a.command...)
		a.host = ""
	}
	if ids, err = a.sessionIDs(); err != nil {
		return nil, err
	}
	switch {
	case a.in == inList && len(ids) > 0:
		err = &usageError{problem: "ls takes a host and no more"}
	case a.in == inKill && len(ids) == 0:
		err = &usageError{problem: "no session given", hint: "roam ls shows their ids"}
	case a.in == inAttach && len(ids) > 1:
		err = &usageError{problem: "one session at a time"}
	}
	return ids, err
}

// sessionIDs reads the ids behind the host.
func (a *roamArgs) sessionIDs() (ids []int, err error) {
	for _, word := range a.command {
		id, err := server.ParseSession(word)
		if err != nil {
			return nil, &usageError{problem: strings.TrimPrefix(err.Error(), "server: ")}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func listSessions(a *roamArgs, _ []int, con console) int {
	found, err := []server.Status(nil), error(nil)
	if a.host == "" {
		found = server.List(os.Environ())
	} else {
		found, err = interruptible(func(ctx context.Context) ([]server.Status, error) { return sessions.List(ctx, a.sshConfig(con)) })
		if err != nil {
			return con.report(err)
		}
	}
	switch {
	case a.json:
		err = sessions.WriteJSON(con.out, found)
	case len(found) == 0:
		con.notef("no sessions")
	default:
		err = sessions.WriteTable(con.out, time.Now(), found)
	}
	if err != nil {
		con.errorf("%v", err)
		return exitFailed
	}
	return exitOK
}

func endSessions(a *roamArgs, ids []int, con console) int {
	if a.host != "" {
		_, err := interruptible(func(ctx context.Context) (struct{}, error) {
			return struct{}{}, sessions.End(ctx, a.sshConfig(con), ids)
		})
		if err != nil {
			return con.report(err)
		}
		return exitOK
	}
	status := exitOK
	for _, id := range ids {
		if err := server.End(os.Environ(), id); err != nil {
			con.errorf("session %d: %s", id, strings.TrimPrefix(err.Error(), "server: "))
			con.hintf("roam ls shows the sessions that there are")
			status = exitFailed
		}
	}
	return status
}

// attachSession takes a session that runs already over.
func attachSession(a *roamArgs, ids []int, con console) int {
	a.local, a.attach = a.host == "", true
	if a.local {
		a.host = "127.0.0.1"
	}
	if len(ids) > 0 {
		a.session = ids[0]
	}
	a.command = nil
	return runSession(a, con)
}

// reportUsage prints what is wrong with the command line, and returns the exit status.
func (c console) reportUsage(err error) int {
	var u *usageError
	hint := "see roam --help"
	if errors.As(err, &u) && u.hint != "" {
		hint = u.hint
	}
	c.errorf("%v", err)
	c.hintf("%s", hint)
	return exitUsage
}
