//go:build unix

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"roam/bootstrap"
	"roam/client"
)

// parseRoam reads the words behind roam, without the user's settings.
func parseRoam(words []string) (*roamArgs, error) {
	a := newArgs(inSession)
	a.config = noConfig
	cmd := &cobra.Command{Use: "roam"}
	addOptions(cmd, a)
	if err := cmd.ParseFlags(words); err != nil {
		return nil, flagError(cmd, err)
	}
	return a, a.complete(cmd, words)
}

func TestParseRoam(t *testing.T) {
	tests := []struct {
		args    string // blanks part words
		options string
		host    string
		command string
		only    string
		rest    string
	}{
		{"host", "", "host", "", "", "host"},
		{"-p 2222 me@host ls -l", "-p 2222", "me@host", "ls -l", "", "-p 2222 me@host ls -l"},
		{"-p2222 host", "-p 2222", "host", "", "", "-p2222 host"},
		{"-vvp2222 -qC host", "-v -v -p 2222 -q -C", "host", "", "", "-vvp2222 -qC host"},
		{"-o A=b -oC=d -i id -J jump -F file -l me host", "-o A=b -o C=d -i id -J jump -F file -l me", "host", "", "", "-o A=b -oC=d -i id -J jump -F file -l me host"},
		{"-t -tt -e none host", "", "host", "", "", "-t -tt -e none host"},
		{"-4 host", "", "host", "", "", "-4 host"},
		{"host -p 22 cmd", "-p 22", "host", "cmd", "", "host -p 22 cmd"},
		{"-C host -tp22 -- -v", "-C -p 22", "host", "-v", "", "-C host -tp22 -- -v"},
		{"host --predict never -l me tmux -u", "-l me", "host", "tmux -u", "", "host -l me tmux -u"},
		{"host -N", "", "host", "", "-N", "host -N"},
		{"-- host -p 22", "", "host", "-p 22", "", "-- host -p 22"},
		{"host -- cmd --x", "", "host", "cmd --x", "", "host -- cmd --x"},
		{"host -- -- cmd", "", "host", "-- cmd", "", "host -- -- cmd"},
		{"-- host --local", "", "host", "--local", "", "-- host --local"},
		{"--local", "", "127.0.0.1", "", "", ""},
		{"--local ::1 cmd", "", "::1", "cmd", "", "::1 cmd"},
		{"--predict always -v --family=inet6 host", "-v", "host", "", "", "-v host"},
		{"-N host", "", "host", "", "-N", "-N host"},
		{"-vNL 1:a:2 host", "-v", "host", "", "-N", "-vNL 1:a:2 host"},
		{"-L1:a:2 host", "", "host", "", "-L 1:a:2", "-L1:a:2 host"},
		{"-o ForwardAgent=no host", "-o ForwardAgent=no", "host", "", "", "-o ForwardAgent=no host"},
		{"-o forwardagent=yes host", "", "host", "", "-o forwardagent=yes", "-o forwardagent=yes host"},
		{"-V", "", "", "", "-V", "-V"},
		{"-Q cipher", "", "", "", "-Q cipher", "-Q cipher"},
		{"--no-stats --stats -NvL1:a:2 --port 7 -oA=b host -v", "-v -o A=b -v", "host", "", "-N", "-NvL1:a:2 -oA=b host -v"},
	}
	for _, test := range tests {
		a, err := parseRoam(strings.Fields(test.args))
		if err != nil {
			t.Errorf("%q: %v", test.args, err)
			continue
		}
		got := []string{strings.Join(a.options, " "), a.host, strings.Join(a.command, " "), a.onlySSH, strings.Join(a.rest, " ")}
		if want := []string{test.options, test.host, test.command, test.only, test.rest}; !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", test.args, got, want)
		}
	}
}

