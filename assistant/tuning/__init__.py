"""Teaches the sentence encoder what shoppers' messages mean: `make tune-encoder`, half an hour, now and then."""
