"""Conversations as they happened: what was said, by whom, and how it was understood."""
