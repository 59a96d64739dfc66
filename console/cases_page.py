"""The page of all cases: who waits for a person, in the order in which they should be looked at."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from starlette.requests import Request

from console.due import due_text
from console.layout import frame
from console.live import Changes, Live
from console.summary import summary_text
from console.texts import Texts
from console.threads import in_thread
from console.viewer import Viewer
from console.words import PRIORITIES, REASONS, STATUSES, word
from core.clock import utc_now
from core.database import reading, transaction
from desk import accounts, queue
from desk.access_log import AccessKind, record_access
from desk.case import Status
from desk.gateway_client import StaffDoor
from desk.queue import QueuedCase, QueueFilter, View
from desk.sessions import Person

# Waiting times in the list are texts: they are written anew this often.
_TICK_SECONDS = 20
# From when on a waiting shopper is marked, and marked strongly.
_LONG, _TOO_LONG = timedelta(minutes=5), timedelta(minutes=15)
_WAITING_CHOICES = (5, 15, 60)

# A row is a link, so that the browser's own ways of opening it work. Vue escapes everything between {{ }}.
_ROW = """
<a class="case-row" :class="['priority-' + props.row.priority, 'status-' + props.row.status]"
   :href="'/cases/' + props.row.number">
  <span class="cell-priority"><i></i>{{ props.row.priority_word }}</span>
  <span class="cell-number">{{ props.row.number }}</span>
  <span class="cell-what">
    <span v-if="props.row.due" class="due" :class="{ overdue: props.row.overdue }">{{ props.row.due }}</span>
    <b>{{ props.row.reason_word }}</b>
    <span class="cell-summary" dir="auto">{{ props.row.summary }}</span>
  </span>
  <span class="cell-order">{{ props.row.order }}</span>
  <span class="cell-language">{{ props.row.language_name }}</span>
  <span class="cell-holder">{{ props.row.holder }}</span>
  <span class="cell-waiting" :class="props.row.waiting_level" :title="props.row.opened">{{ props.row.waiting }}</span>
