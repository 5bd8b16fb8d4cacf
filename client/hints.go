package client

// Hints returns lines that say what to do about an error of ReadEnv or Run, for
// launchers that print it; none if it says all.
func Hints(err error) []string { return hintFor(err) }
