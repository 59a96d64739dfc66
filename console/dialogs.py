"""The small dialogs of a conversation: handing back, closing, noting, freeing. What fails stays open and says why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from console.texts import Texts
from console.viewer import Viewer
from console.words import OUTCOMES, SETTLED
from core.clock import utc_now
from desk.case import Outcome
from desk.sessions import Person
from desk.settlement import Settled

# How a case usually ends with what was settled; where somebody still has to act or answer, it stays open.
USUAL_END: Mapping[Settled, Outcome | None] = {
    Settled.QUESTION_ANSWERED: Outcome.SOLVED,
    Settled.REFUND_AGREED: Outcome.SOLVED,
    Settled.REPLACEMENT_AGREED: Outcome.SOLVED,
    Settled.ORDER_CHANGED: Outcome.SOLVED,
    Settled.CLAIM_TAKEN_UP: None,
    Settled.REQUEST_DECLINED: Outcome.DECLINED,
    Settled.OTHER: Outcome.SOLVED,
    Settled.NOTHING: None,
}
# What is proposed to who closes a case all the same.
_ENDS_ALL_THE_SAME = {Settled.NOTHING: Outcome.NO_ANSWER}

# What a dialog does when confirmed; returns None when it is done, or what went wrong.
Work = Callable[[Person], Awaitable[str | None]]


class _Dialog:
    """A title, something to fill in, what went wrong, and two buttons."""

    def __init__(self, viewer: Viewer, title: str, confirm: str, cancel: str = "") -> None:
        self._viewer = viewer
        t = viewer.texts
        with ui.dialog() as self.dialog, ui.element("div").classes("dialog"):
            ui.label(title).classes("dialog-title").props("role=heading aria-level=2")
            self.body = ui.element("div").classes("dialog-body")
            self.problem = ui.label().classes("dialog-problem").props("role=alert")
            self.problem.set_visibility(False)
            with ui.element("div").classes("dialog-buttons"):
                ui.button(cancel or t("Cancel"), on_click=self.dialog.close).props("flat no-caps")
                self.confirm = ui.button(confirm).props("unelevated no-caps").mark("confirm")

    def on_confirm(self, work: Work) -> None:
        async def run(person: Person) -> None:
            self.confirm.props("loading=true")
            try:
                problem = await work(person)
            finally:
                self.confirm.props("loading=false")
            self.problem.set_text(problem or "")
            self.problem.set_visibility(bool(problem))
            if problem is None:
                self.dialog.close()

        self.confirm.on_click(self._viewer.guarded(run))


def _outcome_choice(t: Texts) -> ui.select:
    options = {key.value: t(text) for key, text in OUTCOMES.items()}
    choice = ui.select(options, label=t("How did it end?"), value=Outcome.SOLVED.value)
    choice.props("dense outlined options-dense").classes("dialog-field")
    return choice


def _text_box(label: str, hint: str = "") -> ui.textarea:
    box = ui.textarea(label=label, placeholder=hint).classes("dialog-field")
    box.props("outlined autogrow autofocus maxlength=2000").mark("dialog-text")
    return box


def _today(t: Texts) -> date:
    return utc_now().astimezone(t.zone).date()


def _day(typed: str | None) -> date | None:
    # The browser's own field for days gives an ISO day or nothing.
    return date.fromisoformat(typed) if typed else None


@dataclass(frozen=True)
class HandBack:
    """What a person says when handing back; `close_as` is None when the case stays open."""

    code: Settled
    until: date | None
    note: str
    close_as: Outcome | None


def hand_back_dialog(
    viewer: Viewer, work: Callable[[Person, HandBack], Awaitable[str | None]], *, has_case: bool
) -> ui.dialog:
    """Ask what was settled, until when the shop reports back, and whether the case is done with it."""
    t = viewer.texts
    dialog = _Dialog(viewer, t("Hand back to the assistant"), t("Hand back"))
    with dialog.body:
        ui.label(t("The assistant answers again. What you choose here it tells the shopper who asks about it again."))
        options = {key.value: t(text) for key, text in SETTLED.items()}
        settled = ui.select(options, label=t("What was settled?"))
        settled.props("dense outlined options-dense autofocus").classes("dialog-field").mark("settled")
        until = ui.input(t("We report back by (optional)")).props(f"type=date stack-label min={_today(t)}")
        until.props("dense outlined").classes("dialog-field").mark("until")
        until.bind_visibility_from(settled, "value", lambda code: code != Settled.NOTHING)
        box = _text_box(t("Internal note"), t("For example: shipping refunded too, new parcel leaves on Monday"))
        box.props(remove="autofocus")
        ui.label(t("Only colleagues see the note, never the shopper."))
        closing = ui.checkbox(t("Close the case too")).classes("dialog-check").mark("closing")
        closing.set_visibility(has_case)
        outcome = _outcome_choice(t)
        outcome.bind_visibility_from(closing, "value")
        forgotten = ui.label(t("Nobody is reminded of the day once the case is closed."))
        forgotten.bind_visibility_from(closing, "value", lambda closes: bool(closes and until.value))

    def propose(_event: ValueChangeEventArguments[Any]) -> None:
        if settled.value is None:
            return
        code = Settled(settled.value)
        end = USUAL_END[code]
        # A promise is kept by who sees it: a case with a day stays open.
        closing.value = has_case and end is not None and not (until.value and code is not Settled.NOTHING)
        outcome.value = (end or _ENDS_ALL_THE_SAME.get(code, Outcome.SOLVED)).value

    settled.on_value_change(propose)
    until.on_value_change(propose)

    async def confirmed(person: Person) -> str | None:
        note = (box.value or "").strip()
        if settled.value is None:
            return t("Choose what was settled, so that the assistant does not begin again.")
        code = Settled(settled.value)
        if code is Settled.OTHER and not note:
            return t("Write in the note what was settled.")
        day = None if code is Settled.NOTHING else _day(until.value)
        if day is not None and day < _today(t):
            return t("The day by which we report back is past.")
        close_as = Outcome(outcome.value) if has_case and closing.value else None
        return await work(person, HandBack(code, day, note, close_as))

    dialog.on_confirm(confirmed)
    return dialog.dialog


def close_dialog(viewer: Viewer, work: Callable[[Person, Outcome, str], Awaitable[str | None]]) -> ui.dialog:
    """Ask how the case ended."""
    t = viewer.texts
    dialog = _Dialog(viewer, t("Close the case"), t("Close case"))
    with dialog.body:
        outcome = _outcome_choice(t)
        box = _text_box(t("Note for colleagues (optional)"))

    async def confirmed(person: Person) -> str | None:
        return await work(person, Outcome(outcome.value), box.value or "")

    dialog.on_confirm(confirmed)
    return dialog.dialog


def free_dialog(viewer: Viewer, holder: str, work: Work) -> ui.dialog:
    """Ask a lead whether to take a conversation out of a colleague's hands."""
    t = viewer.texts
    dialog = _Dialog(viewer, t("Take it out of {name}'s hands?", name=holder), t("Return to the queue"))
    with dialog.body:
        ui.label(t("The assistant answers again, and the case goes back to the queue for everybody."))
    dialog.on_confirm(work)
    return dialog.dialog


