"""Alembic's environment: the tables of every room, on the database of the settings."""

from __future__ import annotations

from alembic import context

from core.database import Base, engine
from core.tables import import_tables

import_tables()


def run() -> None:
    """Run the migrations on the services' database."""
    with engine().connect() as connection:
        # Batch mode: SQLite can alter a table only by copying it.
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            user_module_prefix="database.",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
