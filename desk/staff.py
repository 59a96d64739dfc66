"""The command that makes and changes accounts of the shop's people.

python -m desk.staff add anna --role agent --display-name Anna
python -m desk.staff list | password anna | role anna lead | deactivate anna | activate anna
"""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy.exc import DatabaseError

from core.database import reading, transaction
from core.settings import SettingsError, settings
from desk import absence, accounts
from desk.gateway_client import StaffDoor


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    shop = settings().shop
    try:
        if options.command in {"add", "password"}:
            password = _ask_password()
        with transaction() as session:
            if options.command == "list":
                for account in accounts.accounts(session, shop):
                    state = "" if account.active else "  (deactivated)"
                    print(f"{account.name:20} {account.role:8} {account.display_name}{state}")  # noqa: T201
            elif options.command == "add":
                accounts.add(
                    session,
                    shop=shop,
                    name=options.name,
                    password=password,
                    role=options.role,
                    display_name=options.display_name,
                )
            elif options.command == "password":
                accounts.change(session, shop, options.name, password=password)
            elif options.command == "role":
                accounts.change(session, shop, options.name, role=options.role)
            else:
                accounts.change(session, shop, options.name, active=options.command == "activate")
        if options.command in {"role", "deactivate"}:
            # What they may not answer any more, a colleague must see; the gateway may be down: the console tries again.
            name = options.name.strip().lower()
            with reading() as session:
                lost = name in absence.gone(session, shop)
            if lost:
                absence.give_back(StaffDoor.from_settings(settings()), shop, name, why=absence.GONE)
    except (accounts.AccountError, SettingsError) as error:
        print(f"quayside: {error}.", file=sys.stderr)  # noqa: T201
        return 1
    except DatabaseError:
        print("quayside: the database has not been set up yet. Run `make setup` first.", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _ask_password() -> str:
    if not sys.stdin.isatty():
        # Piped in by a script: one line, no prompt.
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise accounts.AccountError("the two passwords differ")
    return password


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desk.staff", description="Accounts of the shop's people.")
    commands = parser.add_subparsers(dest="command", required=True)
    roles = [role.value for role in accounts.Role]
    commands.add_parser("list", help="list the accounts")
    new = commands.add_parser("add", help="make an account; asks for the password")
    new.add_argument("name")
    new.add_argument("--role", choices=roles, required=True)
    new.add_argument("--display-name", default="", help="what shoppers and colleagues see")
    commands.add_parser("password", help="set another password").add_argument("name")
    role = commands.add_parser("role", help="give another role")
    role.add_argument("name")
    role.add_argument("role", choices=roles)
    commands.add_parser("deactivate", help="lock an account; its history stays").add_argument("name")
    commands.add_parser("activate", help="unlock an account").add_argument("name")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
