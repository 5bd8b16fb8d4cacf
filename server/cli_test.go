//go:build unix

package server

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseArgs(t *testing.T) {
	stock := Options{Name: StockName}
	roam := Options{Name: RoamName, Expiry: DefaultExpiry}
	with := func(o Options, change func(*Options)) Options {
		change(&o)
		return o
	}
	for _, tt := range []struct {
		name    string
		args    string // separated by blanks
		want    Options
		unknown string
	}{
		{StockName, "", stock, ""},
		{StockName, "new", stock, ""},
		{StockName, "127.0.0.1", with(stock, func(o *Options) { o.Bind, o.Addr = BindAddr, "127.0.0.1" }), ""},
		{StockName, "::1 61000", with(stock, func(o *Options) {
			o.Bind, o.Addr, o.LowPort, o.HighPort, o.PortSet = BindAddr, "::1", 61000, 61000, true
		}), ""},
		{StockName, "new -s -v -v -c 256 -p 60001:60010", with(stock, func(o *Options) {
			o.Bind, o.Verbose, o.Colors, o.LowPort, o.HighPort, o.PortSet = BindSSH, 2, 256, 60001, 60010, true
		}), ""},
		{StockName, "new -svp60001", with(stock, func(o *Options) {
			o.Bind, o.Verbose, o.LowPort, o.HighPort, o.PortSet = BindSSH, 1, 60001, 60001, true
		}), ""},
		{StockName, "new -s -i ::1", with(stock, func(o *Options) { o.Bind, o.Addr = BindAddr, "::1" }), ""},
		{StockName, "new -i ::1 -s", with(stock, func(o *Options) { o.Bind, o.Addr = BindSSH, "::1" }), ""},
		{StockName, "new -p 0", with(stock, func(o *Options) { o.PortSet = true }), ""},
		{StockName, "new -l LANG=C.UTF-8 -l FOO=bar", with(stock, func(o *Options) { o.Vars = []string{"LANG=C.UTF-8", "FOO=bar"} }), ""},
		{StockName, "new -- ls -l -- x", with(stock, func(o *Options) { o.Command = []string{"ls", "-l", "--", "x"} }), ""},
		{StockName, "new -c 8 --", with(stock, func(o *Options) { o.Colors, o.Command = 8, []string{} }), ""},
		{StockName, "-- vi --help", with(stock, func(o *Options) { o.Command = []string{"vi", "--help"} }), ""},
		{StockName, "new -@ label -c -5 stray", stock, ""},
		{StockName, "new -Z --odd=1 -v -e 3d -p", with(stock, func(o *Options) { o.Verbose = 1 }), "-Z --odd=1 -e -p (without its value)"},
		{RoamName, "", roam, ""},
		{RoamName, "new -c 16777216", with(roam, func(o *Options) { o.Colors = 1 << 24 }), ""},
		{RoamName, "--port 60001:60002 --colors=256 --bind-ssh --verbose --locale LANG=x -- sh", with(roam, func(o *Options) {
			o.LowPort, o.HighPort, o.PortSet, o.Colors, o.Bind, o.Verbose = 60001, 60002, true, 256, BindSSH, 1
			o.Vars, o.Command = []string{"LANG=x"}, []string{"sh"}
		}), ""},
		{RoamName, "--expire never --bind ::1", with(roam, func(o *Options) { o.Expiry, o.Bind, o.Addr = 0, BindAddr, "::1" }), ""},
		{RoamName, "-e 2d", with(roam, func(o *Options) { o.Expiry = 48 * time.Hour }), ""},
		{RoamName, "--expire=90m --future --colors", with(roam, func(o *Options) { o.Expiry = 90 * time.Minute }), "--future --colors (without its value)"},
	} {
		got, unknown, err := ParseArgs(tt.name, strings.Fields(tt.args))
		if err != nil {
			t.Errorf("%s %s: %v", tt.name, tt.args, err)
			continue
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s %s:\n%+v, want\n%+v", tt.name, tt.args, got, tt.want)
		}
		if got := strings.Join(unknown, " "); got != tt.unknown {
			t.Errorf("%s %s: unknown %q, want %q", tt.name, tt.args, got, tt.unknown)
		}
	}
}

