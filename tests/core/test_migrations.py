"""A database that was migrated has the tables the code declares, and the other way round."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from core.database import Base, engine, reading
from core.settings import ROOT
from core.tables import import_tables
from desk import cases
from ops.setup import migrate_database

_BEFORE_STATEMENTS = "2eb75616ffdf"


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


def test_a_case_from_before_summaries_were_statements_is_still_read(var_dir: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "core" / "migrations"))
    command.upgrade(config, _BEFORE_STATEMENTS)
    moment = "'2026-11-30 10:00:00'"
    with engine().begin() as connection:
        connection.execute(
            text(
                "INSERT INTO cases (id, shop, number, conversation_id, reason, priority, status, summary, facts, tried,"
                f" opened_at, updated_at, waiting_since) VALUES (1, 'demo', 'Q-1001', 'conversation-0001', 'lost',"
                f" 'high', 'open', 'Order #1002 is lost.', '{{}}', '[]', {moment}, {moment}, {moment})"
            )
        )
        connection.execute(
            text(
                "INSERT INTO case_events (shop, case_id, at, kind, text, details)"
                f" VALUES ('demo', 1, {moment}, 'opened', 'Order #1002 is lost.', '{{}}')"
            )
        )

    migrate_database()

    with reading() as session:
        case = cases.find(session, "demo", "Q-1001")
        assert case.summary == [{"code": "free_text", "values": {"text": "Order #1002 is lost."}}]
        assert case.reasons == ["lost"]
        assert [event.text for event in cases.events_of(session, case)] == ["Order #1002 is lost."]
    indexes = {index["name"] for index in inspect(engine()).get_indexes("cases")}
    assert "uq_cases_live_conversation" in indexes

    command.downgrade(config, _BEFORE_STATEMENTS)
    with engine().begin() as connection:
        assert connection.execute(text("SELECT summary FROM cases")).scalar_one() == "Order #1002 is lost."
