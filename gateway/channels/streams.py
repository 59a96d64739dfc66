"""The open event streams of the storefront chat, and what wakes them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

from gateway import metrics

# Tabs of one shopper; more is a mistake or an attack.
_MOST_PER_CONVERSATION = 10


class Stream:
    """One open stream. `closing` says that it must end now, `stale` that the outbox must be looked at."""

    def __init__(self) -> None:
        self.closing = False
        self.stale = True
        self._event = asyncio.Event()

    def wake(self) -> None:
        """Say that something has changed."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until something has changed; False when the time is over."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Streams:
    """All open streams of this process, by conversation, and in which conversations an answer is being made."""

    def __init__(self) -> None:
        self._open: defaultdict[str, set[Stream]] = defaultdict(set)
        self._typing: set[str] = set()
        self._closing = False

    def is_full(self, conversation_id: str) -> bool:
        """Tell whether a conversation has as many streams as it may have."""
        return len(self._open.get(conversation_id, ())) >= _MOST_PER_CONVERSATION

    @contextlib.contextmanager
    def open(self, conversation_id: str) -> Iterator[Stream]:
        """Give a stream that hears of a conversation until the block ends."""
        stream = Stream()
        stream.closing = self._closing
        self._open[conversation_id].add(stream)
        metrics.STREAMS.inc()
        try:
            yield stream
        finally:
            metrics.STREAMS.dec()
            self._open[conversation_id].discard(stream)
            if not self._open[conversation_id]:
                del self._open[conversation_id]

    def outbox_changed(self, conversation_id: str) -> None:
        """Make the streams of a conversation look at its outbox."""
        for stream in self._open.get(conversation_id, ()):
            stream.stale = True
            stream.wake()

    def set_typing(self, conversation_id: str, on: bool) -> None:
        """Note whether an answer is being made, and wake the streams to show it."""
        if on:
            self._typing.add(conversation_id)
        else:
            self._typing.discard(conversation_id)
        for stream in self._open.get(conversation_id, ()):
            stream.wake()

    def is_typing(self, conversation_id: str) -> bool:
        """Tell whether an answer is being made."""
        return conversation_id in self._typing

    def close(self) -> None:
        """End all streams, and every one that is opened after this."""
        self._closing = True
        for streams in self._open.values():
            for stream in streams:
                stream.closing = True
                stream.wake()
