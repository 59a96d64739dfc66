"""The gateway as one object: everything its doors need, and what they may ask of it."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.failpoints import failpoint
from core.settings import Settings, SettingsError
from gateway import conversations, greeting, inbox, metrics, outbox
from gateway.arrivals import Arrivals
from gateway.assistant import Assistant
from gateway.channels.channel import Channel
from gateway.channels.storefront_chat import StorefrontChat
from gateway.conversations import NoConversation
from gateway.database import Database
from gateway.inbox import Accepted, Incoming
from gateway.limits import Limits
from gateway.refusals import Refusal
from gateway.tables import Conversation
from gateway.texts import Texts
from gateway.tokens import Tokens
from gateway.worker import Patience, Workers

log = logging.getLogger(__name__)

# Other processes write into the outbox too (an answer that came late): this often it is looked at for theirs.
_WATCH_SECONDS = 0.5
_LAST_TURNS_SECONDS = 5.0
_HEALTH_CACHE_SECONDS = 2.0


class NotSetUp(RuntimeError):
    """The database cannot be used; the message says what to do."""


class Gateway:
    """The front door's parts, and the few things its doors ask for.

    Args:
        settings: the installation's settings.
        patience: how long the assistant is waited for.

    Raises:
        SettingsError: a secret is missing.
    """

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        for name in ("secret_key", "assistant_token", "internal_token"):
            if not getattr(settings, name):
                raise SettingsError(f"QUAYSIDE_{name.upper()} is empty; `make setup` makes the secrets.")
        self.settings = settings
        self.texts = Texts.load()
        self.tokens = Tokens(settings.secret_key)
        self.database = Database()
        self.arrivals = Arrivals(self.database, settings.shop, self._arrived)
        self.limits = Limits(settings.messages_per_minute, settings.conversations_per_hour)
        self.assistant = Assistant(
            settings.assistant_url, settings.assistant_token, settings.shop, settings.assistant_timeout_seconds
        )
        self.channels: list[Channel] = [StorefrontChat(self)]
        self.workers = Workers(self, patience or Patience())
        self._watcher: asyncio.Task[None] | None = None
        self._ready_at = -_HEALTH_CACHE_SECONDS
        self._ready = False

    async def __aenter__(self) -> Self:
        """Take up what was waiting, and begin to deliver. Raises NotSetUp."""
        try:
            newest = await self.database.read(outbox.newest_id)
        except SQLAlchemyError as error:
            reason = str(error).splitlines()[0]
            raise NotSetUp(f"The database is not there or has no tables ({reason}). Run `make setup`.") from error
        for channel in self.channels:
            await channel.start()
        self._watcher = asyncio.create_task(self._watch(newest))
        await self.workers.resume()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End the streams, let running turns end, leave the rest for the next start."""
        await self.stop_channels()
        await self.arrivals.stop()
        await self.workers.stop(_LAST_TURNS_SECONDS)
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self.assistant.close()

    async def stop_channels(self) -> None:
        """End what the channels hold open, such as event streams."""
        for channel in self.channels:
            await channel.stop()

    async def open_conversation(self, channel: str, locale: str | None, address: str) -> Conversation:
        """Begin a conversation with its greeting. `locale` is the visitor's tag. Raises Refusal after too many."""
        wait = self.limits.conversation(address)
        if wait:
            raise Refusal(429, "too_many_conversations", retry_after=wait)

        def work(session: Session) -> Conversation:
            conversation = conversations.create(
                session,
                shop=self.settings.shop,
                channel=channel,
                locale=self.texts.tag(locale),
                language=self.texts.negotiate(locale),
            )
            greeting.greet(session, self.texts, conversation, self.settings.shop_name)
            return conversation

        return await self.database.write(work)

    async def accept(self, incoming: Incoming, channel: str, address: str) -> str:
        """Take a shopper's message, for good: when this returns its id, it is durable and will be answered.

        Raises:
            Refusal: too many messages (not for one that was accepted before), no such conversation, a bad button.
        """
        wait = self.limits.message(incoming.conversation_id, address)
        if wait:
            known = await self.database.read(
                lambda s: inbox.known(s, incoming.conversation_id, incoming.client_id), urgent=True
            )
            if known is None:
                raise Refusal(429, "too_many_messages", retry_after=wait)
            return known
        try:
            accepted = await self.arrivals.accept(incoming)
        except NoConversation as error:
            raise Refusal(401, "unauthorised") from error
        if accepted.new:
            metrics.ACCEPTED.labels(channel).inc()
        return accepted.message_id

    def _arrived(self, incoming: Incoming, accepted: Accepted) -> None:
        # A message sent again is no new work, but its worker may not have been woken the first time.
        failpoint("gateway.after_accept")
        if accepted.new:
            self.changed(incoming.conversation_id)
        if accepted.for_assistant:
            self.workers.wake(incoming.conversation_id)

    def changed(self, conversation_id: str) -> None:
        """Tell the channels that a conversation's outbox has something new."""
        for channel in self.channels:
            channel.changed(conversation_id)

    def typing(self, conversation_id: str, on: bool) -> None:
        """Tell the channels whether an answer is being made for a conversation."""
        for channel in self.channels:
            channel.typing(conversation_id, on)

    async def health(self) -> dict[str, str]:
        """Return how the gateway is: `status` is "ok" when it can take messages, whatever the assistant does."""
        try:
            await self.database.read(outbox.newest_id)
        except SQLAlchemyError:
            log.exception("the database does not answer")
            return {"status": "failing", "database": "failing"}
        return {"status": "ok", "database": "ok", "assistant": "ok" if await self._assistant_ready() else "away"}

    async def _assistant_ready(self) -> bool:
        # Anybody may ask for the health of the public door: they must not become a load for the assistant.
        if time.monotonic() - self._ready_at >= _HEALTH_CACHE_SECONDS:
            self._ready_at = time.monotonic()
            self._ready = await self.assistant.is_ready()
        return self._ready

    async def _watch(self, newest: int) -> None:
        """Look for what other processes wrote into the outbox, for ever."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                newest, changed = await self.database.read(partial(outbox.changed_since, after_id=newest))
            except SQLAlchemyError:
                log.exception("the outbox could not be read")
                continue
            for conversation_id in changed:
                self.changed(conversation_id)
