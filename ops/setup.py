"""Everything between a fresh clone and a shop that can be asked: secrets, database, demo shop, model."""

from __future__ import annotations

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError

from core.database import reading
from core.secrets import ensure_secrets
from core.settings import ROOT, settings
from ops.catalogue_terms import write_catalogue_terms
from ops.failure import Failure, run_command
from ops.model import ensure_model

MIGRATIONS = ROOT / "core" / "migrations"


def prepare_secrets() -> Path:
    """Create the secrets that are missing and make this process see them; return their file.

    Raises:
        Failure: the folder for everything that is kept cannot be made or written.
    """
    folder = settings().var_dir
    try:
        # Orders, conversations and secrets are in it.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = ensure_secrets(folder)
    except OSError as error:
        raise Failure(
            f"Nothing can be kept in {folder} ({error.strerror}). Make it a folder that you may write to, or name "
            "another: QUAYSIDE_VAR_DIR in .env."
        ) from error
    settings.cache_clear()
    return path


def migrate_database() -> None:
    """Bring the services' database to the newest schema.

    Raises:
        Failure: the database cannot be reached or its schema cannot be brought up to date.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise Failure(
            f"The database could not be prepared ({str(error).splitlines()[0]}). "
            "Check QUAYSIDE_DATABASE_URL; for the embedded one, that the var folder can be written."
        ) from error


def prepare_demo_shop() -> None:
    """Create the demo shop when the shop is empty, and bring its dates up to today."""
    from commerce.embedded.demo import create, refresh

    if not create(settings().shop):
        refresh(settings().shop)
    offer_demo_orders()


def offer_demo_orders() -> None:
    """Write the orders that the demo storefront proposes to ask about; none when the shop's orders are imported."""
    from commerce.embedded.demo.data import demo_data
    from commerce.embedded.tables import SeedingRow

    with reading() as session:
        generated = session.get(SeedingRow, settings().shop) is not None
    data = demo_data()
    offered = [
        {"number": story.number, "email": data.customers[story.customer].email, "state": story.story}
        for story in data.stories
    ]
    path = settings().var_dir / "demo-orders.json"
    path.write_text(json.dumps(offered if generated else [], ensure_ascii=False), encoding="utf-8")


def set_up() -> Path:
    """Do all of it, saying what is done; return the model to run."""
    prepare_secrets()
    print("Preparing the database …", flush=True)
    migrate_database()
    print("Preparing the demo shop …", flush=True)
    prepare_demo_shop()
    write_catalogue_terms()
    return ensure_model()


def main() -> None:
    """Set up and say that it is done."""
    print(f"Set up; the model is {set_up().name}.")


if __name__ == "__main__":
    run_command(main)
