"""Rasa's reply generator, ours: domain.yml's English text → the shopper's language, with typed values written for it.

Actions send a reply's name and typed values (`values`, `options`, `details`), never text. See `values.py` for the
types; `options` become buttons, `details` become the card that the storefront shows.
"""

from __future__ import annotations

import hashlib
import logging
import re
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.replies.catalogue import SOURCE_LANGUAGE, Translations, babel_locale, button_context
from assistant.replies.values import ValueProblem, Writer

logger = logging.getLogger(__name__)

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Shown where a value is missing: the sentence stays readable and claims nothing. The log says what is wrong.
MISSING = "—"
# Chinese words and Latin ones stand apart ("和 UPS 加急"), whatever is put where.
_CHINESE_BESIDE_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z])|(?<=[A-Za-z])(?=[\u4e00-\u9fff])")
# "4:00 p. m." at the end of a sentence brings its own full stop.
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
# A term inside a term inside a reply is plenty; more is a circle.
_MAX_DEPTH = 4


class TranslatedReplies(TemplatedNaturalLanguageGenerator):
    """Generates the replies of domain.yml in the language of the conversation.

    Rasa fills `responses` from the domain when a model is loaded.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain else {})
        self.translations = Translations.load()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return the message for a reply: text, buttons, custom (the card), language, said; None if there is none.

        `said` is what the reply was made from. Rasa keeps it in the event's metadata, so that the same can be said
        again in another language; the channel hands none of it on.

        Keyword arguments from the action: `values` (placeholder → typed value), `options` (quick replies), `details`
        (the card's content in typed values).
        """
        reply = _Reply(self, tracker, output_channel, kwargs.get("values") or {})
        return reply.message(utter_action, kwargs.get("options") or [], kwargs.get("details") or None)


class _Reply:
    """One reply to one reader: knows the language, the values, and how to draw a variation."""

    def __init__(
        self, nlg: TranslatedReplies, tracker: DialogueStateTracker, output_channel: str, values: dict[str, Any]
    ) -> None:
        self._nlg = nlg
        self._channel = output_channel
        self._slots = {k: v for k, v in tracker.current_slot_values().items() if v is not None}
        self._values = values
        message = tracker.latest_message
        shopper_locale = ((message.metadata or {}) if message else {}).get("locale")
        self._seed = (message.message_id if message else None) or ""
        self.language = self._choose_language(shopper_locale)
        self._locale = babel_locale(self.language, shopper_locale)
        self._depth = 0
        self._brief = False

    def _choose_language(self, shopper_locale: str | None) -> str:
        hint = (shopper_locale or "").replace("_", "-")
        for candidate in (self._slots.get("language"), hint, hint.split("-")[0]):
            if candidate and self._nlg.translations.serves(candidate):
                return str(candidate)
        return SOURCE_LANGUAGE

    def message(
        self, name: str, options: list[dict[str, Any]], details: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        response = self._variation(name, self._values)
        if response is None:
            return None
        text = self._text(response.get("text") or "", name, name, self._values)
        # Buttons and cards are narrow.
        self._brief = True
        buttons = [
            {**button, "title": self._text(button["title"], name, button_context(name), self._values)}
            for button in response.get("buttons") or []
        ]
        buttons += [{"title": self._written(o.get("title"), name), "payload": o.get("payload", "")} for o in options]
        return {
            "text": text,
            "buttons": buttons,
            "custom": self._card(details, name) if details else None,
            "language": self.language,
            "said": {"values": self._values, "options": options, "details": details},
        }

    def _variation(self, name: str, values: dict[str, Any]) -> dict[str, Any] | None:
        if name not in self._nlg.responses:
            logger.error("no reply named %s in the domain", name)
            return None
        fitting = ResponseVariationFilter(self._nlg.responses).responses_for_utter_action(
            name, self._channel, {**self._slots, **values}
        )
        if not fitting:
            logger.error("no variation of %s fits its conditions", name)
            return None
        # Drawn by the message's id, so that the same turn done again says the same.
        digest = hashlib.sha256(f"{self._seed}/{name}".encode()).digest()
        return dict(fitting[int.from_bytes(digest[:4], "big") % len(fitting)])

    def _text(self, english: str, name: str, context: str, values: dict[str, Any]) -> str:
        if not english:
            return ""
        translated = self._nlg.translations.translate(english, context, self.language)
        text = PLACEHOLDER.sub(lambda match: self._filled(match[1], name, values), translated)
        text = _TWO_STOPS.sub(".", text)
        return _CHINESE_BESIDE_LATIN.sub(" ", text) if self._locale.language == "zh" else text

    def _filled(self, placeholder: str, name: str, values: dict[str, Any]) -> str:
        value = values[placeholder] if placeholder in values else self._slots.get(placeholder)
        if value is None:
            logger.error("reply %s needs a value for {%s} and got none", name, placeholder)
            return MISSING
        return self._written(value, f"{name} {{{placeholder}}}")

    def _written(self, value: Any, where: str) -> str:
        try:
            return Writer(self._locale, self._say, self._brief).write(value)
        except ValueProblem as problem:
            logger.error("reply %s: %s", where, problem)
            return MISSING

    def _say(self, name: str, values: dict[str, Any]) -> str:
        if self._depth >= _MAX_DEPTH:
            raise ValueProblem(f"{name} is nested too deeply")
        self._depth += 1
        try:
            response = self._variation(name, {**self._values, **values})
            if response is None:
                raise ValueProblem(f"there is no reply named {name} to put in")
            return self._text(response.get("text") or "", name, name, {**self._values, **values})
        finally:
            self._depth -= 1

    def _card(self, details: dict[str, Any], name: str) -> dict[str, Any] | None:
        if details.get("type") not in ("parcel", "order", "case") or "title" not in details:
            logger.error("reply %s: a card needs a known type and a title", name)
            return None

        def written(holder: dict[str, Any], key: str) -> str | None:
            return None if holder.get(key) is None else self._written(holder[key], f"{name} card.{key}")

        link = details.get("link")
        return {
            "type": details["type"],
            "title": written(details, "title"),
            "subtitle": written(details, "subtitle"),
            "status": written(details, "status"),
            "progress": details.get("progress"),
            "fields": [{k: written(f, k) for k in ("label", "value")} for f in details.get("fields") or []],
            "items": [{k: written(i, k) for k in ("title", "detail")} for i in details.get("items") or []],
            "link": {"title": written(link, "title"), "url": link.get("url")} if link else None,
        }
