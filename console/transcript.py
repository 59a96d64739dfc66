"""A conversation as it happens, on the page: what was said by whom, and how it was understood.

What shoppers write is hostile until proven otherwise: it is only ever put into labels, which show it as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nicegui import ui

from console.texts import Texts
from console.understanding import show_understanding
from transcripts.entries import Entry, Speaker

# So many are drawn at first; the earlier ones on demand.
_AT_FIRST = 120
# How far back an update looks: an understanding is attached to an entry that is on the page already.
_LOOK_BACK = 12
# As the storefront's chat finds them, but of secure addresses only. Chinese follows an address without a blank;
# punctuation at its end belongs to the sentence.
_ADDRESS = re.compile(r"https://[^\s<>\"'\u3000-\u9fff\uff00-\uffef]+", re.IGNORECASE)
_OF_THE_SENTENCE = ".,;:!?)]}"


class Transcript:
    """The transcript of one conversation; `update` adds what is new. `codes`: with the assistant's own names, too."""

    def __init__(self, texts: Texts, *, codes: bool) -> None:
        self._t = texts
        self._codes = codes
        self._drawn: dict[int, _Drawn] = {}
        self._earlier: list[Entry] = []
        with (
            ui.element("div")
            .classes("transcript")
            .props(f'role=log tabindex=0 aria-label="{texts("Conversation")}"') as box
        ):
            self._more = ui.button(texts("Show earlier messages"), on_click=self._draw_earlier)
            self._more.props("flat dense no-caps").classes("earlier").set_visibility(False)
            self._list = ui.element("div").classes("entries")
        self.element = box

    @property
    def read_from(self) -> int:
        """After which id to read for an update: a little before the end, for entries that may have changed."""
        ids = sorted(self._drawn)
        return ids[-_LOOK_BACK] - 1 if len(ids) >= _LOOK_BACK else 0

    def start(self, entries: list[Entry]) -> None:
        """Draw a conversation from the beginning, or its end if it is long."""
        self._earlier, shown = entries[:-_AT_FIRST], entries[-_AT_FIRST:]
        self._more.set_visibility(bool(self._earlier))
        self._draw(shown)

    def update(self, entries: list[Entry]) -> None:
        """Add entries that are new, and how others have been understood meanwhile."""
        fresh = [entry for entry in entries if entry.id not in self._drawn]
        known = {entry.id for entry in self._earlier}
        for entry in entries:
            if entry.id in self._drawn:
                self._drawn[entry.id].update(self._t, entry, codes=self._codes)
        self._draw([entry for entry in fresh if entry.id not in known])

    def _draw(self, entries: list[Entry], at_start: bool = False) -> None:
        with self._list:
            for position, entry in enumerate(entries):
                drawn = _Drawn(self._t, entry, codes=self._codes)
                self._drawn[entry.id] = drawn
                if at_start:
                    drawn.element.move(target_index=position)

    def _draw_earlier(self) -> None:
        entries, self._earlier = self._earlier, []
        self._more.set_visibility(False)
        self._draw(entries, at_start=True)


class _Drawn:
    """One entry on the page."""

    def __init__(self, t: Texts, entry: Entry, *, codes: bool) -> None:
        kinds = f"entry {entry.speaker.value}" + (" suppressed" if entry.suppressed else "")
        with ui.element("div").classes(kinds).props(f'data-entry="{entry.id}"') as self.element:
            if entry.text:
                _show_text(entry.text)
            _show_content(entry.content)
            with ui.element("div").classes("entry-meta"):
                ui.label(_said_by(t, entry))
                ui.label(t.clock(entry.at)).props(f'title="{t.moment(entry.at)}"')
                if entry.suppressed:
                    ui.label(t("Not sent: a colleague had taken over")).classes("not-sent")
            self._place = ui.element("div").classes("understood-place")
        self._understood = False
        self.update(t, entry, codes=codes)

    def update(self, t: Texts, entry: Entry, *, codes: bool) -> None:
        if entry.understanding and not self._understood:
            self._understood = True
            with self._place:
                show_understanding(t, entry.understanding, codes=codes)


def _show_text(text: str) -> None:
    parts = list(_parts(text))
    if not any(is_link for _part, is_link in parts):
        ui.label(text).classes("bubble").props('dir="auto"')
        return
    with ui.element("div").classes("bubble").props('dir="auto"'):
        for part, is_link in parts:
            if is_link:
                # Where it leads may not know who came, nor reach back into this page.
                ui.link(part, part, new_tab=True).props('rel="noopener noreferrer"')
            else:
                ui.label(part)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text piece by piece, each with whether it is an address to follow."""
    end = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_OF_THE_SENTENCE)
        if match.start() > end:
            yield text[end : match.start()], False
        yield address, True
        end = match.start() + len(address)
    if end < len(text):
        yield text[end:], False


def _said_by(t: Texts, entry: Entry) -> str:
    if entry.speaker is Speaker.SHOPPER:
        return t("Shopper")
    if entry.speaker is Speaker.PERSON:
        return str(entry.content.get("agent_name") or t("Colleague"))
    if entry.speaker is Speaker.ASSISTANT:
        return t("Assistant")
    return t("System")


def _show_content(content: Mapping[str, Any]) -> None:
    card = content.get("card")
    if isinstance(card, dict):
        _show_card(card)
    buttons = content.get("buttons")
    if isinstance(buttons, list) and buttons:
        with ui.element("div").classes("offered"):
            for button in buttons:
                ui.label(str(button.get("title", ""))).props('dir="auto"')


def _show_card(card: Mapping[str, Any]) -> None:
    with ui.element("div").classes("card").props('dir="auto"'):
        with ui.element("div").classes("card-head"):
            ui.label(str(card.get("title") or "")).classes("card-title")
            if card.get("status"):
                ui.label(str(card["status"])).classes("card-status")
        if card.get("subtitle"):
            ui.label(str(card["subtitle"])).classes("card-subtitle")
        for field in card.get("fields") or []:
            with ui.element("div").classes("card-field"):
                ui.label(str(field.get("label") or ""))
                ui.label(str(field.get("value") or ""))
        for item in card.get("items") or []:
            detail = f" · {item['detail']}" if item.get("detail") else ""
            ui.label(f"{item.get('title') or ''}{detail}").classes("card-item")
        link = card.get("link") or {}
        if _ADDRESS.fullmatch(str(link.get("url") or "")):
            shown = ui.link(str(link.get("title") or link["url"]), link["url"], new_tab=True)
            shown.classes("card-item fact-link").props('rel="noopener noreferrer"')
