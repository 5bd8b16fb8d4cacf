package trial

import "path/filepath"

// A System is a pair of programs that is measured. In its words and files
// {SERVER} is the server's address, {PORT} and {KEY} what the server printed, {DIR}
// the trial's own directory, {ROAM} the program under test, and {SHELL} a script
// that starts the shell.
type System struct {
	Name string
	Note string

	Server []string // prints MOSH CONNECT port key; or, with Listen, a daemon
	Client []string
	Env    []string // of the client
	Listen int      // TCP port of the daemon; 0: there is a server for each session

	// Names of the programs, for what they use; they are matched by their
	// beginning, since sshd has several.
	ServerProgram, ClientProgram string

	Files map[string]string // written into {DIR} before Setup
	Setup [][]string        // commands that run once in {DIR}
}

// Prediction modes, as the variable that every client reads has them.
const (
	adaptive = "MOSH_PREDICTION_DISPLAY=adaptive"
	never    = "MOSH_PREDICTION_DISPLAY=never"
)

var (
	roamServer = []string{"{ROAM}", "server", "-i", "{SERVER}", "-c", "256", "--", "{SHELL}"}
	roamClient = []string{"{ROAM}", "client", "{SERVER}", "{PORT}"}
	moshServer = []string{"mosh-server", "new", "-i", "{SERVER}", "-c", "256", "--", "{SHELL}"}
	moshClient = []string{"mosh-client", "{SERVER}", "{PORT}"}
)

func mosh(name, note string, server, client []string, prediction string) System {
	return System{Name: name, Note: note, Server: server, Client: client, Env: []string{"MOSH_KEY={KEY}", prediction},
		ServerProgram: program(server), ClientProgram: program(client)}
}

// program is the name of a command's program.
func program(words []string) string {
	if words[0] == "{ROAM}" {
		return "roam"
	}
	return filepath.Base(words[0])
}

// Systems returns all that can be measured.
func Systems() []System {
	return []System{
		mosh("roam", "predictions as by default", roamServer, roamClient, adaptive),
		mosh("roam-never", "without predictions", roamServer, roamClient, never),
		mosh("mosh", "stock, predictions as by default", moshServer, moshClient, adaptive),
		mosh("mosh-never", "stock, without predictions", moshServer, moshClient, never),
		openSSH(),
		mosh("roam-to-mosh", "roam's client, stock's server", moshServer, roamClient, adaptive),
		mosh("mosh-to-roam", "stock's client, roam's server", roamServer, moshClient, adaptive),
		{Name: "local", Note: "a shell without a network: what measuring itself takes", Server: []string{"sh", "-c", "echo MOSH CONNECT 1 -; exec sleep 86400"},
			Client: []string{"{SHELL}"}, ServerProgram: "sleep", ClientProgram: "bash"},
	}
}

// sshPort is a port that an sshd may have in a namespace of its own.
const sshPort = 2222

func openSSH() System {
	return System{
		Name: "ssh", Note: "OpenSSH", Listen: sshPort, ServerProgram: "sshd", ClientProgram: "ssh",
		Files: map[string]string{"sshd_config": `Port {PORT}
ListenAddress {SERVER}
HostKey {DIR}/hostkey
AuthorizedKeysFile {DIR}/id.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
PrintMotd no
PrintLastLog no
UseDNS no
MaxStartups 200
MaxSessions 100
`},
		Setup: [][]string{
			{"mkdir", "-p", "/run/sshd"}, // sshd wants it
			{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "hostkey"},
			{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "id"},
		},
		Server: []string{"/usr/sbin/sshd", "-D", "-e", "-f", "{DIR}/sshd_config"},
		Client: []string{"ssh", "-F", "none", "-p", "{PORT}", "-i", "{DIR}/id", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
			"-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-t", "root@{SERVER}", "{SHELL}"},
	}
}
