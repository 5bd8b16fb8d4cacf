// Package e2e holds the tests of whole sessions: the roam binary, stock mosh's
// programs at the other end, real programs in the session, tmux as the terminal
// that is looked at, and a network that is made bad on purpose. It has no code of
// its own; everything is in its tests.
//
// They need a Linux machine with mosh, tmux, vim, less, man-db, htop, procps, mc,
// nano, git, dialog, whiptail, python3, zsh, fish and iproute2, and root for the
// tests that change a machine's address.
package e2e
