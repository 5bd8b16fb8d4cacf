package main

// usage is the help text; README.md has it word for word.
const usage = `Usage: roam [options] [user@]host [command...]
       roam --local
       roam ls|kill|attach [options] [[user@]host] [id...]
       roam server|client|trace|version|help [--help]

Logs in to host by ssh, starts a server there, and goes on over encrypted UDP,
so that the session outlives changes of address, sleep and outages. The server
is roam or, where that is missing, mosh-server. Options end at the host; what
follows is run there by the login shell, as ssh does.

"roam ls host" shows your sessions there, "roam kill host id" ends one, and
"roam attach host id" takes one over from wherever its client is; the id may be
left out if there is one only. Without a host they are about this machine.

Options of ssh, with ssh's meaning (see ssh(1)):
  -4 -6 -p PORT -l USER -i FILE -J HOST -F FILE -o OPTION -v -q -C -t
  -B -b -c -E -I -m -P -S ARG, -a -g -K -k -M -x -y

Where only ssh will do, roam replaces itself by ssh with the same arguments:
for -A -D -f -G -L -N -n -O -Q -R -s -T -V -W -w -X -Y, for the same things asked
for with -o, and for a command whose input or output is no terminal.

Options of roam:
  --port PORT[:HIGH]     UDP port of the server, or the range to take it from
                         (default 60001:60999); -p is ssh's port
  --predict WHEN         show typed keys before the server answers: adaptive (if
                         the way is slow; default), always, never, experimental
  --predict-overwrite    predictions overwrite instead of inserting
  --predict-ahead on|off show what is typed over Enter where the next prompt will
                         most likely come, if the command asks for nothing
                         (default on)
  --stats                say at the end what became of the keys typed
  --clipboard MODE       when remote programs set the clipboard: write (default),
                         ask, off; none can read it
  --family FAMILY        inet, inet6, auto, all, prefer-inet (default), prefer-inet6
  --server COMMAND       start the server there with COMMAND, run by sh
  --server-expiry TIME   end the session after so long without a client, as 12h or
                         7d, or never (default 30d); a server of stock's waits for ever
  --bind-server WHERE    address the server listens on: any (default for roam's),
                         ssh (the one ssh came in by; default for others), or a
                         numeric address
  --ssh COMMAND          run COMMAND instead of ssh; it may have options
  --ssh-pty              have ssh make a terminal on the host during the start
  --no-ssh-pty           do not (default)
  --local                start the server on this machine, without ssh; host is
                         then an address of it (default 127.0.0.1)
  --no-init, --init      stay on the terminal's main screen; or use its
                         alternate screen (default)
  --config FILE          settings for each host (default ~/.config/roam/config);
                         none for none
  --json                 roam ls: print an array for programs
  --trace FILE           write what the protocol does to FILE, for "roam trace plot";
                         in a directory, to a new file in it
  --verbose              say each step of the start
  --version, -h, --help  print the version or this text

A host called like a subcommand is reached by "roam -- server" or "me@server".
Environment: ROAM_PREDICTION_DISPLAY, ROAM_PREDICTION_OVERWRITE, ROAM_ESCAPE_KEY,
ROAM_PROBE, ROAM_TITLE_NOPREFIX, ROAM_NO_TERM_INIT; the same with MOSH_ in front
as fall-back; ROAM_CLIPBOARD, ROAM_PREDICT_AHEAD, ROAM_TRACE (as --trace).
`

// traceUsage is the help text of roam trace.
const traceUsage = `Usage: roam trace plot [--from SECONDS] [--to SECONDS] FILE >PICTURE.svg

Draws what a trace holds, that --trace or ROAM_TRACE has written: states and their
acknowledgements, losses, round trips, what is on its way, and datagrams, over
time. --from and --to cut out a part.
`

// moshUsage is the help text under the name mosh, whose options are stock's.
const moshUsage = `Usage: mosh [options] [--] [user@]host [command...]

This is roam under the name mosh: options mean what they mean there. They may
stand anywhere before "--" and be abbreviated; the command is run without a shell.

  --client=PATH          client to run on this machine (default: this program)
  --server=COMMAND       command that starts the server on the host
  --ssh=COMMAND          ssh to run, with its options
  --predict=WHEN         adaptive (default), always, never, experimental
  -a, -n                 --predict=always, --predict=never
  -o, --predict-overwrite
                         predictions overwrite instead of inserting
  -4, -6                 --family=inet, --family=inet6
  --family=FAMILY        inet, inet6, auto, all, prefer-inet (default), prefer-inet6
  -p, --port=PORT[:HIGH] UDP port of the server, or the range to take it from
  --bind-server=WHERE    ssh (default), any, or a numeric address
  --no-ssh-pty           no terminal on the host during the start
  --no-init              stay on the terminal's main screen
  --local                start the server on this machine, without ssh
  --experimental-remote-ip=HOW
                         how the host's address is found: proxy (default), local,
                         remote
  --version, --help      print the version or this text
`