</a>
"""


async def show(request: Request, viewer: Viewer, live: Live, door: StaffDoor) -> None:
    """Draw the page, filtered as the address says."""
    page = _CasesPage(viewer, _filter_from(request, viewer.person))
    languages = await in_thread(_languages, viewer.person.shop)
    rows = await page.read()
    await in_thread(_record, viewer.person, AccessKind.LISTED)
    # Everything is read before anything is drawn: NiceGUI sends the page as soon as a timer on it waits.
    with frame(viewer, live, door, "cases", viewer.texts("Cases")):
        page.draw(languages, rows)
    live.changed.subscribe(page.on_change)
    ui.timer(_TICK_SECONDS, viewer.guarded(page.tick), immediate=False)


def _filter_from(request: Request, person: Person) -> QueueFilter:
    asked = request.query_params
    view, waiting = asked.get("view", ""), asked.get("waiting", "")
    return QueueFilter(
        view=View(view) if view in set(View) else View.OPEN,
        agent=person.name,
        reason=asked.get("reason", "") if asked.get("reason") in REASONS else "",
        priority=asked.get("priority", "") if asked.get("priority") in PRIORITIES else "",
        language=asked.get("language", "")[:16],
        waiting_minutes=int(waiting) if waiting in map(str, _WAITING_CHOICES) else 0,
    )


class _CasesPage:
    def __init__(self, viewer: Viewer, wanted: QueueFilter) -> None:
        self._viewer = viewer
        self._t = viewer.texts
        self._wanted = wanted
        self._table: ui.table
        self._nothing: ui.label
        # One at a time, each with the newest wishes: an older answer must not be shown last.
        self._refreshing = asyncio.Lock()

    def draw(self, languages: list[str], rows: list[dict[str, Any]]) -> None:
        t = self._t
        with ui.element("div").classes("page-head"):
            ui.label(t("Cases")).classes("page-title").props("role=heading aria-level=1")
            views = {View.OPEN.value: t("Open"), View.MINE.value: t("Mine"), View.ALL.value: t("All")}
            ui.toggle(views, value=self._wanted.view.value, on_change=self._on("view")).classes("views").props(
                "no-caps unelevated dense"
            ).mark("view")
            search = ui.input(placeholder=t("Case, order, parcel, name or e-mail"), on_change=self._on("text"))
            search.classes("search").props(f'dense outlined clearable debounce=300 aria-label="{t("Search")}"')
            with search.add_slot("prepend"):
                ui.icon("search")
        with ui.element("div").classes("filters"):
            self._choice("reason", t("Reason"), {key: t(text) for key, text in REASONS.items()}, self._wanted.reason)
            priorities = {key: t(text) for key, text in PRIORITIES.items()}
            self._choice("priority", t("Priority"), priorities, self._wanted.priority)
            named = {code: t.language_name(code) for code in languages}
            self._choice("language", t("Language"), named, self._wanted.language)
            waiting = {
                minutes: t.plural("over {count} minute", "over {count} minutes", minutes)
                for minutes in _WAITING_CHOICES
            }
            self._choice("waiting_minutes", t("Waiting"), waiting, self._wanted.waiting_minutes)
        with ui.element("div").classes("case-list"):
            self._heads()
            self._table = ui.table(rows=rows, columns=[], row_key="number", pagination=0)
            self._table.props("grid hide-pagination flat").classes("rows").add_slot("item", _ROW)
            with self._table.add_slot("no-data"), ui.element("div").classes("nothing"):
                ui.icon("check_circle")
                self._nothing = ui.label()
            self._more = ui.label(t("Only the first {count} are shown. Search, or choose a filter.", count=queue.SHOWN))
            self._more.classes("more")
            self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        """Say what an empty list means (nobody found, or nobody waits), and whether a long one goes on."""
        self._more.set_visibility(len(self._table.rows) >= queue.SHOWN)
        searched = self._t("Nothing was found.")
        self._nothing.set_text(
            searched if self._wanted.text.strip() else self._t("Nothing here. New cases appear by themselves.")
        )

    def _heads(self) -> None:
        t = self._t
        heads = (t("Priority"), t("Case"), t("Reason"), t("Order"), t("Language"), t("With"), t("Waiting"))
        with ui.element("div").classes("case-heads").props("aria-hidden=true"):
            for head in heads:
                ui.label(head)

    def _choice(self, name: str, label: str, options: dict[Any, str], value: Any) -> None:
        # An address may name a language that no case has any more.
        chosen = value if value in options else None
        select = ui.select(options, label=label, value=chosen, clearable=True, on_change=self._on(name))
        select.classes("filter").props("dense outlined options-dense").mark(f"filter-{name}")

    def _on(self, name: str) -> Any:
        async def changed(person: Person, event: ValueChangeEventArguments[Any]) -> None:
            empty: Any = {"view": View.OPEN, "waiting_minutes": 0}.get(name, "")
            # What stands there now: of two quick changes the older may be handled last.
            now = event.sender.value  # type: ignore[attr-defined]
            value: Any = View(now) if name == "view" and now else now or empty
            change: dict[str, Any] = {name: value}
            self._wanted = replace(self._wanted, **change)
            if name == "text":
                # What is searched for stays out of the address: people paste all kinds of things into a search.
                if self._wanted.text.strip():
                    await in_thread(_record, person, AccessKind.SEARCHED)
            else:
                ui.navigate.history.replace(self._address())
            await self.refresh()

        return self._viewer.guarded_event(changed)

    def _address(self) -> str:
        w = self._wanted
        chosen = {
            "view": "" if w.view is View.OPEN else w.view.value,
            "reason": w.reason,
            "priority": w.priority,
            "language": w.language,
            "waiting": w.waiting_minutes or "",
        }
        query = urlencode({key: value for key, value in chosen.items() if value})
        return "/cases" + (f"?{query}" if query else "")

    async def on_change(self, changes: Changes) -> None:
        """Show what changed, while the viewer is logged in."""
        await self._viewer.guarded(self.tick)()

    async def tick(self, _person: Person) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        """Read the list and show it, if anything in it changed; console.js keeps the focus on its row."""
        async with self._refreshing:
            rows = await self.read()
            if rows != self._table.rows:
                self._table.rows = rows
            self._say_what_is_missing()

    async def read(self) -> list[dict[str, Any]]:
        """Return the rows to show."""
        found, names = await in_thread(_load, self._viewer.person.shop, self._wanted)
        return [_row(self._t, case, names) for case in found]


def _load(shop: str, wanted: QueueFilter) -> tuple[list[QueuedCase], dict[str, str]]:
    with reading() as session:
        names = {account.name: account.display_name for account in accounts.accounts(session, shop)}
        return queue.queue(session, shop, wanted), names


def _languages(shop: str) -> list[str]:
    with reading() as session:
        return queue.languages(session, shop)


def _record(person: Person, kind: AccessKind) -> None:
    with transaction() as session:
        record_access(session, shop=person.shop, staff=person.name, kind=kind)


def _row(t: Texts, case: QueuedCase, names: dict[str, str]) -> dict[str, Any]:
    holder = names.get(case.taken_by, case.taken_by) if case.taken_by else ""
    closed = case.status == Status.CLOSED
    return {
        "number": case.number,
        "reason_word": " · ".join(word(t, REASONS, reason) for reason in case.reasons),
        "priority": case.priority,
        "priority_word": word(t, PRIORITIES, case.priority),
        "status": case.status,
        "summary": summary_text(t, case.summary),
        "order": f"#{case.order_number}" if case.order_number else "",
        "language_name": t.language_name(case.language),
        "holder": word(t, STATUSES, case.status) if closed else holder,
        "waiting": _waiting(t, case),
        "waiting_level": "" if closed else waiting_level(case.waiting_since),
        "opened": t.moment(case.opened_at),
        "due": due_text(t, case.report_by),
        "overdue": case.overdue,
    }


def _waiting(t: Texts, case: QueuedCase) -> str:
    if case.closed_at is not None:
        return t.clock(case.closed_at)
    return t.ago(case.waiting_since) if case.waiting_since is not None else ""


def waiting_level(since: datetime | None) -> str:
    """Return the class that marks how long somebody has waited."""
    if since is None:
        return ""
    passed = utc_now() - since
    return "too-long" if passed >= _TOO_LONG else "long" if passed >= _LONG else ""
