package client

import (
	"fmt"
	"time"

	"roam/client/predict"
	"roam/internal/voice"
	"roam/session"
)

// newGuess returns the overlay of predicted echo, nil for none.
func newGuess(cfg *Config) overlay {
	var mode predict.Mode
	switch cfg.Predict {
	case PredictNever:
		return nil
	case PredictAlways:
		mode = predict.Always
	case PredictExperimental:
		mode = predict.Experimental
	default:
		mode = predict.Adaptive
	}
	return predict.New(predict.Options{Mode: mode, Overwrite: cfg.PredictOverwrite, Ahead: !cfg.NoPredictAhead})
}

// hintOf returns what the engine makes of a server's hint.
func hintOf(h *session.Hint) predict.Hint {
	return predict.Hint{
		After: h.After,
		Echo:  h.Echo, Canonical: h.Canonical, Signals: h.Signals, Controls: h.Controls,
		Erase: h.Erase, Kill: h.Kill, WordErase: h.WordErase,
		Group: h.Group, Command: h.Command, Printed: h.Printed, Prompt: h.Prompt,
	}
}

// pace returns the transport's send interval for the overlay: 0 before the round
// trip was measured, when the transport's own is a guess.
func (l *loop) pace() time.Duration {
	if _, measured := l.tr.SRTT(); !measured {
		return 0
	}
	return l.tr.Interval()
}

// figuresTime is how long the notice line shows what became of the keys: long enough
// to read it.
const figuresTime = 8 * time.Second

// figures says what became of the keys typed so far.
func (l *loop) figures() string {
	if l.guess == nil {
		return "Prediction is off."
	}
	s := l.guess.Stats()
	text := fmt.Sprintf("%d keys: %d foretold, %d shown at once, %d right, %d wrong", s.Keys, s.Predicted, s.AtOnce, s.Right, s.Wrong)
	if s.Wrong > 0 {
		text += fmt.Sprintf(", for %d ms at most, %d ms on average", s.WrongMost.Milliseconds(), s.WrongFor.Milliseconds()/int64(s.Wrong))
	}
	return text + "."
}

// connection says how the way to the server is, which, and who is at both ends.
func (l *loop) connection() string {
	trip := "Round trip unknown"
	if srtt, measured := l.tr.SRTT(); measured {
		trip = fmt.Sprintf("Round trip %.1f ms", float64(srtt.Microseconds())/1000)
	}
	s := l.tr.Stats()
	text := fmt.Sprintf("%s, %.1f %% lost; %s up, %s down; to %v, at most %d bytes a datagram. ",
		trip, 100*l.tr.Loss(), amount(s.SentBytes), amount(s.ReceivedBytes), l.paths.all[l.paths.turn].Addr, l.tr.MaxPayload())
	if l.cfg.Version != "" {
		text += fmt.Sprintf("roam %s here, ", l.cfg.Version)
	}
	if !l.neg.Agreed() {
		return text + "a stock server there."
	}
	text += "a roam there; both have"
	for _, c := range l.neg.Capabilities() {
		text += fmt.Sprintf(" %v %d", c.Number, c.Version)
	}
	return text + "."
}

// amount returns a number of bytes as people read it.
func amount(bytes uint64) string {
	switch {
	case bytes < 10_000:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 10_000_000:
		return fmt.Sprintf("%d kB", bytes/1000)
	}
	return fmt.Sprintf("%d MB", bytes/1_000_000)
}

// sayFigures prints them below the session's closing line, if they are asked for.
func (l *loop) sayFigures() {
	if l.cfg.Stats && l.result.Connected {
		l.term.Say(l.cfg.message(voice.Plain, "%s", l.figures()))
	}
}
