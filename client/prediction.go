package client

import (
	"time"

	"roam/client/predict"
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
	return predict.New(predict.Options{Mode: mode, Overwrite: cfg.PredictOverwrite})
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
