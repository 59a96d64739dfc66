"""`python -m console` serves the console."""

from __future__ import annotations

from console.app import main

main()