func TestParseArgsRefuses(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{StockName, "new -p abc", `"abc" is no number`},
		{StockName, "new -p 70000", "70000 is not within"},
		{StockName, "new -p -1", "-1 is not within"},
		{StockName, "new -p 60001:x", `"x" is no number`},
		{StockName, "new -p 60001:70000", "70000 is not within"},
		{StockName, "new -p 1:2:3", `"2:3" is no number`},
		{StockName, "new -p 60001x", `"60001x" is no number`},
		{StockName, "new -p 100:50", "ends before it begins"},
		{StockName, "new -p 5:", "ends before it begins"},
		{StockName, "new -p 0:5", "cannot begin with 0"},
		{StockName, "new -p :5", "cannot begin with 0"},
		{StockName, "new -c abc", "bad number of colours (abc)"},
		{StockName, "new -c 3x", "bad number of colours (3x)"},
		{StockName, "127.0.0.1 x", `"x" is no number`},
		{StockName, "a b c", "wrong number of arguments"},
		{RoamName, "--port 0:5", "cannot begin with 0"},
		{RoamName, "--expire 3x", "bad duration (3x)"},
		{RoamName, "--expire -5h", "bad duration (-5h)"},
		{RoamName, "--expire 0s", "bad duration (0s)"},
		{RoamName, "--expire 999999999d", "bad duration"},
		{RoamName, "--expire d", "bad duration (d)"},
	} {
		_, _, err := ParseArgs(tt.name, strings.Fields(tt.args))
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want a *UsageError with %q", tt.name, tt.args, err, tt.want)
		}
	}
}

func TestParseArgsTexts(t *testing.T) {
	for _, tt := range []struct {
		name, args string
		want       error
	}{
		{StockName, "new --help", ErrHelp},
		{StockName, "-h", ErrHelp},
		{StockName, "new -p abc --help", ErrHelp},
		{StockName, "--version", ErrVersion},
		{RoamName, "-vh", ErrHelp},
		{RoamName, "--version", ErrVersion},
	} {
		if _, _, err := ParseArgs(tt.name, strings.Fields(tt.args)); err != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.name, tt.args, err, tt.want)
		}
	}
}

// Each option is in the help text, and the text names no other.
func TestUsageNamesEachOption(t *testing.T) {
	text := Usage(RoamName)
	for _, opt := range options {
		if opt.long != "" && !strings.Contains(text, "--"+opt.long) {
			t.Errorf("--%s is not in the help text", opt.long)
		}
		if opt.long != "" && opt.short != 0 && !strings.Contains(text, "-"+string(rune(opt.short))+", ") {
			t.Errorf("-%c is not in the help text", opt.short)
		}
	}
	if strings.Contains(Usage(StockName), "\t") || strings.Contains(text, "\t") {
		t.Error("the help text has tabs")
	}
}

func TestLocaleEnv(t *testing.T) {
	installed := []string{"C", "C.utf8", "POSIX", "en_US.utf8", "de_DE.utf8@euro"}
	for _, tt := range []struct {
		name        string
		env, client string
		installed   []string
		want        string
		note        string
	}{
		{"own is kept, the client's ignored", "A=1 LANG=en_US.UTF-8", "LANG=de_DE.UTF-8 FOO=bar", installed, "A=1 LANG=en_US.UTF-8", ""},
		{"LC_ALL decides", "LANG=POSIX LC_ALL=C.UTF-8", "", installed, "LANG=POSIX LC_ALL=C.UTF-8", ""},
		{"LC_ALL decides against", "LANG=C.UTF-8 LC_ALL=C", "LANG=en_US.UTF-8", installed, "LANG=en_US.UTF-8", ""},
		{"modifier", "LC_CTYPE=de_DE.UTF-8@euro", "", installed, "LC_CTYPE=de_DE.UTF-8@euro", ""},
		{"modifier that no C library has", "LANG=en_US.UTF-8@cjkwide", "", installed, "LANG=en_US.UTF-8@cjkwide", ""},
		{"none: the client's", "A=1 LC_TIME=C", "LANG=en_US.UTF-8 LC_PAPER=x FOO=bar", installed, "A=1 LANG=en_US.UTF-8 LC_PAPER=x FOO=bar", ""},
		{"client's is not here", "A=1", "LANG=xx_YY.UTF-8 FOO=bar", installed, "A=1 FOO=bar LANG=C.UTF-8", "LANG=xx_YY.UTF-8 is not installed here: using C.UTF-8"},
		{"own is not here, client has none", "LANG=xx_YY.UTF-8", "", installed, "LANG=C.UTF-8", "LANG=xx_YY.UTF-8 is not installed here: using C.UTF-8"},
		{"macOS sends only a charset", "", "LC_CTYPE=UTF-8", installed, "LANG=C.UTF-8", "LC_CTYPE=UTF-8 is not installed"},
		{"none at all", "LANG=C", "", installed, "LANG=C.UTF-8", "no UTF-8 locale is set: using C.UTF-8"},
		{"none here at all", "LANG=de_DE", "LANG=en_US.UTF-8", []string{"C", "POSIX"}, "", "nor is C.UTF-8"},
		{"nobody knows what is here", "", "LANG=xx_YY.UTF-8", nil, "LANG=xx_YY.UTF-8", ""},
	} {
		got, note := localeEnv(strings.Fields(tt.env), strings.Fields(tt.client), tt.installed)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if !strings.Contains(note, tt.note) || (note == "") != (tt.note == "") {
			t.Errorf("%s: note %q, want %q in it", tt.name, note, tt.note)
		}
	}
}

