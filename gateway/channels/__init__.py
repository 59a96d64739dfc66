"""Channels: outside shapes to our message, and back. One file a channel."""
