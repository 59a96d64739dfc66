"""Workers: one for each conversation in which something waits, so that its messages are answered in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from core.clock import utc_now
from core.failpoints import failpoint
from gateway import inbox, metrics, turns
from gateway.assistant import AssistantAway, AssistantFailed
from gateway.inbox import Work
from gateway.tables import Kind, Status

if TYPE_CHECKING:
    from gateway.gateway import Gateway

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long the gateway waits for the assistant before it does what.

    Attributes:
        first_pause, longest_pause: seconds between tries; each pause is twice the one before.
        tell_after: seconds of trying after which the shopper and the desk are told that the answer must wait.
        give_up_after: age of a message at which an assistant that is away is not waited for any longer. A late answer
            is better than none, but nobody wants one to yesterday's question from out of the blue.
        tries: how often a message is tried that the assistant takes and then fails to answer, or whose answer cannot be
            stored.
    """

    first_pause: float = 0.3
    longest_pause: float = 3.0
    tell_after: float = 20.0
    give_up_after: timedelta = timedelta(hours=1)
    tries: int = 3

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait after the given number of failed tries."""
        return min(self.longest_pause, self.first_pause * 2.0 ** min(attempt - 1, 16))


class Workers:
    """Takes what waits in the inbox to the assistant, and its answers to the outbox.

    Args:
        gateway: whose inbox, assistant, texts and channels they are.
        patience: how long to wait for the assistant.
    """

    def __init__(self, gateway: Gateway, patience: Patience) -> None:
        self._gateway = gateway
        self._database = gateway.database
        self._shop = gateway.settings.shop
        self._slots = asyncio.Semaphore(gateway.settings.assistant_concurrency)
        self._patience = patience
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._more: set[str] = set()
        self._stopping = False

    async def resume(self) -> None:
        """Take up everything that was waiting when the gateway last stopped."""
        waiting = await self._database.read(lambda s: inbox.conversations_with_work(s, self._shop))
        if waiting:
            log.info("taking up %d conversations that were waiting", len(waiting))
        for conversation_id in waiting:
            self.wake(conversation_id)

    def wake(self, conversation_id: str) -> None:
        """Say that something waits in a conversation; returns at once."""
        if self._stopping:
            return
        if conversation_id in self._tasks:
            self._more.add(conversation_id)
            return
        task = asyncio.create_task(self._serve(conversation_id), name=f"conversation {conversation_id}")
        self._tasks[conversation_id] = task

    async def stop(self, seconds: float) -> None:
        """Begin nothing more; let running turns end for some seconds, and leave the others waiting in the inbox."""
        self._stopping = True
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _done, running = await asyncio.wait(tasks, timeout=seconds)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _serve(self, conversation_id: str) -> None:
        try:
            while not self._stopping:
                self._more.discard(conversation_id)
                work = await self._next(conversation_id)
                if work is not None:
                    await self._do(work)
                elif conversation_id not in self._more:
                    return
        finally:
            # No await between the last look and this: a wake-up cannot fall in between.
            del self._tasks[conversation_id]
            self._more.discard(conversation_id)

    async def _next(self, conversation_id: str) -> Work | None:
        attempt = 0
        while True:
            try:
                return await self._database.read(lambda s: inbox.next_work(s, self._shop, conversation_id))
            except Exception:
                # The message stays in the inbox whatever this was; giving up would leave it there unseen.
                log.exception("the inbox could not be read")
                attempt += 1
                await asyncio.sleep(self._patience.pause(attempt))

    async def _do(self, work: Work) -> None:
        if work.kind == Kind.HANDBACK:
            await self._until_it_ends(work)
            return
        self._gateway.typing(work.conversation_id, True)
        late = asyncio.create_task(self._tell_when_late(work))
        try:
            await self._until_it_ends(work)
        finally:
            late.cancel()
            self._gateway.typing(work.conversation_id, False)

    async def _tell_when_late(self, work: Work) -> None:
        # Whatever the reason: assistant away, hanging, or too many before this one.
        await asyncio.sleep(self._patience.tell_after)
        try:
            told = await self._database.write(
                partial(turns.tell_delay, texts=self._gateway.texts, shop=self._shop, work=work)
            )
        except Exception:
            log.exception("message %s: the delay could not be told", work.id)
            return
        self._gateway.typing(work.conversation_id, False)
        if told:
            metrics.DELAYED.inc()
            self._gateway.changed(work.conversation_id)

    async def _until_it_ends(self, work: Work) -> None:
        attempt, failures = 0, 0
        while not self._stopping:
            try:
                await self._try(work)
                return
            except AssistantAway as error:
                log.warning("the assistant is away (%s)", error)
                metrics.RETRIED.labels("away").inc()
                over = utc_now() - work.received_at >= self._patience.give_up_after
            except AssistantFailed as error:
                failures += 1
                log.warning("message %s: no answer from the assistant, try %d: %s", work.id, failures, error)
                metrics.RETRIED.labels("failed").inc()
                over = error.final or failures >= self._patience.tries
            except OperationalError:
                # The database is away. The answer is not lost: the same id is asked again.
                log.exception("message %s: the turn could not be written", work.id)
                over = False
            except Exception:
                # A mistake of ours, or an answer that cannot be stored: it must not hold up the conversation for ever.
                failures += 1
                log.exception("message %s: the turn could not be ended, try %d", work.id, failures)
                over = failures >= self._patience.tries
            if over and await self._fail(work):
                return
            attempt += 1
            await asyncio.sleep(self._patience.pause(attempt))

    async def _try(self, work: Work) -> None:
        """Ask the assistant once and end the turn with its answer, unless a person has the message by now."""
        async with self._slots:
            if not await self._database.read(lambda s: inbox.is_pending(s, work)):
                return
            began = time.perf_counter()
            failpoint("gateway.before_post")
            answer = await self._gateway.assistant.tell(work)
            failpoint("gateway.after_post")
        await self._end(work, partial(turns.finish, answer=answer))
        metrics.TURN_SECONDS.observe(time.perf_counter() - began)

    async def _fail(self, work: Work) -> bool:
        try:
            await self._end(work, turns.fail)
        except Exception:
            log.exception("message %s: its failure could not be told", work.id)
            return False
        log.error("message %s: closed without an answer", work.id)
        return True

    async def _end(self, work: Work, ending: Callable[..., Status]) -> None:
        status = await self._database.write(partial(ending, texts=self._gateway.texts, shop=self._shop, work=work))
        failpoint("gateway.after_turn_commit")
        if work.kind == Kind.MESSAGE:
            metrics.ENDED.labels(status).inc()
        self._gateway.changed(work.conversation_id)
