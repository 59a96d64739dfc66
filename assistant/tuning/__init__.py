"""Teaches the sentence encoder what shoppers' messages mean: `make tune-encoder`, forty minutes, now and then."""
