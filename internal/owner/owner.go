// Package owner says whether a file can be believed: whether only the user and root
// could have written it.
package owner

import "io/fs"

// Problem returns why the content of a file, or the names in a directory, may be
// another user's doing, to stand behind its path in a message; "" if it is the user's own
// or root's and nobody else may write it. Where the system has other means than owner
// and mode, it is left to them.
func Problem(info fs.FileInfo) string { return problem(info) }
