"""The console's own files: style, script, mark, and the pages that need no NiceGUI."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

ASSETS = Path(__file__).parent / "assets"
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@lru_cache
def asset(name: str) -> str:
    """Return the address of a file of ours, which changes when the file does, so that browsers may keep it."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"/assets/{name}?v={digest}"
