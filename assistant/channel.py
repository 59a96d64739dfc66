"""The one way into the assistant: the gateway posts a message and gets back what is said and how it was understood.

Nothing here talks to the outside. The gateway has verified who writes; it sends one message of a conversation at a
time, and sends it again, with the same id, when it does not know what became of it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
import traceback
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, StrictStr, ValidationError, root_validator, validator
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    REQUESTED_SLOT,
    USER_INTENT_BACK,
    USER_INTENT_RESTART,
    USER_INTENT_SESSION_START,
)
from rasa.shared.core.events import ActionExecuted, ActiveLoop, ConversationResumed, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from assistant import waiting
from assistant.action_server import ActionServerAway
from assistant.failpoints import failpoint
from assistant.turn import HANDBACK_KEY, language_of, replies, turn_events, understanding

logger = logging.getLogger(__name__)

NAME = "quayside"
_BODY_MAX_BYTES = 256 * 1024
_TEXT_MAX_CHARS = 20_000
_TOKEN_MIN_CHARS = 16
_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<arguments>\{.*\})?", re.DOTALL)
_COMMAND_NAME = re.compile(r"[a-z_]+(\{.*\})?", re.DOTALL)
# Intents by which Rasa lets anybody wipe a conversation.
_RASA_COMMANDS = frozenset({USER_INTENT_RESTART, USER_INTENT_BACK, USER_INTENT_SESSION_START})
# Rasa's lock is polled; a second, its default, would be felt. It must outlive the slowest action (Rasa waits 300 s).
_LOCK_POLL_SECONDS = 0.05
_LOCK_LIFETIME_SECONDS = 600.0
_CONVERSATION_ID = r"^[A-Za-z0-9_-]{8,64}$"
_MESSAGE_ID = r"^[A-Za-z0-9_.:=+/-]{1,128}$"


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Metadata(_Strict):
    """What the gateway knows about a message; actions read it as `latest_message["metadata"]`."""

    shop: StrictStr = Field(regex=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    locale: StrictStr | None = Field(None, regex=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$", max_length=35)
    received_at: StrictStr = Field(max_length=40)
    handler_note: StrictStr | None = Field(None, max_length=4000)


class IncomingMessage(_Strict):
    """A message from the gateway: typed text, or the payload of a button that the gateway signed and verified."""

    message_id: StrictStr = Field(regex=_MESSAGE_ID)
    conversation_id: StrictStr = Field(regex=_CONVERSATION_ID)
    text: StrictStr | None = Field(None, max_length=_TEXT_MAX_CHARS)
    payload: StrictStr | None = Field(None, max_length=2000)
    channel: Literal["storefront_chat"]
    metadata: Metadata

    @root_validator(skip_on_failure=True)
    def _exactly_one(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values.get("text") is None) == (values.get("payload") is None):
            raise ValueError("exactly one of text and payload must be given")
        return values


class Settled(_Strict):
    """What the person settled with the shopper, when, and by which day (`until`) the shop reports back.

    Case, order and parcel are those of the person's case, as far as it names them. Each code but "nothing" has a reply
    `term_settled_<code>` in domain.yml.
    """

    code: Literal[
        "question_answered",
        "refund_agreed",
        "replacement_agreed",
        "order_changed",
        "claim_taken_up",
        "request_declined",
        "other",
        "nothing",
    ]
    at: StrictStr = Field(max_length=40)
    case_number: StrictStr | None = Field(None, regex=r"^[A-Z]{1,4}-\d{1,15}$")
    order_number: StrictStr | None = Field(None, min_length=1, max_length=64)
    tracking_number: StrictStr | None = Field(None, min_length=1, max_length=128)
    until: StrictStr | None = Field(None, regex=r"^\d{4}-\d\d-\d\d$")

    @validator("at")
    def _is_a_moment(cls, value: str) -> str:
        if datetime.fromisoformat(value).tzinfo is None:
            raise ValueError("a moment has an offset")
        return value

    @validator("until")
    def _is_a_day(cls, value: str | None) -> str | None:
        return value and date.fromisoformat(value).isoformat()


class Handback(_Strict):
    """A person gives the conversation back to the assistant; the note is for the shop's people only."""

    conversation_id: StrictStr = Field(regex=_CONVERSATION_ID)
    event_id: StrictStr = Field(regex=_MESSAGE_ID)
    note: StrictStr | None = Field(None, max_length=4000)
    settled: Settled | None = None


