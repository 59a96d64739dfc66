"""Clauses: the parts of a message that may each carry a need ("cancel the lamp | and where is the rest?").

Cutting is generous; whether the parts are needs of their own is decided when they have been classified (needs.py).
"""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import text_of

CLAUSES = "clauses"


def clause_texts(message: Message) -> list[str]:
    """Return the texts of a message's clauses; none when it is one piece."""
    text = text_of(message)
    return [text[clause["start"] : clause["end"]] for clause in message.get(CLAUSES) or []]
