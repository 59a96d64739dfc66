"""A database that was migrated has the tables the code declares, and the other way round."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from core.database import Base, engine
from core.tables import import_tables
from ops.setup import migrate_database


def test_migrations_make_the_declared_tables(var_dir: Path) -> None:
    migrate_database()
    import_tables()
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)
    assert differences == [], "write a migration: make migration NAME=…"


def test_every_table_of_a_shop_carries_the_shop(var_dir: Path) -> None:
    import_tables()
    # Children of a row that carries the shop, and accounts' own bookkeeping, are reached through their parent.
    without = {name for name, table in Base.metadata.tables.items() if "shop" not in table.columns}
    children = {name for name in without if Base.metadata.tables[name].foreign_keys}
    assert without - children <= {"login_tries", "staff_sessions"}


def test_migrating_twice_changes_nothing(var_dir: Path) -> None:
    migrate_database()
    before = set(inspect(engine()).get_table_names())
    migrate_database()
    assert set(inspect(engine()).get_table_names()) == before
