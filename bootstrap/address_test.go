package bootstrap

import (
	"net/netip"
	"slices"
	"testing"
)

func TestFamilySorts(t *testing.T) {
	mixed := addrs("2001:db8::1", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::2")
	tests := []struct {
		family Family
		want   []netip.Addr
	}{
		{Inet, addrs("192.0.2.1")},
		{Inet6, addrs("2001:db8::1", "2001:db8::2")},
		{All, addrs("2001:db8::1", "192.0.2.1", "2001:db8::2")},
		{PreferInet, addrs("192.0.2.1", "2001:db8::1", "2001:db8::2")},
		{"", addrs("192.0.2.1", "2001:db8::1", "2001:db8::2")},
		{PreferInet6, addrs("2001:db8::1", "2001:db8::2", "192.0.2.1")},
	}
	for _, test := range tests {
		got, err := test.family.sorted(mixed)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, %v, want %v", test.family, got, err, test.want)
		}
	}
	if _, err := Auto.sorted(mixed); err != errBothFamilies {
		t.Errorf("auto with both families: %v", err)
	}
	if got, err := Auto.sorted(mixed[:1]); err != nil || len(got) != 1 {
		t.Errorf("auto with one family: %v, %v", got, err)
	}
}

func TestParseFamily(t *testing.T) {
	for _, name := range []string{"inet", "INET6", "Auto", "all", "prefer-inet", "Prefer-Inet6"} {
		if _, err := ParseFamily(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := ParseFamily("ipv4"); err == nil {
		t.Error("ipv4 is a family")
	}
}

func TestParsePorts(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "1": "1", "65535": "65535", "60001": "60001", "60001:60010": "60001:60010", "7:7": "7",
	} {
		if got, err := ParsePorts(in); err != nil || got.String() != want {
			t.Errorf("ParsePorts(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", ":", "1:", ":1", "-1", "+1", "a", "65536", "0:5", "5:0", "9:5", "1:65536", "1:2:3", "99999999999999999999"} {
		if got, err := ParsePorts(in); err == nil {
			t.Errorf("ParsePorts(%q) = %v, want an error", in, got)
		}
	}
	if got := (Ports{}).String(); got != "" {
		t.Errorf("the zero Ports is %q", got)
	}
}

func TestLocaleKeepsOrder(t *testing.T) {
	got := Locale([]string{"LC_ALL=", "HOME=/", "LANG=a", "LC_CTYPE=b", "LANG=c", "LC_FOO=x", "LANGUAGE=d"})
	if want := []string{"LANG=c", "LANGUAGE=d", "LC_CTYPE=b", "LC_ALL="}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDestinationHost(t *testing.T) {
	for in, want := range map[string]string{
		"host": "host", "me@host": "host", "me@realm@host": "host", "ssh://host": "host", "ssh://me@host:22": "host",
		"ssh://me@[2001:db8::1]:22": "2001:db8::1", "::1": "::1", "me@fe80::1%eth0": "fe80::1%eth0", "ssh://host/": "host",
	} {
		if got := HostName(in); got != want {
			t.Errorf("HostName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseLog(t *testing.T) {
	tests := []struct {
		line, addr string
		extra      bool
	}{
		{`Authenticated to testhost ([192.0.2.1]:22) using "publickey".`, "192.0.2.1", true},
		{`Authenticated to testhost ([2001:db8::1]:22).`, "2001:db8::1", true},
		{`Authenticated to testhost ([fe80::1%eth0]:22) using "none".`, "fe80::1%eth0", true},
		{`Authenticated to testhost (via proxy) using "password".`, "", true},
		{`Authenticated using "publickey" with partial success.`, "", true},
		{`Transferred: sent 2712, received 2320 bytes, in 0.0 seconds`, "", true},
		{`Bytes per second: sent 1.0, received 2.0`, "", true},
		{`Permission denied, please try again.`, "", false},
		{``, "", false},
	}
	for _, test := range tests {
		addr, extra := parseLog(test.line)
		if addr.IsValid() != (test.addr != "") || addr.IsValid() && addr.String() != test.addr || extra != test.extra {
			t.Errorf("parseLog(%q) = %v, %v", test.line, addr, extra)
		}
	}
}
