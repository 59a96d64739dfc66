"""The page of all conversations, with or without a case: to look into a live chat before anybody asks."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from console.layout import frame
from console.live import Changes, Live
from console.texts import N_, Texts
from console.threads import in_thread
from console.viewer import Viewer
from core.clock import utc_now
from core.database import reading, transaction
from desk import accounts
from desk.access_log import AccessKind, record_access
from desk.conversations import ListedConversation, conversations
from desk.gateway_client import StaffDoor
from desk.sessions import Person
from transcripts.entries import Speaker

_TICK_SECONDS = 20
_LIVE_SECONDS = 120

SPEAKERS = {
    Speaker.SHOPPER: N_("Shopper"),
    Speaker.ASSISTANT: N_("Assistant"),
    Speaker.PERSON: N_("Colleague"),
    Speaker.SYSTEM: N_("System"),
}

_ROW = """
<a class="conversation-row" :href="'/conversations/' + props.row.id">
  <span class="cell-live" :class="{ on: props.row.live }"></span>
  <span class="cell-what">
    <b>{{ props.row.speaker }}</b>
    <span class="cell-summary" dir="auto">{{ props.row.text }}</span>
  </span>
  <span class="cell-language">{{ props.row.language_name }}</span>
  <span class="cell-count">{{ props.row.messages }}</span>
  <span class="cell-case">{{ props.row.case }}</span>
  <span class="cell-holder">{{ props.row.holder }}</span>
  <span class="cell-waiting">{{ props.row.last }}</span>
</a>
"""


async def show(viewer: Viewer, live: Live, door: StaffDoor) -> None:
    """Draw the page."""
    page = _ConversationsPage(viewer)
    rows = await page.read()
    await in_thread(_record, viewer.person, AccessKind.LISTED)
    # Everything is read before anything is drawn: NiceGUI sends the page as soon as a timer on it waits.
    with frame(viewer, live, door, "conversations", viewer.texts("Conversations")):
        page.draw(rows)
    live.changed.subscribe(page.on_change)
    ui.timer(_TICK_SECONDS, viewer.guarded(page.tick), immediate=False)


class _ConversationsPage:
    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._t = viewer.texts
        self._text = ""
        self._table: ui.table
        self._nothing: ui.label
        # One at a time, each with the newest wishes: an older answer must not be shown last.
        self._refreshing = asyncio.Lock()

    def draw(self, rows: list[dict[str, Any]]) -> None:
        t = self._t
        with ui.element("div").classes("page-head"):
            ui.label(t("Conversations")).classes("page-title").props("role=heading aria-level=1")
            search = ui.input(placeholder=t("Conversation id"), on_change=self._viewer.guarded_event(self._search))
            search.classes("search").props(f'dense outlined clearable debounce=300 aria-label="{t("Search")}"')
            with search.add_slot("prepend"):
                ui.icon("search")
        with ui.element("div").classes("case-list"):
            heads = ("", t("Last words"), t("Language"), t("Messages"), t("Case"), t("With"), t("Last"))
            with ui.element("div").classes("conversation-heads").props("aria-hidden=true"):
                for head in heads:
                    ui.label(head)
            self._table = ui.table(rows=rows, columns=[], row_key="id", pagination=0)
            self._table.props("grid hide-pagination flat").classes("rows").add_slot("item", _ROW)
            with self._table.add_slot("no-data"), ui.element("div").classes("nothing"):
                ui.icon("forum")
                self._nothing = ui.label()
            self._say_nothing()

    def _say_nothing(self) -> None:
        """Say what an empty list means: nothing found, or nothing there yet."""
        none_yet = self._t("No conversations yet. They appear by themselves.")
        self._nothing.set_text(self._t("Nothing was found.") if self._text.strip() else none_yet)

    async def _search(self, person: Person, event: ValueChangeEventArguments[Any]) -> None:
        self._text = event.sender.value or ""  # type: ignore[attr-defined]
        if self._text.strip():
            await in_thread(_record, person, AccessKind.SEARCHED)
        await self.refresh()

    async def on_change(self, changes: Changes) -> None:
        """Show what changed, while the viewer is logged in."""
        await self._viewer.guarded(self.tick)()

    async def tick(self, _person: Person) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        """Read the list and show it."""
        async with self._refreshing:
            rows = await self.read()
            if rows != self._table.rows:
                self._table.rows = rows
            self._say_nothing()

    async def read(self) -> list[dict[str, Any]]:
        """Return the rows to show."""
        found, names = await in_thread(_load, self._viewer.person.shop, self._text)
        return [_row(self._t, conversation, names) for conversation in found]


def _load(shop: str, text: str) -> tuple[list[ListedConversation], dict[str, str]]:
    with reading() as session:
        names = {account.name: account.display_name for account in accounts.accounts(session, shop)}
        return conversations(session, shop, text), names


def _record(person: Person, kind: AccessKind) -> None:
    with transaction() as session:
        record_access(session, shop=person.shop, staff=person.name, kind=kind)


def _row(t: Texts, conversation: ListedConversation, names: dict[str, str]) -> dict[str, Any]:
    holder = conversation.taken_by
    return {
        "id": conversation.conversation_id,
        "live": (utc_now() - conversation.last_at).total_seconds() < _LIVE_SECONDS,
        "speaker": t(SPEAKERS[conversation.last_speaker]),
        "text": conversation.last_text,
        "language_name": t.language_name(conversation.language),
        "messages": conversation.messages,
        "case": conversation.case_number or "",
        "holder": names.get(holder, holder) if holder else "",
        "last": t.ago(conversation.last_at),
    }
