//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"roam/internal/sshtest"
)

// A secretProgram asks for a secret at a shell's prompt.
type secretProgram struct {
	name    string
	needs   [2]string // program and package
	shell   []string  // that it is run from
	command string    // what is typed there
	asks    []string  // patterns of the prompts for secrets, in order
	after   string    // of what shows when the last one was read

	env func(testing.TB) []string // what the shell's environment has besides; nil for nothing
}

// nobody runs a command as a user who may not do anything without a password.
const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups "

var secretPrograms = []secretProgram{
	{"bash read", [2]string{"bash", "bash"}, bashShell, `read -rsp "Secret one: " x; echo; echo "got ${#x}"`, []string{"Secret one:"}, `got \d\d`, nil},
	{"zsh read", [2]string{"zsh", "zsh"}, []string{"zsh", "-f"}, `read -rs "x?Secret one: "; echo; echo "got ${#x}"`, []string{"Secret one:"}, `got \d\d`, nil},
	{"fish read", [2]string{"fish", "fish"}, []string{"fish", "--no-config"}, `read -s -P "Secret one: " x; echo got (string length $x)`, []string{"Secret one:"}, `got \d\d`, nil},
	{"tcsh", [2]string{"tcsh", "tcsh"}, []string{"tcsh", "-f"}, `stty -echo; printf "Secret one: "; set x = "$<"; stty echo; echo; echo got $%x`, []string{"Secret one:"}, `got \d\d`, nil},
	{"sh", [2]string{"sh", "dash"}, []string{"sh"}, `stty -echo; printf "Secret one: "; read -r x; stty echo; echo; echo "got ${#x}"`, []string{"Secret one:"}, `got \d\d`, nil},
	{"python getpass", [2]string{"python3", "python3"}, bashShell,
		`python3 -c 'import getpass as g; a=g.getpass("Secret one: "); b=g.getpass("Secret two: "); print("got", len(a+b))'`,
		[]string{"Secret one:", "Secret two:"}, `got 24`, nil},
	{"ssh-keygen", [2]string{"ssh-keygen", "openssh-client"}, bashShell, `rm -f key; ssh-keygen -q -t ed25519 -f ./key && echo "got key"`,
		[]string{`Enter passphrase .*:`, "Enter same passphrase again:"}, "got key", nil},
	{"su", [2]string{"setpriv", "util-linux"}, bashShell, nobody + `su root -c true; echo "got $?"`, []string{"Password:"}, `got 1`, nil},
	{"sudo", [2]string{"sudo", "sudo"}, bashShell, nobody + `sudo true; echo "got $?"`, []string{ // a locked account: it asks three times
		`\[sudo\] password for nobody:`, `Sorry, try again\.\n\[sudo\] password for nobody:`,
		`Sorry, try again\.\n\[sudo\] password for nobody: *\nSorry, try again\.\n\[sudo\] password for nobody:`}, `got 1`, nil},
	{"ssh", [2]string{"ssh", "openssh-client"}, bashShell, `ssh $OPTIONS nobody@127.0.0.1; echo "got $?"`,
		[]string{"nobody@sshtest's password:"}, `got 255`, passwordServer},
}

// passwordServer starts an sshd that asks for passwords, and returns how to reach it.
func passwordServer(t testing.TB) []string {
	s := sshtest.Start(t, "PasswordAuthentication yes")
	return []string{fmt.Sprintf("OPTIONS=-F %s -p %d -o BatchMode=no -o PreferredAuthentications=password -o NumberOfPasswordPrompts=1", s.Config, s.Port)}
}

var bashShell = []string{"bash", "--norc", "--noprofile"}

// TestSecretsDoNotShow types secrets at real programs over a slow network that drops, doubles
// and delays, and looks for them in all that the client ever writes to its terminal.
func TestSecretsDoNotShow(t *testing.T) {
	for i, sp := range secretPrograms {
		for _, mode := range []string{"adaptive", "always"} {
			t.Run(sp.name+" "+mode, func(t *testing.T) {
				t.Parallel()
				sp.run(t, mode, uint64(i))
			})
		}
	}
}

// secretLetters are letters that no program prints by itself.
const secretLetters = "ßþðøæœłđħŋ"

func (sp *secretProgram) run(t *testing.T, mode string, seed uint64) {
	program(t, sp.needs[0], sp.needs[1])
	rng := rand.New(rand.NewPCG(seed, 5))
	p := pairing{roam, roam}
	home := t.TempDir()
	env := append(cleanEnv(home), "PS1=$ ", "HISTFILE=")
	if sp.env != nil {
		env = append(env, sp.env(t)...)
	}
	s := p.startServer(t, env, append([]string{"env", "-C", home}, sp.shell...)...)
	r := newRelay(t, s.addr, seed)
	r.delay, r.share = 60*time.Millisecond, 0.15
	r.set(true, false)
	words := append([]string{"env", "ROAM_PREDICTION_DISPLAY=" + mode}, p.clientPath(t)...)
	c := startClientBy(t, sp.name, append(words, s.addr.Addr().String(), fmt.Sprint(r.port())), s.key)
	var all bytes.Buffer
	c.mu.Lock()
	c.wrote = func(b []byte) { all.Write(b) }
	c.mu.Unlock()
	pause := func(most int) { time.Sleep(time.Duration(rng.IntN(most)) * time.Millisecond) } // as a person's fingers do
	typeOut := func(text string) {
		for _, key := range text {
			c.enter(string(key))
			pause(80)
		}
	}
	c.expect(`[$>%#] *$`)
	var secret string
	for _, i := range rng.Perm(10) {
		secret += string([]rune(secretLetters)[i])
	}
	secret += secret[:4]
	for round := range 2 {
		typeOut("clear") // what is waited for is new then
		c.enter("\r")
		c.expect(`\A[^\n]*[$>%#] *\n\z`)
		typeOut(sp.command)
		c.enter("\r")
		for _, ask := range sp.asks {
			c.expect(`^` + ask + ` *$`)
			pause(100)
			typeOut(secret)
			pause(300)
			c.enter("\r")
		}
		c.expect(`^` + sp.after)
		typeOut(fmt.Sprintf("echo over%d", round))
		c.enter("\r")
		c.expect(fmt.Sprintf(`^over%d`, round))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !bytes.Contains(all.Bytes(), []byte("over1")) {
		t.Error("nothing of what the client wrote was seen")
	}
	for _, letter := range secretLetters {
		if i := bytes.Index(all.Bytes(), []byte(string(letter))); i >= 0 {
			t.Errorf("%q of a secret was shown, behind %q", letter, all.Bytes()[max(0, i-200):i])
		}
	}
}
