package server

import "testing"

func TestHasOutput(t *testing.T) {
	master, slave, err := openPTY()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	if hasOutput(master) {
		t.Error("output where there is none")
	}
	slave.WriteString("x")
	if !hasOutput(master) {
		t.Error("no output though there is")
	}
}
