"""The page of one conversation, with its case: read along, take over, answer, hand back, close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from sqlalchemy.orm import Session

from console.case_panel import CaseFacts, CasePanel
from console.composer import Composer
from console.dialogs import HandBack, close_dialog, free_dialog, hand_back_dialog
from console.layout import frame
from console.live import Changes, Live
from console.problems import explain
from console.texts import Texts
from console.threads import at_gateway, in_thread
from console.transcript import Transcript
from console.viewer import Viewer
from console.words import OUTCOMES, PRIORITIES, REASONS, word
from core.database import reading, transaction
from core.settings import settings
from desk import absence, accounts, cases, takeover
from desk.access_log import Access, AccessKind, accesses_of, record_access
from desk.case import Case, Outcome, Status
from desk.cases import CaseEvent, CaseNotFound
from desk.conversations import exists
from desk.gateway_client import DoorError, Handler, NotFound, StaffDoor
from desk.promises import report_days
from desk.related import related
from desk.sessions import Person
from transcripts.entries import Entry, entries_after
from transcripts.steps import Step, steps

# Who holds the gate is asked this often; changes in the conversation ask at once.
_ASK_GATE_SECONDS = 5
# The newest steps of what was tried.
_TRIED_AT_MOST = 12


class Mode(Enum):
    """Who answers here, as far as this page knows."""

    ASKING = "asking"
    ASSISTANT = "assistant"
    MINE = "mine"
    OTHER = "other"
    DOWN = "down"
    GONE = "gone"


@dataclass(frozen=True)
class _Loaded:
    """Everything that the page shows, read in one go."""

    case: CaseFacts | None
    newer_case: str | None
    events: list[CaseEvent]
    accesses: list[Access]
    names: Mapping[str, str]


async def show_case(viewer: Viewer, live: Live, door: StaffDoor, number: str) -> None:
    """Draw the page of a case."""
    conversation_id = await in_thread(_conversation_of, viewer.person.shop, number)
    if conversation_id is None:
        _show_missing(viewer, live, door, "cases", viewer.texts("There is no such case."))
        return
    await _ConversationPage(viewer, live, door, conversation_id, number).show()


async def show_conversation(viewer: Viewer, live: Live, door: StaffDoor, conversation_id: str) -> None:
    """Draw the page of a conversation, with its live case if it has one."""
    if not await in_thread(_conversation_exists, viewer.person.shop, conversation_id):
        _show_missing(viewer, live, door, "conversations", viewer.texts("There is no such conversation."))
        return
    await _ConversationPage(viewer, live, door, conversation_id, None).show()


def _show_missing(viewer: Viewer, live: Live, door: StaffDoor, section: str, text: str) -> None:
    ui.context.client.status_code = 404
    with frame(viewer, live, door, section, text), ui.element("div").classes("nothing"):
        ui.icon("search_off")
        ui.label(text)
        ui.link(viewer.texts("Back to the list"), f"/{section}")


class _ConversationPage:
    def __init__(self, viewer: Viewer, live: Live, door: StaffDoor, conversation_id: str, number: str | None) -> None:
        self._viewer = viewer
        self._t: Texts = viewer.texts
        self._live = live
        self._door = door
        self._id = conversation_id
        self._number = number
        self._shop = viewer.person.shop
        self._mode = Mode.ASKING
        self._holder: str | None = None
        self._away = False  # the colleague whom it is with
        self._mine = False  # stays while the gateway is down, so that the answer can be tried again
        self._loaded: _Loaded
        # One at a time each: two at once would draw an entry twice, or show the older answer last.
        self._refreshing, self._reloading, self._asking = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()

    async def show(self) -> None:
        """Draw everything, then keep it up to date."""
        self._loaded = await in_thread(_load, self._shop, self._id, self._number, self._viewer.person)
        entries = await in_thread(_read_entries, self._shop, self._id, 0)
        number = self._loaded.case.number if self._loaded.case else None
        await in_thread(_record_opened, self._viewer.person, self._id, number)
        section = "cases" if self._number else "conversations"
        with frame(self._viewer, self._live, self._door, section, number or self._t("Conversation")):
            self._draw(section)
        self._transcript.start(entries)
        self._show_loaded()
        self._live.changed.subscribe(self._on_change)
        ui.timer(0.05, self._ask_gate, once=True)
        ui.timer(_ASK_GATE_SECONDS, self._viewer.guarded(self._tick), immediate=False)

    def _draw(self, section: str) -> None:
        t = self._t
        with ui.element("div").classes("work") as self._work:
            with ui.element("div").classes("work-head"):
                with ui.element("a").classes("back").props(f'href="/{section}" aria-label="{t("Back to the list")}"'):
                    ui.icon("arrow_back")
                self._title = ui.element("div").classes("work-title")
                with ui.element("div").classes("work-tabs"):
                    for tab, text in (("talk", t("Conversation")), ("details", t("Details"))):
                        button = ui.button(text).props("flat dense no-caps")
                        button.on("click", js_handler=f"() => quayside.tab({tab!r})").classes(f"tab-{tab}")
                self._buttons = ui.element("div").classes("work-buttons")
            with ui.element("div").classes("work-body"):
                with ui.element("section").classes("talk"):
                    self._transcript = Transcript(t, codes=self._viewer.person.role.reads_codes)
                    self._gate = ui.element("div").classes("gate").props("aria-live=polite")
                    self._composer = Composer(self._viewer, self._id, self._send, settings().message_max_chars)
                    self._composer.allow(False)
                with ui.element("aside").classes("panel"):
                    self._panel = CasePanel(self._viewer, self._id, self._add_note)

    # What is known, and showing it

    def _show_loaded(self) -> None:
        loaded = self._loaded
        may_answer = self._viewer.person.role.may_answer
        self._panel.show(loaded.case, loaded.events, loaded.accesses, loaded.names, may_note=may_answer)
        self._draw_title()
        self._draw_gate()

    def _draw_title(self) -> None:
        t, case = self._t, self._loaded.case
        self._title.clear()
        with self._title:
            name = case.number if case else t("Conversation")
            ui.label(name).classes("work-number").props("role=heading aria-level=1")
            if case is None:
                ui.label(self._id).classes("work-id")
                return
            ui.label(word(t, REASONS, case.reasons[0])).classes("work-reason")
            if case.status != Status.CLOSED and self._viewer.person.role.may_answer:
                priorities = {key.value: t(text) for key, text in PRIORITIES.items()}
                choice = ui.select(
                    priorities, value=case.priority, on_change=self._viewer.guarded_event(self._set_priority)
                ).props(f'dense borderless options-dense aria-label="{t("Priority")}"')
                choice.classes(f"work-priority priority-{case.priority}").mark("priority")
            else:
                ui.label(word(t, PRIORITIES, case.priority)).classes(f"work-priority priority-{case.priority}")

    def _draw_gate(self) -> None:
        """Draw who answers here, and what the viewer may do about it."""
        t, may_answer = self._t, self._viewer.person.role.may_answer
        self._gate.clear()
        self._buttons.clear()
        self._gate.classes(replace=f"gate gate-{self._mode.value}")
        with self._gate:
            self._draw_case_state()
            with ui.element("div").classes("gate-row"):
                ui.icon(_ICONS[self._mode])
                ui.label(self._gate_text()).classes("gate-text")
                if not may_answer:
                    ui.label(t("You may read here, not answer.")).classes("gate-note")
                if may_answer and self._may_be_taken():
                    take = ui.button(t("Take over"), on_click=self._viewer.guarded(self._take_over))
                    take.props("unelevated no-caps").mark("take-over")
                    self._take_button = take
                elif may_answer and self._mode is Mode.MINE:
                    back = ui.button(t("Hand back"), on_click=self._open(self._hand_back_dialog))
                    back.props("outline no-caps").mark("hand-back")
                if self._viewer.person.role.may_overrule and self._mode is Mode.OTHER:
                    free = ui.button(t("Return to the queue"), on_click=self._open(self._free_dialog))
                    free.props("outline no-caps").mark("free")
        with self._buttons:
            self._draw_buttons()
        self._composer.allow(self._mine)

    def _draw_case_state(self) -> None:
        t, loaded = self._t, self._loaded
        case = loaded.case
        if case is None:
            return
        if case.status == Status.CLOSED:
            how = word(t, OUTCOMES, case.outcome)
            with ui.element("div").classes("gate-row gate-closed"):
                ui.icon("task_alt")
                ui.label(t("This case is closed: {how}.", how=how)).classes("gate-text")
                if loaded.newer_case:
                    ui.link(t("Open {number}", number=loaded.newer_case), f"/cases/{loaded.newer_case}")
        elif case.taken_by and self._mode is Mode.ASSISTANT:
            who = loaded.names.get(case.taken_by, case.taken_by)
            text = t("You have this case.") if self._is_me(case.taken_by) else t("{name} has this case.", name=who)
            with ui.element("div").classes("gate-row gate-held"):
                ui.icon("assignment_ind")
                ui.label(text).classes("gate-text")

    def _draw_buttons(self) -> None:
        t, case, role = self._t, self._loaded.case, self._viewer.person.role
        if case is None or case.status == Status.CLOSED or not role.may_answer or self._mode is Mode.MINE:
            return  # while the conversation is mine, handing it back closes the case
        mine_or_free = case.taken_by is None or self._is_me(case.taken_by)
        if mine_or_free and self._mode is Mode.ASSISTANT:
            close = ui.button(t("Close case"), on_click=self._open(self._close_dialog))
            close.props("outline dense no-caps").mark("close")
        if case.taken_by and (self._is_me(case.taken_by) or role.may_overrule) and self._mode is Mode.ASSISTANT:
            release = ui.button(t("Return to the queue"), on_click=self._viewer.guarded(self._release))
            release.props("flat dense no-caps").mark("release")

    def _gate_text(self) -> str:
        t = self._t
        if self._mode is Mode.OTHER:
            name = self._loaded.names.get(self._holder or "", self._holder or "")
            if self._away:
                return t("{name} has taken over this conversation, but is not at the desk now.", name=name)
            return t("{name} has taken over this conversation.", name=name)
        return {
            Mode.ASKING: t("Asking who answers here…"),
            Mode.ASSISTANT: t("The assistant answers here."),
            Mode.MINE: t("You answer here. The assistant is silent."),
            Mode.DOWN: t("The gateway does not answer. You can read, but not answer until it is back."),
            Mode.GONE: t("The gateway no longer knows this conversation. You can only read it."),
        }[self._mode]

    def _may_be_taken(self) -> bool:
        """Whether it can be taken over: nobody has it, or a colleague who is away."""
        if self._mode is Mode.OTHER:
            return self._away
        return self._mode is Mode.ASSISTANT and (self._away or self._colleague() is None)

    def _colleague(self) -> str | None:
        """The colleague whom it is with: who answers here, else who has the case."""
        case = self._loaded.case
        held = case.taken_by if case is not None and case.status == Status.TAKEN else None
        name = self._holder or held
        return None if self._is_me(name) else name

    def _is_me(self, name: str | None) -> bool:
        return name == self._viewer.person.name

    # Keeping up to date

    async def _on_change(self, changes: Changes) -> None:
        async def work(_person: Person) -> None:
            if self._id in changes.conversations:
                await self._read_new()
                await self._ask_gate()
            if changes.cases or self._id in changes.conversations:
                await self._reload()

        await self._viewer.guarded(work)()

    async def _tick(self, _person: Person) -> None:
        if not self._asking.locked():
            await self._ask_gate()
        away = await self._is_colleague_away()
        if away != self._away:
            self._away = away
            self._draw_gate()

    async def _is_colleague_away(self) -> bool:
        colleague = self._colleague()
        return colleague is not None and await in_thread(_is_away, self._shop, colleague)

    async def _read_new(self) -> None:
        async with self._refreshing:
            entries = await in_thread(_read_entries, self._shop, self._id, self._transcript.read_from)
            self._transcript.update(entries)

    async def _reload(self) -> None:
        async with self._reloading:
            loaded = await in_thread(_load, self._shop, self._id, self._number, self._viewer.person)
            if _fingerprint(loaded) != _fingerprint(self._loaded):
                self._loaded = loaded
                self._show_loaded()

    async def _ask_gate(self) -> None:
        async with self._asking:
            await self._ask_gate_now()

    async def _ask_gate_now(self) -> None:
        try:
            handler = await at_gateway(self._door.handler_of, self._id)
        except NotFound:
            mode, holder = Mode.GONE, None
        except DoorError:
            mode, holder = Mode.DOWN, None
        else:
            mode, holder = self._mode_of(handler), handler.agent
        if (mode, holder) != (self._mode, self._holder):
            was_mine, self._mode, self._holder = self._mine, mode, holder
            self._away = await self._is_colleague_away()
            self._mine = mode is Mode.MINE or (was_mine and mode is Mode.DOWN)
            self._draw_gate()
            if self._mine and not was_mine:
                self._composer.focus()

    def _mode_of(self, handler: Handler) -> Mode:
        if handler.agent is None:
            return Mode.ASSISTANT
        return Mode.MINE if self._is_me(handler.agent) else Mode.OTHER

    # What the viewer does

    async def _try(self, work: Callable[..., Any], *arguments: Any) -> str | None:
        """Do something that blocks, in a thread; return None, or what went wrong in words."""
        try:
            await at_gateway(work, *arguments)
        except Exception as error:  # whatever it was, the person is told and the page goes on
            problem: str | None = explain(self._t, error, self._loaded.names)
        else:
            problem = None
        await self._reload()
        await self._ask_gate()
        return problem

    async def _take_over(self, person: Person) -> None:
        self._take_button.props("loading=true")
        problem = await self._try(takeover.take_over, self._door, self._id, person)
        if problem is not None:
            self._notify(problem)
            self._draw_gate()
        elif self._loaded.newer_case is not None:
            # The case on this page is closed: taking over opened a new one.
            ui.navigate.to(f"/cases/{self._loaded.newer_case}")

    async def _send(self, person: Person, text: str, message_id: str) -> str | None:
        problem = await self._try(takeover.answer, self._door, self._id, person, text, message_id)
        if problem is None:
            await self._read_new()
        return problem

    async def _add_note(self, person: Person, text: str) -> str | None:
        number = self._loaded.case.number if self._loaded.case else ""
        return await self._try(_note, person, number, text)

    async def _set_priority(self, person: Person, event: ValueChangeEventArguments[Any]) -> None:
        case = self._loaded.case
        if case is not None and event.value != case.priority:
            self._notify(await self._try(_set_priority, person, case.number, event.value))

    async def _release(self, person: Person) -> None:
        case = self._loaded.case
        if case is not None:
            self._notify(await self._try(_release, person, case.number))

    def _notify(self, problem: str | None) -> None:
        if problem is not None:
            ui.notify(problem, type="warning", timeout=8000, close_button=self._t("Close"))

    def _open(self, make: Callable[[], ui.dialog]) -> Callable[[], None]:
        def opening() -> None:
            # Dialogs hang below the page's own element, since the buttons that open them come and go.
            with self._work:
                dialog = make()
            dialog.on("hide", dialog.delete)
            dialog.open()

        return opening

    def _hand_back_dialog(self) -> ui.dialog:
        async def work(person: Person, said: HandBack) -> str | None:
            return await self._try(_hand_back, self._door, self._id, person, said)

        case = self._loaded.case
        live = case is not None and case.status != Status.CLOSED and self._is_me(case.taken_by)
        return hand_back_dialog(self._viewer, work, has_case=live)

    def _close_dialog(self) -> ui.dialog:
        async def work(person: Person, outcome: Outcome, text: str) -> str | None:
            case = self._loaded.case
            return None if case is None else await self._try(_close, person, case.number, outcome, text)

        return close_dialog(self._viewer, work)

    def _free_dialog(self) -> ui.dialog:
        async def work(person: Person) -> str | None:
            return await self._try(takeover.free, self._door, self._id, person)

        name = self._loaded.names.get(self._holder or "", self._holder or "")
        return free_dialog(self._viewer, name, work)


_ICONS = {
    Mode.ASKING: "hourglass_empty",
    Mode.ASSISTANT: "smart_toy",
    Mode.MINE: "support_agent",
    Mode.OTHER: "lock_person",
    Mode.DOWN: "cloud_off",
    Mode.GONE: "history",
}


def _fingerprint(loaded: _Loaded) -> tuple[Any, ...]:
    return (loaded.case, loaded.newer_case, [event.id for event in loaded.events], loaded.names)


def _conversation_of(shop: str, number: str) -> str | None:
    with reading() as session:
        try:
            return cases.find(session, shop, number).conversation_id
        except CaseNotFound:
            return None


def _conversation_exists(shop: str, conversation_id: str) -> bool:
    with reading() as session:
        return exists(session, shop, conversation_id) or (
            cases.live_case_of(session, shop, conversation_id) is not None
        )


def _load(shop: str, conversation_id: str, number: str | None, person: Person) -> _Loaded:
    with reading() as session:
        live = cases.live_case_of(session, shop, conversation_id)
        case = cases.find(session, shop, number) if number is not None else live
        newer = live.number if live is not None and case is not None and live.number != case.number else None
        return _Loaded(
            case=_facts(session, case) if case is not None else None,
            newer_case=newer,
            events=cases.events_of(session, case) if case is not None else [],
            accesses=accesses_of(session, shop, conversation_id) if person.role.may_overrule else [],
            names=_names(session, shop),
        )


def _facts(session: Session, case: Case) -> CaseFacts:
    return CaseFacts(
        number=case.number,
        reasons=case.reasons,
        priority=case.priority,
        status=case.status,
        language=case.language,
        summary=case.summary,
        order_number=case.order_number,
        facts=case.facts,
        tried=_tried(session, case),
        opened_at=case.opened_at,
        taken_by=case.taken_by,
        closed_at=case.closed_at,
        outcome=case.outcome,
        related=related(session, case),
        report_by=report_days(session, [case]).get(case.id),
    )


def _tried(session: Session, case: Case) -> list[Step]:
    entries = entries_after(session, case.shop, case.conversation_id)
    until = [entry for entry in entries if case.closed_at is None or entry.at <= case.closed_at]
    return steps(until)[-_TRIED_AT_MOST:]


def _is_away(shop: str, name: str) -> bool:
    with reading() as session:
        return absence.is_away(session, shop, name)


def _names(session: Session, shop: str) -> dict[str, str]:
    return {account.name: account.display_name for account in accounts.accounts(session, shop)}


def _read_entries(shop: str, conversation_id: str, after_id: int) -> list[Entry]:
    with reading() as session:
        return entries_after(session, shop, conversation_id, after_id)


def _record_opened(person: Person, conversation_id: str, number: str | None) -> None:
    with transaction() as session:
        record_access(
            session,
            shop=person.shop,
            staff=person.name,
            kind=AccessKind.OPENED,
            conversation_id=conversation_id,
            case_number=number,
        )


def _note(person: Person, number: str, text: str) -> None:
    takeover.require_answerer(person)
    with transaction() as session:
        cases.note(session, person.shop, number, person.name, text)


def _set_priority(person: Person, number: str, priority: str) -> None:
    takeover.require_answerer(person)
    with transaction() as session:
        cases.set_priority(session, person.shop, number, person.name, priority)


def _release(person: Person, number: str) -> None:
    takeover.require_answerer(person)
    with transaction() as session:
        case = cases.find(session, person.shop, number)
        holder = case.taken_by or ""
        if holder != person.name and not person.role.may_overrule:
            raise PermissionError
        cases.release(session, person.shop, number, holder, by=person.name)


def _close(person: Person, number: str, outcome: Outcome, text: str) -> None:
    takeover.require_answerer(person)
    with transaction() as session:
        cases.close(session, person.shop, number, person.name, outcome=outcome, text=text)


def _hand_back(door: StaffDoor, conversation_id: str, person: Person, said: HandBack) -> None:
    takeover.hand_back(
        door, conversation_id, person, said.code, note=said.note, until=said.until, close_as=said.close_as
    )
