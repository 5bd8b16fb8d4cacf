package main

// A script is what is typed at a program. Names in braces are keys; WAIT is a pause
// for thought, the others are as a terminal sends them.
type script struct {
	name  string
	setup string            // run by sh first, in the home directory
	argv  []string          // run there
	files map[string]string // in the home directory
	text  string
}

const (
	cols = 80
	rows = 24
)

// keys are the names in scripts.
var keys = map[string]string{
	"CR": "\r", "TAB": "\t", "BS": "\x7f", "ESC": "\x1b", "UP": "\x1b[A", "DOWN": "\x1bOB", "L": "\x1b[D", "R": "\x1b[C", "HOME": "\x01", "END": "\x05",
	"KILL": "\x15", "WORD": "\x17", "DEL": "\x1b[3~", "INT": "\x03", "EOF": "\x04", "SAVE": "\x0f", "EXIT": "\x18",
}

const commandLines = "ls{CR}{WAIT}cd src{CR}: a first line with a typo hrer{BS}{BS}{BS}ere{CR}" +
	": and another one without{CR}true{CR}{WAIT}echo hello world{L}{L}{L}{L}big {END}!{CR}{WAIT}" +
	"cat notes | grep -n two{CR}{WAIT}: done with this{KILL}pwd{CR}{WAIT}export NAME=value{CR}: the last line{CR}{WAIT}"

var tree = map[string]string{"notes": "one\ntwo\nthree\n", "src/main.c": "int main(void)\n{\n\treturn 0;\n}\n"}

const zshrc = `PROMPT='host ~/src %# '
RPROMPT='main 12:00'
unsetopt PROMPT_SP
autoload -U add-zle-hook-widget
suggest() {
  local offer='git status --short' words=(${(z)BUFFER})
  POSTDISPLAY=
  [[ -n $BUFFER && $offer == $BUFFER* ]] && POSTDISPLAY=${offer#$BUFFER}
  region_highlight=("0 ${#words[1]} fg=green" "${#BUFFER} $(( ${#BUFFER} + ${#POSTDISPLAY} )) fg=8")
}
add-zle-hook-widget line-pre-redraw suggest
`

const fishConfig = `function fish_prompt; echo -n 'user@host ~/src> '; end
function fish_right_prompt; echo -n 'main'; end
set -g fish_greeting
`

const vimrc = "set nocompatible laststatus=2 ruler showmode noswapfile t_RV= t_u7= noesckeys\n"

const text = "The first paragraph of a text{CR}that goes on for sevrel{BS}{BS}{BS}eral lines,{CR}with a few words in each.{CR}{CR}And an end."

