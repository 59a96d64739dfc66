"""Limits by visitor: token buckets, in memory, bounded."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# Families, offices and mobile networks share an address: it may send more than one conversation does.
_ADDRESS_FACTOR = 5
# Streams and histories asked for by one conversation: many tabs on a bad line, but no flood.
_LOOKS_PER_MINUTE = 60
_MAX_KEYS = 100_000


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """One bucket a key: `amount` at once, refilled evenly over `seconds`.

    The least recently used keys are forgotten when there are too many, which only means a full bucket for them.
    """

    def __init__(self, amount: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._amount = float(amount)
        self._per_second = amount / seconds
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token; return 0, or the seconds until there is one again (nothing is taken then)."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._amount, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._amount, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / self._per_second

    def give_back(self, key: str) -> None:
        """Put back the token that was just taken: what it was for was refused."""
        self._buckets[key].tokens += 1


class Limits:
    """What one visitor may do: messages per minute, conversations per hour."""

    def __init__(self, messages_per_minute: int, conversations_per_hour: int) -> None:
        self._by_conversation = TokenBuckets(messages_per_minute, 60)
        self._by_address = TokenBuckets(messages_per_minute * _ADDRESS_FACTOR, 60)
        self._conversations = TokenBuckets(conversations_per_hour, 3600)
        self._looks = TokenBuckets(_LOOKS_PER_MINUTE, 60)

    def message(self, conversation_id: str, address: str) -> float:
        """Count a message; return 0 when it is within the limits, else the seconds to wait."""
        wait = self._by_conversation.take(conversation_id)
        if wait:
            return wait
        wait = self._by_address.take(address)
        if wait:
            self._by_conversation.give_back(conversation_id)
        return wait

    def look(self, conversation_id: str) -> float:
        """Count a request for history or events; return 0 when it is within the limits, else the seconds to wait."""
        return self._looks.take(conversation_id)

    def conversation(self, address: str) -> float:
        """Count a new conversation; return 0 when it is within the limits, else the seconds to wait."""
        return self._conversations.take(address)
