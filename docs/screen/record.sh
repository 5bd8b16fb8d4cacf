#!/bin/sh
# Makes docs/screen.svg from a real session: roam --local in tmux, whose screen is captured.
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'tmux -S "$dir/tmux" kill-server 2>/dev/null || true; rm -rf "$dir"' EXIT
mkdir "$dir/bin"
go build -o "$dir/bin/roam" ./cmd/roam
go build -o "$dir/bin/screen" ./docs/screen
cat >"$dir/.profile" <<'PROFILE'
unset PROMPT_COMMAND HISTFILE
PS1='\[\e[1;32m\]me@host\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
cd ~/roam
widths() { echo -e 'widths: \033[33m日本語\033[0m \033[4mgrüße\033[0m \033[32mπ≈3\033[0m'; }
colours() { for i in $(seq 0 3 250); do echo -en "\033[48;2;$i;90;$((250-i))m "; done; echo -e '\033[0m'; }
PROFILE
touch "$dir/.hushlogin"
ln -s "$PWD" "$dir/roam"
t() { tmux -S "$dir/tmux" "$@"; }
# Waits, up to a minute, until the screen shows a pattern of grep.
until_shown() {
	for _ in $(seq 600); do
		if t capture-pane -p | grep -q "$1"; then return; fi
		sleep 0.1
	done
	echo "record.sh: the screen never showed $1" >&2
	exit 1
}

PATH=$dir/bin:$PATH HOME=$dir SHELL=/bin/bash LANG=C.UTF-8 COLORTERM=truecolor \
	tmux -S "$dir/tmux" -f /dev/null -u new-session -d -x 84 -y 14 'sh'
t set-option -g status off
t send-keys "clear; roam --local" Enter
until_shown '^me@host'
t send-keys "clear; git log --color=always --format='%C(yellow)%h%C(reset) %s' | cut -c1-86 | head -6; ls --color=always" Enter
until_shown 'LICENSE'
t send-keys "widths; colours" Enter
until_shown '^widths: 日本語'
t send-keys "git commit -m 'typed before the server answers: predi"
until_shown 'predi$'
t capture-pane -p -e | "$dir/bin/screen" -cols 84 -rows 14 -title "roam --local" >docs/screen.svg
