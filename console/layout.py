"""The frame around every page: navigation, language, who is logged in."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from console.dialogs import leave_dialog, password_dialog
from console.files import asset
from console.live import Changes, Live
from console.problems import too_many_tries
from console.texts import LANGUAGE_NAMES
from console.threads import at_gateway, in_thread
from console.viewer import Viewer
from console.words import ROLES, word
from core.database import reading, transaction
from core.settings import settings
from desk import absence, login, queue
from desk.accounts import MINIMUM_PASSWORD, AccountError, Staff
from desk.gateway_client import StaffDoor
from desk.sessions import Person
from desk.waiting import unanswered

_BADGE_EVERY_SECONDS = 30
_SESSION_EVERY_SECONDS = 3
# NiceGUI's names of the languages that Quasar's own few words are in.
_QUASAR_LANGUAGES = {"en": "en-US", "zh-Hans": "zh-CN"}


@contextmanager
def frame(viewer: Viewer, live: Live, door: StaffDoor, section: str, title: str) -> Iterator[None]:
    """Draw the frame and put what follows into its middle; `section` is the page's place in the navigation."""
    client = ui.context.client
    # NiceGUI has one language for a route; ours goes with the person.
    client.page = copy.copy(client.page)
    client.page.language = _QUASAR_LANGUAGES[viewer.texts.language]  # type: ignore[assignment]
    ui.colors(primary="#0d5f63", secondary="#44525c", accent="#0d5f63", positive="#1b7f4d", negative="#b3261e")
    title = f"{title} · Quayside"
    ui.page_title(title)
    ui.add_head_html(
        f'<link rel="stylesheet" href="{asset("console.css")}"><script src="{asset("console.js")}"></script>'
    )
    with ui.element("div").classes("shell"):
        _rail(viewer, live, door, section)
        _count_unanswered(viewer, live, title)
        with ui.element("main").classes("main"):
            yield


def _rail(viewer: Viewer, live: Live, door: StaffDoor, section: str) -> None:
    t = viewer.texts
    with ui.element("header").classes("rail"):
        with ui.element("a").classes("brand").props('href="/cases"'):
            ui.element("img").props(f'src="{asset("mark.svg")}" alt="" width=24 height=24')
            with ui.element("div").classes("brand-words"):
                ui.label("Quayside").classes("brand-name")
                ui.label(settings().shop_name).classes("brand-shop")
        with ui.element("nav").props(f'aria-label="{t("Pages")}"'):
            badge = _nav_link("/cases", "inbox", t("Cases"), section == "cases")
            _nav_link("/conversations", "forum", t("Conversations"), section == "conversations")
        ui.element("div").classes("rail-space")
        _language_menu(viewer)
        _person_menu(viewer, door)

    async def count() -> None:
        number = await in_thread(_open_count, viewer.person.shop)
        badge.set_text(str(number))
        badge.set_visibility(number > 0)

    async def on_change(changes: Changes) -> None:
        if changes.cases:
            await count()

    async def stay(_person: Person) -> None:
        """Nothing: being guarded is what counts. A page whose session is over goes to the login by itself."""

    live.changed.subscribe(on_change)
    ui.timer(_BADGE_EVERY_SECONDS, count)
    ui.timer(_SESSION_EVERY_SECONDS, viewer.guarded(stay), immediate=False)


def _count_unanswered(viewer: Viewer, live: Live, title: str) -> None:
    """Say in the tab's title how many messages wait for the viewer's own answer, wherever they are in the console."""
    client = ui.context.client
    shown = 0

    async def count() -> None:
        nonlocal shown
        number = await in_thread(_unanswered, viewer.person)
        if number != shown:
            shown = number
            with client:
                ui.page_title(f"({number}) {title}" if number else title)

    async def on_change(_changes: Changes) -> None:
        await count()

    live.changed.subscribe(on_change)
    ui.timer(0.1, count, once=True)


