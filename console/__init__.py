"""The console: one web app for the shop's people. Pages only; what they do is done by the rooms below."""
