"""What a person needs to know about a case, beside the conversation: summary, facts, what was tried, history."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import ui

from console.due import due_text
from console.facts import show_facts
from console.steps import step_text
from console.summary import sentences, summary_text
from console.texts import N_, Texts
from console.viewer import Viewer
from console.words import ACCESSES, EVENTS, OUTCOMES, PRIORITIES, REASONS, SETTLED, STATUSES, word
from desk.absence import GONE
from desk.access_log import Access
from desk.case import EventKind
from desk.cases import CaseEvent
from desk.queue import is_past
from desk.related import RelatedCase
from desk.sessions import Person
from desk.summary import Statement
from transcripts.steps import Step


@dataclass(frozen=True)
class CaseFacts:
    """A case as its page shows it."""

    number: str
    reasons: Sequence[str]
    priority: str
    status: str
    language: str | None
    summary: Sequence[Statement]
    order_number: str | None
    facts: Mapping[str, Any]
    tried: Sequence[Step]
    opened_at: datetime
    taken_by: str | None
    closed_at: datetime | None
    outcome: str | None
    related: Sequence[RelatedCase]
    report_by: date | None


class CasePanel:
    """The panel; `show` draws it anew when something about the case changed."""

    def __init__(
        self, viewer: Viewer, conversation_id: str, add_note: Callable[[Person, str], Awaitable[str | None]]
    ) -> None:
        self._viewer = viewer
        self._draft = f"note:{conversation_id}"
        self._t = viewer.texts
        self._add_note = add_note
        self._facts = ui.element("div").classes("panel-facts")
        with ui.element("div").classes("panel-part panel-note") as self._note_part:
            ui.label(self._t("Internal note")).classes("panel-head")
            self._note = ui.textarea(placeholder=self._t("Only colleagues see this."))
            self._note.props(
                f'outlined dense autogrow maxlength=4000 aria-label="{self._t("Internal note")}" '
                f'data-draft="{self._draft}"'
            ).mark("note")
            self._problem = ui.label().classes("dialog-problem").props("role=alert")
            self._problem.set_visibility(False)
            ui.button(self._t("Add note"), on_click=viewer.guarded(self._on_note)).props("outline dense no-caps")
        self._history = ui.element("div").classes("panel-history")

    def show(
        self,
        case: CaseFacts | None,
        events: Sequence[CaseEvent],
        accesses: Sequence[Access],
        names: Mapping[str, str],
        *,
        may_note: bool,
    ) -> None:
        """Draw a case; None for a conversation that has none."""
        self._facts.clear()
        self._history.clear()
        self._note_part.set_visibility(case is not None and may_note)
        with self._facts:
            if case is None:
                self._part(self._t("Case"), lambda: ui.label(self._t("No case. Taking over opens one.")))
            else:
                self._show_case(case, names)
        with self._history:
            if events:
                self._part(self._t("History"), lambda: self._show_events(events, names))
            if accesses:
                with ui.element("details").classes("panel-part"):
                    with ui.element("summary"):
                        ui.label(self._t("Who looked at this")).classes("panel-head")
                    for access in accesses:
                        who = names.get(access.staff, access.staff)
                        did = word(self._t, ACCESSES, access.kind)
                        ui.label(f"{self._t.clock(access.at)} · {who} · {did}").classes("access")

    def _show_case(self, case: CaseFacts, names: Mapping[str, str]) -> None:
        t = self._t
        if case.report_by:
            due = ui.label(due_text(t, case.report_by))
            due.classes("panel-part due" + (" overdue" if is_past(case.report_by) else ""))
        self._part(t("Summary"), lambda: self._show_summary(case.summary))
        lines = {
            t("Reasons"): t.listing([word(t, REASONS, reason) for reason in case.reasons]) if case.reasons[1:] else "",
            t("Order"): f"#{case.order_number}" if case.order_number else "",
            t("Language"): t.language_name(case.language),
            t("Opened"): t.moment(case.opened_at),
        }
        with ui.element("div").classes("panel-part facts-lines"):
            for name, value in lines.items():
                if value:
                    ui.label(name).classes("fact-name")
                    ui.label(value).classes("fact-value")
        for head, same_order in ((t("Other cases of this order"), True), (t("Other cases of this customer"), False)):
            others = [other for other in case.related if other.same_order is same_order]
            if others:
                self._part(head, partial(self._show_related, others, names))
        if case.facts:
            self._part(t("Facts"), lambda: show_facts(t, case.facts))
        if case.tried:
            self._part(t("What was tried"), lambda: self._show_tried(case.tried))

    def _part(self, head: str, draw: Callable[[], object]) -> None:
        with ui.element("section").classes("panel-part"):
            ui.label(head).classes("panel-head").props("role=heading aria-level=2")
            draw()

    def _show_summary(self, summary: Sequence[Statement]) -> None:
        with ui.element("div").classes("panel-summary"):
            for sentence in sentences(self._t, summary):
                ui.label(sentence).props('dir="auto"')

    def _show_related(self, others: Sequence[RelatedCase], names: Mapping[str, str]) -> None:
        t = self._t
        for other in others:
            with ui.element("div").classes("related"):
                ui.link(other.number, f"/cases/{other.number}").classes("fact-link")
                state = word(t, OUTCOMES, other.outcome) if other.outcome else word(t, STATUSES, other.status)
                holder = names.get(other.taken_by, other.taken_by) if other.taken_by and not other.outcome else None
                ui.label(" · ".join(filter(None, (word(t, REASONS, other.reason), state, holder))))
                ui.label(t.ago(other.opened_at)).classes("event-at").props(f'title="{t.moment(other.opened_at)}"')

    def _show_tried(self, tried: Sequence[Step]) -> None:
        with ui.element("ul").classes("tried"):
            for step in tried:
                with ui.element("li"):
                    ui.label(step_text(self._t, step))

    def _show_events(self, events: Sequence[CaseEvent], names: Mapping[str, str]) -> None:
        for event in reversed(events):
            with ui.element("div").classes(f"event event-{event.kind}"):
                with ui.element("div").classes("event-head"):
                    ui.label(_what_happened(self._t, event, names))
                    ui.label(self._t.clock(event.at)).classes("event-at").props(f'title="{self._t.moment(event.at)}"')
                details = _event_details(self._t, event)
                if details:
                    ui.label(details).classes("event-text").props('dir="auto"')
                if elsewhere := event.details.get("conversation_id"):
                    address = f"/conversations/{quote(str(elsewhere), safe='')}"
                    ui.link(self._t("Open that conversation"), address).classes("event-text")

    async def _on_note(self, person: Person) -> None:
        text = (self._note.value or "").strip()
        if not text:
            return
        problem = await self._add_note(person, text)
        self._problem.set_text(problem or "")
        self._problem.set_visibility(bool(problem))
        if problem is None:
            self._note.value = ""
            ui.run_javascript(f"quayside.sent({json.dumps(self._draft)})")


def _what_happened(t: Texts, event: CaseEvent, names: Mapping[str, str]) -> str:
    known = EVENTS.get(EventKind(event.kind))
    if event.kind == EventKind.RELEASED and event.details.get("why") == GONE:
        known = N_("Returned to the queue: {agent} had left")
    agent = names.get(event.agent or "", event.agent or "")
    return t(known, agent=agent) if known is not None else event.kind


def _event_details(t: Texts, event: CaseEvent) -> str:
    details = event.details
    # An escalation from before summaries were statements has its text only.
    added = summary_text(t, details["summary"]) if "summary" in details else event.text
    parts = {
        EventKind.OPENED: [word(t, REASONS, details.get("reason")), word(t, PRIORITIES, details.get("priority"))],
        EventKind.ESCALATED: [word(t, REASONS, details.get("reason")), added],
        EventKind.PRIORITY: [word(t, PRIORITIES, details.get("from")) + " → " + word(t, PRIORITIES, details.get("to"))],
        EventKind.HANDED_BACK: [word(t, SETTLED, details.get("code")), _report_by(t, details.get("until")), event.text],
        EventKind.CLOSED: [word(t, OUTCOMES, details.get("outcome")), event.text],
    }.get(EventKind(event.kind), [event.text])
    return " · ".join(filter(None, parts))


def _report_by(t: Texts, until: str | None) -> str:
    return t("We report back by {day}", day=t.day(date.fromisoformat(until))) if until else ""
