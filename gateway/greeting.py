"""The first thing a shopper reads: who answers here, and three ways to begin."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway import outbox
from gateway.outbox import Saying
from gateway.tables import Conversation, Sender
from gateway.texts import Texts

# Names in texts.yml, and what pressing them means to the assistant.
_BUTTONS = {"button_track": "/track_order", "button_return": "/return_item", "button_person": "/human_agent"}


def greet(session: Session, texts: Texts, conversation: Conversation, shop_name: str) -> None:
    """Say in a new conversation that an assistant answers, not a person."""
    language = conversation.language
    buttons = [{"title": texts.say(name, language), "payload": payload} for name, payload in _BUTTONS.items()]
    saying = Saying(Sender.SYSTEM, texts.say("greeting", language, shop=shop_name), buttons=buttons)
    outbox.say(session, conversation, "greeting", saying)