func TestChildEnv(t *testing.T) {
	env := strings.Fields("A=1 TERM=dumb STY=1.pts SSH_TTY=/dev/pts/1 SSH_CONNECTION=x PWD=/ MOSH_KEY=k " + daemonVar + "=1")
	for _, tt := range []struct {
		opts Options
		want string
	}{
		{Options{Name: StockName}, "A=1 SSH_CONNECTION=x TERM=xterm NCURSES_NO_UTF8_ACS=1 PWD=/home/u"},
		{Options{Name: StockName, Colors: 8}, "A=1 SSH_CONNECTION=x TERM=xterm NCURSES_NO_UTF8_ACS=1 PWD=/home/u"},
		{Options{Name: StockName, Colors: 256}, "A=1 SSH_CONNECTION=x TERM=xterm-256color NCURSES_NO_UTF8_ACS=1 PWD=/home/u"},
		{Options{Name: StockName, Colors: 1 << 24}, "A=1 SSH_CONNECTION=x TERM=xterm NCURSES_NO_UTF8_ACS=1 PWD=/home/u"},
		{Options{Name: RoamName, Colors: 256}, "A=1 SSH_CONNECTION=x TERM=xterm-256color NCURSES_NO_UTF8_ACS=1 PWD=/home/u"},
		{Options{Name: RoamName, Colors: 1 << 24}, "A=1 SSH_CONNECTION=x TERM=xterm-256color NCURSES_NO_UTF8_ACS=1 PWD=/home/u COLORTERM=truecolor"},
	} {
		if got := strings.Join(childEnv(env, &tt.opts, "/home/u"), " "); got != tt.want {
			t.Errorf("%+v:\n%s, want\n%s", tt.opts, got, tt.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for _, tt := range []struct {
		env     string
		want    int
		problem string
	}{
		{"", 0, ""},
		{"MOSH_SERVER_NETWORK_TMOUT=7", 7, ""},
		{"MOSH_SERVER_NETWORK_TMOUT=7 ROAM_SERVER_NETWORK_TMOUT=5", 5, ""},
		{"MOSH_SERVER_NETWORK_TMOUT=0", 0, ""},
		{"MOSH_SERVER_NETWORK_TMOUT=", 0, ""},
		{"MOSH_SERVER_NETWORK_TMOUT=3x", 0, "not a valid integer"},
		{"ROAM_SERVER_NETWORK_TMOUT=-3", 0, "is negative"},
		{"MOSH_SERVER_NETWORK_TMOUT=99999999999", maxTimeout, ""},
	} {
		got, problem := seconds(strings.Fields(tt.env), "SERVER_NETWORK_TMOUT")
		if got != tt.want || !strings.Contains(problem, tt.problem) || (problem == "") != (tt.problem == "") {
			t.Errorf("%s: %d, %q; want %d, %q", tt.env, got, problem, tt.want, tt.problem)
		}
	}
}

func TestSSHAddr(t *testing.T) {
	for conn, want := range map[string]string{
		"192.0.2.1 5000 192.0.2.9 22":        "192.0.2.9",
		"::1 5000 2001:db8::9 22":            "2001:db8::9",
		"192.0.2.1 5000 ::ffff:192.0.2.9 22": "192.0.2.9",
		"192.0.2.1 5000 host 22":             "",
		"192.0.2.1":                          "",
	} {
		got, ok := sshAddr(conn)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("sshAddr(%q) = %v, %v; want %q", conn, got, ok, want)
		}
	}
}

func TestChooseProgram(t *testing.T) {
	t.Setenv("PATH", "/nowhere:/bin:/usr/bin")
	for _, tt := range []struct {
		name, command, env string
		acct               account
		want               program
	}{
		{"SHELL", "", "SHELL=/bin/bash", account{shell: "/bin/zsh"}, program{"/bin/bash", []string{"-bash"}, true}},
		{"passwd", "", "", account{shell: "/bin/zsh"}, program{"/bin/zsh", []string{"-zsh"}, true}},
		{"neither", "", "SHELL=", account{}, program{"/bin/sh", []string{"-sh"}, true}},
		{"command", "sh -c x", "SHELL=/bin/bash", account{}, program{"/bin/sh", []string{"sh", "-c", "x"}, false}},
		{"relative", "./run", "", account{}, program{"./run", []string{"./run"}, false}},
		{"missing", "no-such-program", "", account{}, program{"no-such-program", []string{"no-such-program"}, false}},
	} {
		if got := chooseProgram(strings.Fields(tt.command), strings.Fields(tt.env), tt.acct); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestLookupAccount(t *testing.T) {
	const passwd = "root:x:0:0:root:/root:/bin/bash\nbroken:x\nu:x:1000:1000:A User,,,:/home/u:/bin/fish\n"
	for uid, want := range map[int]account{0: {"root", "/root", "/bin/bash"}, 1000: {"u", "/home/u", "/bin/fish"}, 7: {}} {
		if got, ok := lookupAccount(strings.NewReader(passwd), uid); got != want || ok != (want != account{}) {
			t.Errorf("uid %d: %+v, %v", uid, got, ok)
		}
	}
}

func TestGreeting(t *testing.T) {
	home := t.TempDir()
	text := loginGreeting(home, []string{"roam [7]", "mosh [8]"})
	if !strings.Contains(text, "2 detached sessions") || !strings.Contains(text, "- mosh [8]\n") {
		t.Errorf("greeting %q", text)
	}
	if strings.Contains(detachedNotice([]string{"mosh [8]"}), "roam attach") {
		t.Error("the notice says how to attach to a session of stock's")
	}
	if got := detachedNotice([]string{"mosh [8]", "roam [7]"}); !strings.Contains(got, "roam attach HOST 7") || !strings.Contains(got, "roam kill 7") {
		t.Errorf("the notice names no commands: %q", got)
	}
	if got := detachedNotice([]string{"roam [7]"}); !strings.Contains(got, "a detached session") || !strings.Contains(got, "roam [7]") {
		t.Errorf("notice %q", got)
	}
	if err := os.WriteFile(home+"/.hushlogin", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := loginGreeting(home, []string{"roam [7]"}); got != "" {
		t.Errorf("with .hushlogin: %q", got)
	}
	motd := home + "/motd"
	if err := os.WriteFile(motd, []byte("hello\x07\x00\n\x1b[1mthere\x1b[m\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := readMotd(motd), "hello\n\x1b[1mthere\x1b[m\n"; got != want {
		t.Errorf("motd %q, want %q", got, want)
	}
}

func TestAmbiguousWide(t *testing.T) {
	for env, want := range map[string]bool{
		"LANG=ja_JP.UTF-8@cjkwide":                      true,
		"LANG=ja_JP.UTF-8":                              false,
		"LANG=zh_CN.UTF-8@cjknarrow":                    false,
		"LANG=ja_JP.UTF-8@cjkwide LC_ALL=C.UTF-8":       false,
		"LANG=C.UTF-8 LC_CTYPE=ko_KR.UTF-8@CJKWIDE":     true,
		"LANG=de_DE.UTF-8@euro":                         false,
		"LC_CTYPE=C.UTF-8 LC_MESSAGES=ja.UTF-8@cjkwide": false,
		"": false,
	} {
		if got := ambiguousWide(strings.Fields(env)); got != want {
			t.Errorf("%q: %t, want %t", env, got, want)
		}
	}
}

// TestLocaleWidens checks that the program's locale reaches its emulator.
func TestLocaleWidens(t *testing.T) {
	l := newLoop(&daemonConfig{Cols: 80, Rows: 24, Env: []string{"LC_ALL=ja_JP.UTF-8@cjkwide"}}, time.Now())
	if !l.host.em.Options().AmbiguousWide {
		t.Error("the emulator has ambiguous characters narrow")
	}
}
