"""Which modules declare tables: migrations and tests need them all known to the metadata."""

from __future__ import annotations

from importlib import import_module

# Named, not imported: the floor depends on no room.
TABLE_MODULES = (
    "commerce.embedded.tables",
    "transcripts.entries",
    "gateway.tables",
    "desk.tables",
    "actions.tables",
)


def import_tables() -> None:
    """Import every module that declares tables, so that `Base.metadata` is complete."""
    for name in TABLE_MODULES:
        import_module(name)
