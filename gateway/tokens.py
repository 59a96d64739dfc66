"""Signed tokens: who may speak in a conversation, and which button was shown in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from core.identifiers import is_identifier

# A chat taken up again renews its token, so this is how long a browser may stay away.
_MAX_AGE_SECONDS = 30 * 24 * 3600
_LONGEST = 512


class BadToken(ValueError):
    """A token is forged, tampered with, too old, or belongs to something else."""


@dataclass(frozen=True)
class Visitor:
    """The holder of a conversation's token; `locale` is the language its widget speaks."""

    conversation_id: str
    locale: str | None


@dataclass(frozen=True)
class ButtonRef:
    """A button as it was shown: which outbox row, which of its buttons. What it means never leaves the house."""

    outbox_id: int
    index: int


class Tokens:
    """Makes and verifies tokens with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key
        self._visitors = URLSafeTimedSerializer(secret_key, salt="quayside.visitor")

    def visitor_token(self, visitor: Visitor) -> str:
        """Return the token that lets a browser speak in its conversation for 30 days."""
        return str(self._visitors.dumps([visitor.conversation_id, visitor.locale]))

    def visitor(self, token: str) -> Visitor:
        """Return whose token it is. Raises BadToken."""
        match _verified(token, lambda: self._visitors.loads(token, max_age=_MAX_AGE_SECONDS)):
            case [str(conversation_id), str() | None as locale] if is_identifier(conversation_id):
                return Visitor(conversation_id, locale)
        raise BadToken("not a visitor's token")

    def button_token(self, conversation_id: str, button: ButtonRef) -> str:
        """Return the token of a button, good in this conversation only."""
        return str(self._buttons(conversation_id).dumps([button.outbox_id, button.index]))

    def button(self, conversation_id: str, token: str) -> ButtonRef:
        """Return which button a token stands for. Raises BadToken, also for another conversation's button."""
        match _verified(token, lambda: self._buttons(conversation_id).loads(token)):
            case [int(outbox_id), int(index)] if index >= 0:
                return ButtonRef(outbox_id, index)
        raise BadToken("not a button's token")

    def _buttons(self, conversation_id: str) -> URLSafeSerializer:
        # The conversation is part of the salt: another one's signature does not verify.
        return URLSafeSerializer(self._secret_key, salt=f"quayside.button.{conversation_id}")


def _verified(token: str, load: Callable[[], object]) -> object:
    if len(token) > _LONGEST:
        raise BadToken("too long")
    try:
        return load()
    except BadSignature as error:
        raise BadToken(type(error).__name__) from error