def _nav_link(target: str, icon: str, text: str, here: bool) -> ui.label:
    with ui.element("a").classes("nav-link" + (" here" if here else "")).props(f'href="{target}"') as link:
        if here:
            link.props('aria-current="page"')
        ui.icon(icon)
        ui.label(text)
        badge = ui.label().classes("nav-badge")
        badge.set_visibility(False)
    return badge


def _language_menu(viewer: Viewer) -> None:
    t = viewer.texts

    async def choose(person: Person, code: str) -> None:
        await in_thread(_set_language, person.id, code)
        viewer.sessions.forget(viewer.token)
        ui.navigate.reload()

    with (
        ui.button(icon="translate")
        .classes("rail-button")
        .props(f'flat no-caps color=secondary aria-label="{t("Language")}"')
    ):
        ui.label(LANGUAGE_NAMES[t.language])
        with ui.menu().props("auto-close"):
            for code, name in LANGUAGE_NAMES.items():
                item = ui.menu_item(name, on_click=lambda code=code: viewer.guarded_event(choose)(code))
                item.props(f'lang="{code}"' + (" active" if code == t.language else "")).mark(f"language-{code}")


def _person_menu(viewer: Viewer, door: StaffDoor) -> None:
    t, person = viewer.texts, viewer.person

    async def leave() -> None:
        await viewer.sessions.end(viewer.token)
        ui.navigate.to("/login")

    async def give_back_and_leave(person: Person) -> None:
        # What the gateway cannot take back now, the console's rounds give back soon.
        await at_gateway(absence.give_back, door, person.shop, person.name)
        await leave()

    async def log_out() -> None:
        held = await in_thread(_held_numbers, person)
        if not held:
            await leave()
            return
        with place:
            _open(leave_dialog(viewer, held, give_back_and_leave))

    async def change_password(person: Person, current: str, new: str) -> str | None:
        problem = await in_thread(_change_password, viewer, person, current, new)
        if problem is None:
            ui.notify(t("Your password is changed."), type="positive")
        return problem

    def ask_password() -> None:
        with place:
            _open(password_dialog(viewer, change_password))

    # Below the page's own element: the menu closes before its dialog opens.
    place = ui.element("div")
    button = ui.button(color="secondary").classes("rail-button")
    with button.props(f'flat no-caps aria-label="{t("Account")}"'):
        avatar(person.display_name)
        ui.label(person.display_name)
        with ui.menu().props("auto-close"):
            ui.label(f"{person.name} · {word(t, ROLES, person.role)}").classes("menu-note")
            ui.menu_item(t("Change password"), on_click=ask_password)
            ui.menu_item(t("Log out"), on_click=log_out)


def _open(dialog: ui.dialog) -> None:
    dialog.on("hide", dialog.delete)
    dialog.open()


def _change_password(viewer: Viewer, person: Person, current: str, new: str) -> str | None:
    """Change it, or say what is wrong."""
    t = viewer.texts
    try:
        login.change_password(person.shop, person.name, current, new, viewer.token)
    except login.WrongLogin:
        return t("The current password is wrong.")
    except login.TooManyTries as error:
        return too_many_tries(t, error.minutes)
    except AccountError:
        return t(
            "The new password needs at least {count} characters, and more than your name in it.",
            count=MINIMUM_PASSWORD,
        )
    return None


def avatar(name: str) -> None:
    """Draw the initials of a person, in a colour that goes with the name."""
    initials = "".join(part[0] for part in name.split()[:2]).upper() or "?"
    hue = int(hashlib.sha256(name.encode()).hexdigest()[:4], 16) % 360
    ui.label(initials).classes("avatar").style(f"--hue: {hue}").props("aria-hidden=true")


def _open_count(shop: str) -> int:
    with reading() as session:
        return queue.open_count(session, shop)


def _unanswered(person: Person) -> int:
    with reading() as session:
        return unanswered(session, person.shop, person.name)


def _held_numbers(person: Person) -> list[str]:
    with reading() as session:
        return [case.number for case in absence.held_by(session, person.shop, person.name)]


def _set_language(staff_id: int, code: str) -> None:
    with transaction() as session:
        session.get_one(Staff, staff_id).language = code
