"""What a channel must be able to do; the storefront chat is the first, WhatsApp would be the next file."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter


class Channel(Protocol):
    """One way in and out.

    In: a door of `doors()` proves who is calling (a token, a vendor's signature over the raw body), turns the payload
    into `gateway.inbox.Incoming`, and calls `Gateway.accept`, which is durable when it returns: then it acknowledges.

    Out: `changed` says that the outbox has something new; the channel reads it in order (`gateway.outbox.after`),
    delivers it, and notes that with `gateway.outbox.mark_delivered`. It may be called for conversations that are not
    this channel's, from the event loop, and must return at once.
    """

    name: str

    def doors(self) -> APIRouter:
        """Return the channel's routes on the public port."""
        ...

    def changed(self, conversation_id: str) -> None:
        """Hear that a conversation's outbox has something new."""
        ...

    def typing(self, conversation_id: str, on: bool) -> None:
        """Hear that an answer is being made for a conversation, or no longer."""
        ...

    async def start(self) -> None:
        """Begin to deliver: take up what was left undelivered."""
        ...

    async def stop(self) -> None:
        """Deliver nothing more, and end what is open, promptly."""
        ...