var scripts = []script{
	{"bash", "", []string{"bash", "--norc", "-i"}, tree, commandLines},
	{"bash-bottom", "", []string{"bash", "--norc", "-i"}, tree, "seq 40{CR}{WAIT}" + commandLines},
	{"bash-wrap", "", []string{"bash", "--norc", "-i"}, tree,
		": a command line that is much longer than a row of the terminal, so that it goes on in the next one{CR}{WAIT}" +
			": and one more of these that is longer than a row of the terminal and then some more words{BS}{BS}{BS}{BS}{BS}done{CR}{WAIT}"},
	{"bash-cjk", "", []string{"bash", "--norc", "-i"}, tree, ": 漢字とかなを打つ{CR}: 混ぜて mixed テキスト{BS}{BS}{BS}{BS}文字{CR}: naïve café{CR}{WAIT}"},
	{"bash-secret", "", []string{"bash", "--norc", "-i"}, tree, ": before{CR}{WAIT}read -s -p 'Password: ' x{CR}{WAIT}hunter2K{CR}{WAIT}: after it{CR}{WAIT}" +
		"read -s -n4 -p 'PIN: ' x{CR}{WAIT}9417{WAIT}{CR}: the end{CR}{WAIT}"},
	{"dash", "", []string{"dash", "-i"}, tree, "ls{CR}{WAIT}cd src{CR}echo a line with a typo hrer{BS}{BS}{BS}ere{CR}{WAIT}: some words{WORD}letters{KILL}pwd{CR}{WAIT}"},
	{"zsh", "", []string{"zsh", "-i"}, with(tree, ".zshrc", zshrc), "git stash{CR}{WAIT}" + commandLines + "git status{R}{CR}{WAIT}"},
	{"fish", "", []string{"fish", "-i"}, with(tree, ".config/fish/config.fish", fishConfig), "echo one two{CR}{WAIT}echo one three{CR}{WAIT}" + commandLines},
	{"cat", "", []string{"cat"}, nil, "some lines that come back{CR}{WAIT}each of tehm{BS}{BS}{BS}hem whole{CR}{WAIT}the last words{WORD}one{KILL}that was all{CR}{WAIT}"},
	{"vim", "", []string{"vim", "-i", "NONE", "text"}, with(tree, ".vimrc", vimrc), "i" + text + "{ESC}{WAIT}kkhhllxxjA more{ESC}{WAIT}ggO" + text + "{ESC}{WAIT}"},
	{"vim-code", "", []string{"vim", "-i", "NONE", "src/main.c"}, with(tree, ".vimrc", vimrc+"syntax on\nset autoindent cindent number\n"),
		"jo// a comment in front{CR}int number = 42;{CR}if (number) {{CR}number++;{CR}}{ESC}{WAIT}"},
	{"nano", "", []string{"nano", "-I", "text"}, nil, text + "{L}{L}{L}{L}{BS}{BS}the {WAIT}"},
	{"less", "", []string{"less", "src/main.c", "notes"}, tree, "jjk  jj/return{CR}{WAIT}nnkk{WAIT}"},
	{"python", "", []string{"/usr/bin/python3", "-q"}, nil, "x = 40 + 2{CR}{WAIT}print(x){CR}{WAIT}for i in range(3):{CR}    print(i){CR}{CR}{WAIT}'some text' + ' and more'{CR}{WAIT}y = x * 2{CR}{WAIT}"},
	{"psql", postgres, []string{"psql", "-h", "/tmp/roam-record-pg", "-U", "postgres", "-X", "-P", "pager=off"}, nil,
		"select 1 + 1;{CR}{WAIT}create table t (a int, b text);{CR}{WAIT}insert into t values (1, 'one'),{CR}(2, 'two');{CR}{WAIT}select * form{BS}{BS}{BS}rom t;{CR}{WAIT}"},
	{"sqlite", "", []string{"sqlite3", "-interactive"}, nil, "create table t (a int, b text);{CR}{WAIT}insert into t values (1, 'one');{CR}{WAIT}select * from t;{CR}{WAIT}"},
	{"tmux", "", []string{"tmux", "-f", "tmux.conf", "-L", "roam-record", "new-session", "bash --norc -i"}, with(tree, "tmux.conf", "set -g status-right ''\nset -g status-left '[work] '\nset -g window-status-format ''\nset -g window-status-current-format 'shell'\n"), commandLines},
	{"dialog", "", []string{"dialog", "--form", "An address", "12", "50", "4", "Name:", "1", "1", "", "1", "10", "20", "0", "Street:", "2", "1", "", "2", "10", "20", "0"}, nil,
		"Ada Lovelce{BS}{BS}ace{DOWN}12 Some Street{WAIT}"},
	{"mc", "", []string{"mc", "-u", "-d"}, tree, "ls -la{CR}{WAIT}echo some words{CR}{WAIT}"},
	{"bc", "", []string{"bc", "-q"}, nil, "1 + 2{CR}{WAIT}scale = 10{CR}{WAIT}7 / 3{CR}{WAIT}a = 5; a * a{CR}{WAIT}"},
}

// postgres starts a server for psql: as another user, since it refuses root.
const postgres = `d=/tmp/roam-record-pg; rm -rf $d; mkdir $d; chown nobody $d
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
su -s /bin/sh nobody -c "$bin/initdb -D $d/data -A trust -U postgres && $bin/pg_ctl -w -D $d/data -o '-k $d -c listen_addresses=' -l $d/log start" >/dev/null`

// with returns files and one more.
func with(files map[string]string, name, content string) map[string]string {
	all := map[string]string{name: content}
	for k, v := range files {
		all[k] = v
	}
	return all
}