class _BadRequest(Exception):
    """The request is malformed; the text says what is wrong, without repeating what was sent."""


class _NotReady(Exception):
    """No model is loaded yet."""


class Sink(OutputChannel):
    """Drops what Rasa sends: the replies are read from the saved events, so that they can be read again."""

    @classmethod
    def name(cls) -> str:
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        return None


_Handler = Callable[[Request], Awaitable[dict[str, Any]]]


class QuaysideChannel(InputChannel):
    """Rasa input channel with the gateway's three doors: messages, handback, health."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._running: set[asyncio.Task[dict[str, Any]]] = set()

    @classmethod
    def name(cls) -> str:
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> QuaysideChannel:
        """Make the channel from credentials.yml; it refuses to start without a proper token."""
        token = str((credentials or {}).get("token") or "")
        if len(token) < _TOKEN_MIN_CHARS or token.startswith("${"):
            raise RasaException(
                f"QUAYSIDE_ASSISTANT_TOKEN is not set (at least {_TOKEN_MIN_CHARS} characters): "
                "the gateway proves itself with it."
            )
        return cls(token)

    def get_output_channel(self) -> OutputChannel:
        return Sink()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. `on_new_message` is not used: the turn is run under our own hold of the lock."""
        routes = Blueprint("quayside_channel")
        routes.add_route(self._guarded(self._post_message), "/messages", methods=["POST"])
        routes.add_route(self._guarded(self._post_handback), "/handback", methods=["POST"])
        routes.add_route(_health, "/health", methods=["GET"])
        return routes

    def _guarded(self, handler: _Handler) -> Callable[[Request], Awaitable[HTTPResponse]]:
        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            if not self._authorised(request):
                return _error(401, "unauthorised")
            try:
                return json_response(await self._to_the_end(handler(request)))
            except _BadRequest as problem:
                return _error(400, str(problem))
            except _NotReady:
                return _error(503, "no model is loaded")
            except ActionServerAway as problem:
                # Nothing of the turn was saved: the gateway asks again when it is back.
                logger.warning("a turn was called off: the action server is away (%s)", problem)
                return _error(503, "the action server is away")
            except Exception as problem:
                # Where, not what: the error's text may quote the conversation, as SQL errors of Rasa's store do.
                frames = traceback.extract_tb(problem.__traceback__)[-6:]
                where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
                logger.error("a turn failed: %s at %s", type(problem).__name__, where)
                return _error(500, "the assistant failed to handle this")

        return guarded

    def _authorised(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        token = given.strip().encode("utf-8", "surrogateescape")
        return scheme.lower() == "bearer" and hmac.compare_digest(token, self._token)

    async def _to_the_end(self, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        # A gateway that stops waiting must not cut a turn in half: its next try finds the turn done.
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _post_message(self, request: Request) -> dict[str, Any]:
        incoming = _parse(IncomingMessage, request)
        agent = _ready_agent(request)
        text = typed_text(incoming.text) if incoming.text is not None else _checked_payload(incoming.payload, agent)
        message = UserMessage(
            text=text,
            output_channel=Sink(),
            sender_id=incoming.conversation_id,
            input_channel=incoming.channel,
            message_id=incoming.message_id,
            metadata=incoming.metadata.dict(),
        )
        async with _lock(agent, incoming.conversation_id):
            return await _handle_once(agent, message)

    async def _post_handback(self, request: Request) -> dict[str, Any]:
        handback = _parse(Handback, request)
        agent = _ready_agent(request)
        processor = agent.processor
        async with _lock(agent, handback.conversation_id):
            tracker = await processor.fetch_tracker_with_initial_session(handback.conversation_id, Sink())
            if not any((e.metadata or {}).get(HANDBACK_KEY) == handback.event_id for e in tracker.events):
                tracker.update_with_events(_handback_events(tracker, handback), agent.domain)
                await processor.save_tracker(tracker)
        return {"ok": True}


def _handback_events(tracker: DialogueStateTracker, handback: Handback) -> list[Event]:
    mark = {HANDBACK_KEY: handback.event_id}
    events: list[Event] = [ActiveLoop(None, metadata=mark)]
    slots = {
        REQUESTED_SLOT: None,
        "handed_back_note": handback.note,
        waiting.SLOT: None,
        "settled": handback.settled and _in_its_place(handback.settled, tracker),
    }
    events += [SlotSet(name, value, metadata=mark) for name, value in slots.items() if name in tracker.slots]
    if tracker.is_paused():
        events.append(ConversationResumed(metadata=mark))
    # Closed by a listen, also where one stands before: an action that takes back the next message goes back to it.
    return [*events, ActionExecuted(ACTION_LISTEN_NAME, metadata=mark)]


def _in_its_place(settled: Settled, tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return what was settled with what was talked about before the person came; actions/settled.py reads it."""
    talked_of = {name: tracker.get_slot(name) for name in ("order_number", "need") if name in tracker.slots}
    known = {name: value for name, value in settled.dict().items() if value is not None}
    return {**talked_of, **known}


async def _handle_once(agent: Agent, message: UserMessage) -> dict[str, Any]:
    """Run the message's turn unless the saved conversation already holds it; answer from the saved events."""
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    duplicate = bool(tracker and turn_events(tracker.events, message.message_id))
    started = time.perf_counter()
    if not duplicate:
        failpoint("assistant.before_handle")
        tracker = await _handle(agent, message)
        failpoint("assistant.after_save")
    try:
        tracker = await _serve_waiting(agent, tracker, message)
    except Exception as problem:
        if not duplicate or isinstance(problem, ActionServerAway):
            raise  # the gateway asks again
        logger.error("a further need could not be answered: %s", type(problem).__name__)
        tracker = await _give_up(agent, message)
    events = turn_events(tracker.events, message.message_id)
    latency_ms = None if duplicate else round((time.perf_counter() - started) * 1000)
    turn = understanding(events, tracker, latency_ms)
    return {
        "message_id": message.message_id,
        "conversation_id": message.sender_id,
        "duplicate": duplicate,
        "replies": replies(events, language_of(events[0], tracker)),
        "turn": turn,
    }


async def _handle(agent: Agent, message: UserMessage) -> DialogueStateTracker:
    """Let Rasa handle a message, and return the conversation as it was saved."""
    await agent.processor.handle_message(message)
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    if tracker and tracker.latest_action_name != ACTION_LISTEN_NAME:
        await _listen_again(agent, tracker)
    if not tracker or not turn_events(tracker.events, message.message_id):
        raise RasaException("the turn is not in the tracker store")
    return tracker


async def _serve_waiting(agent: Agent, tracker: DialogueStateTracker, message: UserMessage) -> DialogueStateTracker:
    """Answer what waits, as soon as nothing is asked any more. Each step is saved: broken off, it goes on there."""
    if not _is_latest(tracker, message):
        return tracker
    events = turn_events(tracker.events, message.message_id)
    if begun := waiting.noted(tracker, message.message_id, events):
        tracker.update_with_events(begun, agent.domain)
        await agent.processor.save_tracker(tracker)
    while need := waiting.next_need(tracker):
        if not waiting.is_stale(tracker, need) and not waiting.is_done(tracker, need):
            tracker = await _serve(agent, tracker, need)
        if waiting.is_over(turn_events(tracker.events, need["id"])):
            tracker.update(waiting.dropped(), agent.domain)
        else:
            tracker.update(waiting.given_up(tracker, need), agent.domain)
        await agent.processor.save_tracker(tracker)
    return tracker


async def _give_up(agent: Agent, message: UserMessage) -> DialogueStateTracker:
    """Let nothing wait any more: what fails twice would fail at every later message, too."""
    tracker = await agent.tracker_store.retrieve(message.sender_id)
    tracker.update(waiting.dropped(), agent.domain)
    await agent.processor.save_tracker(tracker)
    return tracker


def _is_latest(tracker: DialogueStateTracker, message: UserMessage) -> bool:
    """Whether no message came after this one: what is asked for again then has had its answers."""
    own = [e for e in tracker.events if isinstance(e, UserUttered) and e.input_channel is not None]
    return bool(own) and own[-1].message_id == message.message_id


async def _serve(agent: Agent, tracker: DialogueStateTracker, need: waiting.Need) -> DialogueStateTracker:
    if not waiting.is_announced(tracker, need):
        said = await agent.processor.nlg.generate(waiting.ANNOUNCEMENT, tracker, NAME, values={"words": need["text"]})
        tracker.update(waiting.announced(need, said), agent.domain)
        await agent.processor.save_tracker(tracker)
    words = {"text": typed_text(need["text"]), "sender_id": tracker.sender_id, "metadata": need["metadata"]}
    parsed = await agent.processor.parse_message(UserMessage(**words), tracker)
    # Without a channel of its own: what follows belongs to the turn of the shopper's message.
    further = UserMessage(
        **words, output_channel=Sink(), message_id=need["id"], parse_data=waiting.understood(need, parsed)
    )
    return await _handle(agent, further)


async def _listen_again(agent: Agent, tracker: DialogueStateTracker) -> None:
    """End a turn that Rasa cut off after ten actions: without a listen, it would be silent for ever after."""
    logger.error("a turn did not come to its end after %s", tracker.latest_action_name)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME), agent.domain)
    await agent.processor.save_tracker(tracker)


def typed_text(text: str) -> str:
    """Return what a shopper typed, made safe to parse: no control characters, and no command at its start.

    Rasa takes "/restart" or "/inform{…}" as an order; typed by a shopper it orders nothing, nor is its name read as a
    word ("restart" would stop the task). A command alone, as a message with nothing readable in it, becomes "?", which
    is what the shopper will be told about it.
    """
    readable = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    start = 0
    while start < len(readable) and (readable[start] == "/" or _is_invisible(readable[start])):
        start += 1
    rest = readable[start:].strip()
    is_command = "/" in readable[:start] and _COMMAND_NAME.fullmatch(rest)
    return "?" if is_command or not rest else rest


def _is_invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "ZC"


def _checked_payload(payload: str | None, agent: Agent) -> str:
    match = _PAYLOAD.fullmatch(payload or "")
    if not match or match["intent"] not in set(agent.domain.intents) - _RASA_COMMANDS:
        raise _BadRequest("payload is not a button of this assistant")
    try:
        arguments = json.loads(match["arguments"] or "{}")
    except ValueError:
        raise _BadRequest("payload carries malformed JSON") from None
    if any(isinstance(value, (dict, list)) for value in arguments.values()):
        raise _BadRequest("payload carries nested values")
    return match[0]


def _parse(model: type[_Strict], request: Request) -> Any:
    if len(request.body) > _BODY_MAX_BYTES:
        raise _BadRequest("body is too large")
    try:
        return model.parse_obj(json.loads(request.body))
    except ValidationError as error:
        # Field and rule only: what was sent may be personal.
        raise _BadRequest("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())) from None
    except (ValueError, TypeError, RecursionError):
        raise _BadRequest("body is not a JSON object") from None


def _ready_agent(request: Request) -> Agent:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise _NotReady
    return agent


def _lock(agent: Agent, conversation_id: str) -> AbstractAsyncContextManager[Any]:
    return agent.lock_store.lock(
        conversation_id, lock_lifetime=_LOCK_LIFETIME_SECONDS, wait_time_in_seconds=_LOCK_POLL_SECONDS
    )


async def _health(request: Request) -> HTTPResponse:
    try:
        agent = _ready_agent(request)
    except _NotReady:
        return _error(503, "no model is loaded")
    return json_response({"status": "ok", "model": agent.processor.model_filename})


def _error(status: int, text: str) -> HTTPResponse:
    return json_response({"error": text}, status=status)
