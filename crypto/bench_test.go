package crypto

import (
	"fmt"
	"testing"
)

// benchSizes are bytes of plaintext: a keystroke's datagram and a full one.
var benchSizes = []int{100, 1200}

func BenchmarkSeal(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			client, _ := newPair(b)
			plaintext, dst := make([]byte, n), make([]byte, 0, n+Overhead)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Seal(dst, plaintext); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen opens one datagram again and again, forgetting it was seen.
func BenchmarkOpen(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			client, server := newPair(b)
			datagram, err := client.Seal(nil, make([]byte, n))
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]byte, 0, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				server.seen.words[0] = 0
				if _, _, err := server.Open(dst, datagram); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