def leave_dialog(viewer: Viewer, numbers: Sequence[str], work: Callable[[Person], Awaitable[None]]) -> ui.dialog:
    """Ask somebody who logs out whether to give back the conversations that they still hold, or to stay."""
    t = viewer.texts
    title = t.plural("You still hold {count} conversation", "You still hold {count} conversations", len(numbers))
    dialog = _Dialog(viewer, title, t("Give back and log out"), t("Stay"))
    with dialog.body:
        ui.label(t("Nobody answers there when you have gone: {cases}.", cases=t.listing(numbers)))
        ui.label(t("Given back, they wait in the queue for everybody, and the assistant answers meanwhile."))

    async def confirmed(person: Person) -> str | None:
        await work(person)
        return None

    dialog.on_confirm(confirmed)
    return dialog.dialog


def password_dialog(viewer: Viewer, work: Callable[[Person, str, str], Awaitable[str | None]]) -> ui.dialog:
    """Ask somebody for their password of now and the one that they want; `work(person, current, new)` changes it."""
    t = viewer.texts
    dialog = _Dialog(viewer, t("Change password"), t("Change password"))
    with dialog.body:
        current, new, again = (
            _password_box(label, autocomplete, marker)
            for label, autocomplete, marker in (
                (t("Current password"), "current-password", "current"),
                (t("New password"), "new-password", "new"),
                (t("New password again"), "new-password", "again"),
            )
        )
        ui.label(t("Where else you are logged in, you will have to log in anew."))

    async def confirmed(person: Person) -> str | None:
        if new.value != again.value:
            return t("The two new passwords differ.")
        return await work(person, current.value or "", new.value or "")

    dialog.on_confirm(confirmed)
    return dialog.dialog


def _password_box(label: str, autocomplete: str, marker: str) -> ui.input:
    box = ui.input(label, password=True).props(f"dense outlined autocomplete={autocomplete}")
    return box.classes("dialog-field").mark(marker)