// TestParseRoamKnowsSSHsOptions holds every option letter of OpenSSH 9.9, with
// its arity; 1 and 2 were those of retired protocols.
func TestParseRoamKnowsSSHsOptions(t *testing.T) {
	const usage = "46AaB:b:Cc:D:E:e:F:fGgI:i:J:KkL:l:Mm:NnO:o:P:p:Q:qR:S:sTtVvW:w:XxYy"
	known := map[byte]sshOption{}
	for _, o := range sshOptions {
		known[o.letter[0]] = o
	}
	for i := 0; i < len(usage); i++ {
		value := i+1 < len(usage) && usage[i+1] == ':'
		o, found := known[usage[i]]
		if !found || (o.value != "") != value {
			t.Errorf("-%c: %+v, want one with value %v", usage[i], o, value)
		}
		delete(known, usage[i])
		if value {
			i++
		}
	}
	for letter := range known {
		t.Errorf("-%c is no option of ssh", letter)
	}
}

func TestParseRoamSettings(t *testing.T) {
	a, err := parseRoam([]string{"--port=60001:60010", "--predict=never", "--predict-overwrite", "--family=INET6", "--server", "env X=1 mosh-server",
		"--bind-server=ANY", "--ssh=ssh -F 'a b'", "--ssh-pty", "--no-init", "--clipboard=ask", "--predict-ahead=off", "--stats", "--verbose", "host"})
	if err != nil {
		t.Fatal(err)
	}
	if a.ports != (bootstrap.Ports{Low: 60001, High: 60010}) || a.predict != client.PredictNever || !a.predictSet || !a.predictOverwrite ||
		a.family != bootstrap.Inet6 || a.server != "env X=1 mosh-server" || a.bind != bootstrap.BindAny ||
		!slices.Equal(a.ssh, []string{"ssh", "-F", "a b"}) || a.clipboard != client.ClipboardAsk || !a.clipboardSet || a.predictAhead || !a.predictAheadSet || !a.stats || !a.sshPty || !a.noInit || a.verbose != 1 {
		t.Errorf("got %+v", a)
	}
}

func TestParseRoamRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"":                        "no host given",
		"-v":                      "no host given",
		"-p":                      "-p needs a value",
		"--port":                  "--port needs a value",
		"-v -Z host":              "unknown option -Z",
		"-vZ host":                "unknown option -Z",
		"--locale host":           "unknown option --locale",
		"--no-local host":         "unknown option --no-local",
		"--json host":             "--json goes with ls, doctor only",
		"---port host":            "unknown option ---port",
		"---p host":               "unknown option ---p",
		"-v=3 host":               "-v takes no value",
		"--init=no host":          "--init takes no value",
		"--ssh= host":             "--ssh: ",
		"--verbose=3 host":        `"3" is no level`,
		"-- -host":                `"-host" is no host`,
		"host -Z":                 "unknown option -Z",
		"host --port":             "--port needs a value",
		"host --help":             "help requested",
		"--local -L 1:a:2":        "-L 1:a:2 needs ssh, which --local does without",
		"--port=70000 host":       `"70000" is no port`,
		"--predict sometimes h":   "sometimes",
		"--clipboard=both h":      "both",
		"--predict-ahead=yes h":   "yes",
		"--family internet4 host": "internet4",
	} {
		if _, err := parseRoam(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}

func TestVerboseLevels(t *testing.T) {
	for words, want := range map[string]int{"h": 0, "--verbose h": 1, "--verbose --verbose --verbose h": 2, "--verbose=2 h": 2, "--verbose --verbose=0 h": 0} {
		if a, err := parseRoam(strings.Fields(words)); err != nil || a.verbose != want || a.host != "h" {
			t.Errorf("%q: %+v, %v, want level %d", words, a, err, want)
		}
	}
}

func TestNearestOption(t *testing.T) {
	var names []string
	for i := range options {
		names = append(names, options[i].name)
	}
	for name, want := range map[string]string{"prot": "port", "locale": "local", "pred": "predict", "familly": "family", "bind": "bind-server", "xyzzy": "", "q": ""} {
		if got := nearest(name, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestOnlySSH(t *testing.T) {
	for setting, want := range map[string]bool{
		"LocalForward 1 a:2": true, "remoteforward=1 a:2": true, "ForwardAgent yes": true, "ForwardAgent no": false, "ForwardAgent=no": false,
		"ForwardX11 = \"no\"": false, "Port=22": false, "": false, "LocalForward": false, "RequestTTY=no": true, "RequestTTY=force": false,
	} {
		if got := onlySSH(setting); got != want {
			t.Errorf("onlySSH(%q) = %v", setting, got)
		}
	}
}

func TestParseMosh(t *testing.T) {
	tests := []struct {
		args string
		want func(a *moshArgs) bool
	}{
		{"host ls a", func(a *moshArgs) bool { return slices.Equal(a.operands, []string{"host", "ls", "a"}) }},
		{"host -n ls", func(a *moshArgs) bool {
			return a.predict == client.PredictNever && slices.Equal(a.operands, []string{"host", "ls"})
		}},
		{"host ls -l", func(a *moshArgs) bool { return a.local && slices.Equal(a.operands, []string{"host", "ls"}) }},
		{"host -- ls -l", func(a *moshArgs) bool {
			return !a.local && slices.Equal(a.operands, []string{"host", "ls", "-l"})
		}},
		{"-- host -- ls", func(a *moshArgs) bool { return slices.Equal(a.operands, []string{"host", "--", "ls"}) }},
		{"-p 60001 host", func(a *moshArgs) bool { return a.ports.String() == "60001" }},
		{"-p=60001:60002 host", func(a *moshArgs) bool { return a.ports.String() == "60001:60002" }},
		{"--PORT 7 host", func(a *moshArgs) bool { return a.ports.String() == "7" }},
		{"-port=7 host", func(a *moshArgs) bool { return a.ports.String() == "7" }},
		{"-a -n -a host", func(a *moshArgs) bool { return a.predict == client.PredictAlways }},
		{"-4 -6 host", func(a *moshArgs) bool { return a.family == bootstrap.Inet6 }},
		{"--fam=Inet -o host", func(a *moshArgs) bool { return a.family == bootstrap.Inet && a.predictOverwrite }},
		{"-o --no-predict-overwrite host", func(a *moshArgs) bool { return !a.predictOverwrite }},
		{"host", func(a *moshArgs) bool {
			return a.sshPty && !a.noInit && a.family == bootstrap.PreferInet && a.remoteIP == bootstrap.ByProxy
		}},
		{"--no-ssh-pty --noinit host", func(a *moshArgs) bool { return !a.sshPty && a.noInit }},
		{"--no-ssh --no-i host", func(a *moshArgs) bool { return !a.sshPty && a.noInit }},
		{"--exp=Remote --bind=SSH --cl=c --serv=s host", func(a *moshArgs) bool {
			return a.remoteIP == bootstrap.ByRemote && a.bind == "ssh" && a.client == "c" && a.server == "s"
		}},
		{"--family=prefer-inet --fake-proxy -- host 22", func(a *moshArgs) bool { return a.fakeProxy }},
		{"--family=foo host", func(a *moshArgs) bool { return a.family == bootstrap.Auto }},
		{"- host", func(a *moshArgs) bool { return slices.Equal(a.operands, []string{"-", "host"}) }},
		{"-h", func(a *moshArgs) bool { return a.help }},
		{"--v", func(a *moshArgs) bool { return a.version }},
	}
	for _, test := range tests {
		if a, err := parseMosh(strings.Fields(test.args)); err != nil || !test.want(&a) {
			t.Errorf("%q: %+v, %v", test.args, a, err)
		}
	}
	for _, args := range []string{"", "--s=x host", "--no host", "-an host", "-x host", "--local=1 host", "-p", "--predict", "--exp=x host", "--fake-proxy host",
		"-p abc host", "-p -5 host", "-p 70000 host", "-p 0:5 host", "-p 9:5 host"} {
		if a, err := parseMosh(strings.Fields(args)); err == nil {
			t.Errorf("%q: %+v, want an error", args, a)
		}
	}
}
