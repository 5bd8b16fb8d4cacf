#!/bin/sh
# Runs all tests, with the race detector. They log in through a real sshd, run
# stock mosh as peer, read a real terminal's screen and make network namespaces;
# so this runs as root on Debian 12 or later, and first installs what is missing.
set -eu
cd "$(dirname "$0")"

packages="mosh openssh-client openssh-server tmux locales gcc libc6-dev nftables iproute2
	bash zsh fish tcsh vim less htop procps mc nano man-db manpages dialog whiptail python3
	ncurses-bin ncurses-term git sudo perl openssl gzip rpm"

fail() {
	echo "test.sh: error: $1" >&2
	echo "test.sh: hint: $2" >&2
	exit 1
}

PATH=$PATH:/usr/local/go/bin:/usr/sbin:/sbin # sudo and su may have left them out
command -v go >/dev/null || fail "no go on the PATH" "install Go 1.26 or later from https://go.dev/dl"
if [ "$(id -u)" != 0 ]; then
	fail "the tests need root: they install packages and make network namespaces" \
		"run \"sudo ./test.sh\"; packages: $(echo $packages)"
fi

missing=
for p in $packages; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	command -v apt-get >/dev/null || fail "no apt-get; missing:$missing" "install these by hand"
	echo "test.sh: installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	{ apt-get -q update && apt-get -q -y --no-install-recommends install $missing; } >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		fail "apt-get could not install the packages" "look at $log"
	}
	rm -f "$log"
fi

# The tests decide on locale, terminal and shell themselves.
unset LC_ALL LC_CTYPE MOSH_KEY ROAM_KEY TMUX SSH_CONNECTION SSH_CLIENT SSH_TTY 2>/dev/null || true
export LANG=C.UTF-8 CGO_ENABLED=1
# A package takes four minutes of a quiet machine at worst (e2e); others' work on it makes them more.
exec go test -race -timeout 25m "$@" ./...
