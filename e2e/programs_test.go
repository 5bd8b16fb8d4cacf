//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a stock server's emulator gets wrong (docs/terminal.md).
const (
	noAlternate = "a stock server has no alternate screen: the program's last picture stays"
	noRepeat    = "a stock server ignores REP, which ncurses uses under this TERM"
)

// write returns a function that writes a file into the home directory.
func write(name, content string) func(t testing.TB, home string) {
	return func(t testing.TB, home string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// prose is text to page through, with long lines and wide characters.
func prose() string {
	var b strings.Builder
	for i := 1; i <= 300; i++ {
		fmt.Fprintf(&b, "%3d the quick brown fox jumps over the lazy dog\n", i)
		if i%7 == 0 {
			b.WriteString("日本語の行 and " + strings.Repeat("a long line that has to wrap ", 4) + "\n")
		}
		if i%11 == 0 {
			b.WriteString("\ttabs\tand\tnaïve café\n")
		}
	}
	return b.String()
}

func TestPrograms(t *testing.T) {
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			sc.run(t)
		})
	}
}

var scenarios = []*scenario{
	{
		name:  "vim",
		needs: [][2]string{{"vim", "vim"}},
		files: func(t testing.TB, home string) {
			write("prose", prose())(t, home)
			write(".vimrc", "set nocompatible ruler showcmd hlsearch incsearch number noswapfile viminfo= background=dark mouse=a\nsyntax on\nset t_RV= t_u7=\n")(t, home)
			write("code.c", "#include <stdio.h>\n\nint main(void)\n{\n\tprintf(\"hello, %s\\n\", \"wörld\"); /* a comment */\n\treturn 0;\n}\n")(t, home)
		},
		command: "vim prose",
		steps: []step{
			press("C-f").to("24 the quick"),
			enter("/fox\r").to("/fox"),
			enter("nnn"),
			enter("ggOa new line: ää 日本 end"),
			press("Escape"),
			enter(":split code.c\r").to("include"),
			enter("jjjjIint x = 1;"),
			press("Enter", "Up", "Up", "End"),
			press("Escape"),
			enter(":vsplit\r"),
			enter("\x17w\x17w"),
			enter("ggdG").to("No lines"),
			enter(":silent undo\r"), // which says how long ago that was
			size(100, 30),
			size(60, 20),
			size(80, 24),
			enter(":only\r"),
			enter("V5j"),
			press("Escape"),
			enter(":qa!\r").to(`\[over 0\]`),
		},
		stockServer: noAlternate,
	},
	{
		name:    "less",
		needs:   [][2]string{{"less", "less"}},
		files:   write("prose", prose()),
		command: "less prose",
		steps: []step{
			enter(" "), enter(" "), enter("y"), enter("b"), enter("5j"), enter("2k"),
			enter("/lazy\r"),
			enter("G").to("END"),
			enter("g"),
			press("Down"),
			press("Right"), press("Left"),
			size(50, 15),
			size(80, 24),
			enter("q").to(`\[over 0\]`),
		},
		stockServer: noAlternate,
	},
	{
		name:    "man",
		needs:   [][2]string{{"man", "man-db"}, {"less", "less"}},
		files:   write("page.1", manPage),
		command: "MANPAGER='less -R' MANWIDTH=76 man ./page.1",
		steps: []step{
			enter(" "), enter("b"), enter("/bold\r"), enter("q").to(`\[over 0\]`),
		},
		stockServer: noAlternate,
	},
	{
		name:    "htop",
		needs:   [][2]string{{"htop", "htop"}},
		command: "htop -d 100",
		skip:    func(i int, _ string) bool { return i < 23 },
		steps: []step{
			press("F2").to("(?i)categories"),
			press("Down", "Down").but(above(12)),
			press("F10"),
			press("h").to("Released under"),
			press("Escape"),
			enter("\\zzz").to("(?i)filter"),
			press("Escape"),
			enter("q").to(`\[over 0\]`).but(everything),
		},
		stockServer: noAlternate + "; " + noRepeat,
	},
	{
		name:    "top",
		needs:   [][2]string{{"top", "procps"}},
		command: "unshare --pid --fork --mount-proc top -d 60", // alone, or others' work would show
		skip:    above(8),                                      // load, memory, and top's own line
		steps: []step{
			enter("f").to("Fields Management").but(above(0)),
			press("Down", "Down", "Right").but(above(0)),
			enter("q").to("PID USER").but(everything),
			enter("h").to("Help for Interactive"),
			enter("q").to("PID USER").but(everything),
			enter("q").to(`\[over 0\]`).but(everything),
		},
		stockServer: noAlternate,
	},
	{
		name:  "mc",
		needs: [][2]string{{"mc", "mc"}},
		files: func(t testing.TB, home string) {
			for i := range 30 {
				name := fmt.Sprintf("file%02d", i)
				write(name, strings.Repeat(name+"\n", i+1))(t, home)
				setTime(t, filepath.Join(home, name))
			}
			write("hello.txt", "hello from mc\n日本\n")(t, home)
			setTime(t, filepath.Join(home, "hello.txt"))
			if err := os.MkdirAll(filepath.Join(home, ".config/mc"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(".config/mc/ini", "[Layout]\nfree_space=0\nkeybar_visible=1\nmessage_visible=0\n[Midnight-Commander]\nuse_internal_view=1\nuse_internal_edit=1\nauto_save_setup=0\n[Panels]\nnavigate_with_arrows=1\n")(t, home)
		},
		command: "mc -u",
		skip: func(i int, line string) bool {
			return strings.Contains(line, "UP--DIR") || strings.Contains(line, ".cache") || strings.Contains(line, ".config") || strings.Contains(line, ".local")
		},
		steps: []step{
			press("Down", "Down", "Down"),
			press("Tab"),
			press("End"),
			press("F3").to("hello from mc").but(above(1)), // its path is another everywhere
			press("F10"),
			press("F9").to("(?i)left"),
			press("Enter"),
			press("Escape", "Escape"),
			press("F10").to(`\[over 0\]|(?i)quit`),
		},
		stockServer: noAlternate,
	},
	{
		name:    "nano",
		needs:   [][2]string{{"nano", "nano"}},
		files:   write("notes", prose()),
		command: "nano -I notes",
		steps: []step{
			enter("some text: ä日本 "),
			press("Down", "Down", "End"),
			press("C-v"),
			press("C-k"),
			press("C-w"), enter("café\r"),
			press("C-g").to("Main nano help"),
			press("C-x").to("Write Out"),
			size(60, 18),
			size(80, 24),
			press("C-x").to("Save modified"),
			enter("n").to(`\[over 0\]`),
		},
		stockServer: noAlternate + "; " + noRepeat,
	},
	{
		name:    "tmux",
		needs:   [][2]string{{"tmux", "tmux"}},
		files:   write(".tmux.conf", "set -g status-right '[fixed]'\nset -g default-command 'PS1=\"$ \" exec sh'\nset -g escape-time 0\nset -g automatic-rename off\nset -g allow-rename off\n"),
		command: `tmux -S "$HOME/s" -f "$HOME/.tmux.conf" new-session -n one`,
		steps: []step{
			enter("echo in''side\r").to("^inside"),
			enter("\x02%"),
			enter("seq 1 50\r").to("50"),
			enter("\x02\""),
			enter("printf '\\033[41mred\\033[m \\033[1;4mbold\\033[m\\n'\r").to("red bold"),
			size(100, 30),
			size(80, 24),
			enter("\x02o"),
			enter("\x02z"),
			enter("\x02z"),
			enter("\x02:"), enter("kill-server\r").to(`\[over [01]\]`).but(func(_ int, line string) bool { return strings.Contains(line, "exited") }),
		},
		stockServer: noAlternate,
	},
	{
		name:    "git log",
		needs:   [][2]string{{"git", "git"}, {"less", "less"}},
		files:   gitHistory,
		command: "git -c core.pager='less -R' -c color.ui=always log --graph --stat",
		steps: []step{
			enter(" "), enter(" "), enter("G").to("END"), enter("?merge\r"), enter("q").to(`\[over 0\]`),
		},
		stockServer: noAlternate,
	},
	{
		name:    "git diff",
		needs:   [][2]string{{"git", "git"}},
		files:   gitHistory,
		command: "git --no-pager -c color.ui=always log -p -3 --word-diff=color",
		start:   `\[over 0\]`,
	},
	{
		name:    "dialog",
		needs:   [][2]string{{"dialog", "dialog"}},
		command: `dialog --title 'A title' --menu 'Choose: ä日' 15 50 5 1 one 2 two 3 three 4 four; dialog --gauge 'almost' 8 40 66 </dev/null; dialog --yesno 'Really?' 8 30`,
		steps: []step{
			press("Down"), press("Down"), press("Tab"), press("Enter").to("Really"), press("Right"), press("Enter").to(`\[over 1\]`),
		},
		stockServer: noAlternate + "; " + noRepeat,
	},
	{
		name:        "whiptail",
		needs:       [][2]string{{"whiptail", "whiptail"}},
		command:     `whiptail --title 'A title' --checklist 'Choose' 15 50 5 a one on b two off c three off`,
		stockServer: noAlternate,
		steps:       []step{press("Down"), press("Space"), press("Tab"), press("Enter").to(`\[over 0\]`)},
	},
	{
		name:    "python",
		needs:   [][2]string{{"/usr/bin/python3", "python3"}},
		command: "/usr/bin/python3 -q",
		steps: []step{
			enter("print('grüße', '日本' * 30)\r").to("日本"),
			enter("[i**2 for i in range(200)]\r").to("39601"),
			enter("1/0\r").to("ZeroDivisionError"),
			press("Up", "Up", "Home"),
			press("C-k"),
			enter("x = 'a long line that wraps at the edge of the screen ' + 'and goes on and on and on'"),
			press("Home"), press("End"),
			press("C-u"),
			enter("exit()\r").to(`\[over 0\]`),
		},
	},
	{
		name:    "bash",
		needs:   [][2]string{{"bash", "bash"}},
		files:   shellFiles(".bashrc", `PS1='\[\e[1;32m\]user\[\e[0m\]:\[\e[34m\]\W\[\e[0m\]\$ '; unset HISTFILE; alias ls='ls --color=always'`),
		command: "bash -i",
		steps:   append(shellSteps, press("C-r"), enter("sleep"), press("C-c"), enter("exit\r").to(`\[over 130\]`)),
	},
	{
		name:    "zsh",
		needs:   [][2]string{{"zsh", "zsh"}},
		files:   shellFiles(".zshrc", "PROMPT='%F{green}user%f:%B%1~%b%# '; RPROMPT='%F{yellow}right%f'; unset HISTFILE; alias ls='ls --color=always'\nautoload -U compinit; compinit -D\n"),
		command: "zsh -i",
		steps:   append(shellSteps, enter("ls f\t"), enter("\t"), press("C-c"), enter("exit\r").to(`\[over [0-9]+\]`)),
	},
	{
		name:  "fish",
		needs: [][2]string{{"fish", "fish"}},
		files: func(t testing.TB, home string) {
			shellFiles("unused", "")(t, home)
			for _, dir := range []string{".config/fish", ".local/share/fish/generated_completions"} { // so that it makes none
				if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			write(".config/fish/config.fish", "set -g fish_greeting\nfunction fish_prompt; set_color green; echo -n 'fish> '; set_color normal; end\nfunction fish_title; echo fish; end\n")(t, home)
		},
		command: "fish --private",
		steps: []step{
			enter("echo hello\r").to("^hello"),
			enter("ls f"),
			press("Tab"),
			press("C-u"),
			enter("echo 'quo"),
			press("C-c"),
			enter("ec"),
			press("Right"),
			press("C-c"),
			enter("exit\r").to(`\[over 0\]`),
		},
	},
}

// setTime gives a file the same time everywhere.
func setTime(t testing.TB, path string) {
	t.Helper()
	if out, err := exec.Command("touch", "-d", "2020-01-02 03:04:05 UTC", path).CombinedOutput(); err != nil {
		t.Fatalf("touch: %v\n%s", err, out)
	}
}

// shellFiles is a home directory with something to list.
func shellFiles(rc, content string) func(t testing.TB, home string) {
	return func(t testing.TB, home string) {
		write(rc, content)(t, home)
		for _, name := range []string{"first", "file-ä", "日本", "fourth"} {
			write(name, "x\n")(t, home)
		}
		if err := os.Mkdir(filepath.Join(home, "folder"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// shellSteps is what people do in any shell.
var shellSteps = []step{
	enter("ls\r").to("fourth"),
	enter("echo grüße 日本\r").to("^grüße"),
	enter("seq 1 100\r").to("^100"),
	enter("a line that is longer than the terminal is wide, so that it goes on in the next row of it"),
	press("C-a"),
	enter("echo "),
	press("C-e"),
	press("BSpace", "BSpace"),
	press("Enter").to("in the next row of$"),
	enter("printf 'no newline'\r").to("no newline"),
	enter("sleep 1000\r"),
	press("C-c").to(`\^C`),
	press("Up"),
	press("C-c"),
	press("C-l"),
	enter("printf '\\033[7mreverse\\033[m\\a'\r").to("^reverse"),
}

// gitHistory makes a repository with a merge, whose hashes are always the same.
func gitHistory(t testing.TB, home string) {
	t.Helper()
	git := program(t, "git", "git")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(git, args...)
		cmd.Dir = home
		cmd.Env = append(cleanEnv(home), "GIT_AUTHOR_NAME=Ann Öther", "GIT_AUTHOR_EMAIL=ann@example.test", "GIT_COMMITTER_NAME=Ann Öther",
			"GIT_COMMITTER_EMAIL=ann@example.test", "GIT_AUTHOR_DATE=2020-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2020-01-02T03:04:05Z")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q", "-b", "main")
	for i := range 12 {
		if i == 6 {
			run("checkout", "-q", "-b", "side")
		}
		if i == 9 {
			run("checkout", "-q", "main")
		}
		write(fmt.Sprintf("file%d", i%5), strings.Repeat(fmt.Sprintf("line of commit %d with ä and 日本\n", i), i+1))(t, home)
		run("add", ".")
		run("commit", "-q", "-m", fmt.Sprintf("commit %d: grüße\n\nA body of the message.", i))
	}
	run("merge", "-q", "-s", "ours", "-m", "merge of side", "side")
}

// manPage is a manual page with bold and underlined words.
var manPage = ".TH PAGE 1 2020-01-02 fixed fixed\n.SH NAME\npage \\- a page\n.SH DESCRIPTION\n" +
	strings.Repeat(".PP\nThe \\fBbold\\fR and the \\fIunderlined\\fR words of this page, and \\fB\\-\\-options\\fR, go on for a while.\n", 25)
