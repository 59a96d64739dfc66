"""The answer box: Enter sends; what could not be sent stays, with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from console.texts import Texts
from console.viewer import Viewer
from core.identifiers import new_identifier
from desk.sessions import Person

# Enter sends and Shift+Enter makes a new line; Enter that ends the input of a Chinese word does neither.
_ENTER = """(event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  emit(event.target.value);
}"""
# From so full a box on, its room is counted.
_NEARLY_FULL = 0.8


class Composer:
    """A text box that sends through `send(person, text, message_id)`, which returns None or what went wrong."""

    def __init__(
        self,
        viewer: Viewer,
        conversation_id: str,
        send: Callable[[Person, str, str], Awaitable[str | None]],
        limit: int,
    ) -> None:
        self._t: Texts = viewer.texts
        self._conversation_id = conversation_id
        self._send = send
        self._limit = limit
        # The text that is being sent and its id: sending the same text again is the same message.
        self._trying: tuple[str, str] | None = None
        self._busy, self._allowed = False, False
        with ui.element("div").classes("composer") as self.element:
            self._problem = ui.label().classes("composer-problem").props("role=alert")
            self._problem.set_visibility(False)
            with ui.element("div").classes("composer-row"):
                self._box = ui.textarea(placeholder=self._t("Answer the shopper…"))
                self._box.props(
                    f'autogrow outlined dense aria-label="{self._t("Answer")}" data-draft="{conversation_id}"'
                ).classes("composer-box").mark("answer")
                self._box.on("keydown", viewer.guarded_event(self._submit_typed), js_handler=_ENTER)
                self._button = ui.button(icon="send", on_click=viewer.guarded(self._submit_shown))
                self._button.props(f'unelevated aria-label="{self._t("Send")}"').classes("composer-send").mark("send")
            self._box.on_value_change(self._count)
            with ui.element("div").classes("composer-foot"):
                ui.label(self._t("Enter sends, Shift+Enter makes a new line.")).classes("composer-hint")
                self._counted = ui.label().classes("composer-count").props("aria-live=polite")

    @property
    def has_text(self) -> bool:
        """Whether something is written that has not been sent."""
        return bool((self._box.value or "").strip())

    def allow(self, allowed: bool) -> None:
        """Show whether the person may send now; what is written stays visible either way."""
        self.element.set_visibility(allowed or self.has_text)
        self._allowed = allowed
        self._enable()

    def focus(self) -> None:
        """Put the cursor into the box."""
        self._box.run_method("focus")

    async def _submit_typed(self, person: Person, event: GenericEventArguments) -> None:
        # What stands in the browser's box, whatever has reached us of the typing.
        await self._submit(person, event.args if isinstance(event.args, str) else "")

    async def _submit_shown(self, person: Person) -> None:
        await self._submit(person, self._box.value or "")

    async def _submit(self, person: Person, text: str) -> None:
        text = text.strip()
        if self._busy or not text or len(text) > self._limit:
            return
        if self._trying is None or self._trying[0] != text:
            self._trying = (text, new_identifier())
        self._show_busy(True)
        try:
            problem = await self._send(person, *self._trying)
        finally:
            self._show_busy(False)
        if problem is None:
            self._trying = None
            self._box.value = ""
            ui.run_javascript(f"quayside.sent({json.dumps(self._conversation_id)})")
            self._problem.set_visibility(False)
        else:
            self._box.value = text
            self._problem.set_text(f"{self._t('Not sent.')} {problem} {self._t('Your text is kept.')}")
            self._problem.set_visibility(True)
        self.focus()

    def _count(self) -> None:
        """Say how much room is left when little is, and what to do when there is none: nothing is cut off unseen."""
        written = len((self._box.value or "").strip())
        over = written > self._limit
        room = f"{written} / {self._limit}" if written > self._limit * _NEARLY_FULL else ""
        said = self._t("Too long to send. Shorten it, or send it in parts.") if over else ""
        self._counted.set_text(" ".join(filter(None, (said, room))))
        self._counted.classes(**{"add" if over else "remove": "too-long"})

    def _show_busy(self, busy: bool) -> None:
        self._busy = busy
        self._button.props(f"loading={str(busy).lower()}")
        self._enable()

    def _enable(self) -> None:
        self._box.set_enabled(self._allowed and not self._busy)
        self._button.set_enabled(self._allowed and not self._busy)
