"""The assistant as the gateway sees it: one HTTP channel on loopback, its answers checked before they are believed."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from desk.settlement import Settlement
from gateway.inbox import Work
from gateway.tables import Kind

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 3.0
_HEALTH_SECONDS = 1.5
# "Not there" or "not ready": the same message can be answered later. 401 is a wrong setting, mended by a restart.
_COME_BACK = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class AssistantAway(RuntimeError):
    """The assistant is not running or not ready: nothing is wrong with the message, it can wait."""


class AssistantFailed(RuntimeError):
    """The assistant took the message and gave no usable answer. `final`: trying again cannot help."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def _web_address(value: str) -> str:
    if urlsplit(value).scheme not in {"http", "https"}:
        raise ValueError("only http and https links may reach a shopper")
    return value


NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Button(_Wire):
    """A quick reply; the payload is an intent, never free text."""

    title: NonEmpty
    payload: Annotated[str, StringConstraints(pattern=r"^/")]


class Link(_Wire):
    """Where a card leads."""

    title: NonEmpty
    url: Annotated[str, AfterValidator(_web_address)]


class Progress(_Wire):
    """How far a parcel or an order has come."""

    step: int = Field(ge=0)
    of: int = Field(ge=1)


class CardField(_Wire):
    """One line of facts in a card."""

    label: str
    value: str


class CardItem(_Wire):
    """One article in a card."""

    title: str
    detail: str | None = None


class Card(_Wire):
    """An order, a parcel or a case at a glance, already in the shopper's language."""

    type: Literal["parcel", "order", "case"]
    title: str
    subtitle: str | None = None
    status: str | None = None
    progress: Progress | None = None
    fields: list[CardField] = []
    items: list[CardItem] = []
    link: Link | None = None


class Reply(_Wire):
    """One thing the assistant says."""

    name: str | None = None
    text: Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
    buttons: list[Button] = []
    card: Card | None = None
    language: str | None = Field(None, max_length=16)


class Answer(_Wire):
    """The assistant's answer to one message: what to say, and the turn as it understood it."""

    message_id: str
    duplicate: bool = False
    replies: list[Reply]
    turn: dict[str, Any]

    @property
    def spoken(self) -> list[Reply]:
        """The replies that a shopper would notice."""
        return [reply for reply in self.replies if reply.text.strip() or reply.card]


class Assistant:
    """A client for the assistant's channel.

    Args:
        url: the channel's address, without a slash at the end.
        token: the bearer token both sides know.
        shop: the shop in whose name messages are sent.
        timeout: seconds one turn may take.
    """

    def __init__(self, url: str, token: str, shop: str, timeout: float) -> None:
        self._shop = shop
        # No proxy of the environment may stand between the two: this is loopback.
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=30),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def answer(self, work: Work) -> Answer:
        """Return the assistant's answer to a shopper's message; asking again with the same id gives it again.

        Raises:
            AssistantAway, AssistantFailed: there is no answer; the first says that it is worth waiting.
        """
        body = {
            "message_id": work.id,
            "conversation_id": work.conversation_id,
            "text": None if work.payload else work.text,
            "payload": work.payload,
            "channel": work.channel,
            "metadata": {
                "shop": self._shop,
                "locale": work.locale,
                "received_at": work.received_at.isoformat(),
                "handler_note": None,
            },
        }
        response = await self._post("/messages", body)
        try:
            answer = Answer.model_validate_json(response.content)
        except ValidationError as error:
            # The values may be the shopper's words: only where the mistake is goes to the log.
            places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors())
            raise AssistantFailed(f"its answer does not have the agreed form ({places})") from error
        if answer.message_id != work.id:
            raise AssistantFailed("it answered another message")
        return answer

    async def hand_back(self, work: Work) -> None:
        """Tell the assistant that a person gave the conversation back. Raises AssistantAway, AssistantFailed."""
        body = {
            "conversation_id": work.conversation_id,
            "event_id": work.id,
            "note": work.text,
            "settled": _settled(work),
        }
        await self._post("/handback", body)

    async def tell(self, work: Work) -> Answer | None:
        """Send whatever the work is; a message has an answer, a hand-back has none."""
        if work.kind == Kind.HANDBACK:
            await self.hand_back(work)
            return None
        return await self.answer(work)

    async def is_ready(self) -> bool:
        """Tell whether the assistant answers its health check."""
        try:
            response = await self._http.get("/health", timeout=_HEALTH_SECONDS)
        except httpx.HTTPError:
            return False
        return response.status_code == HTTPStatus.OK

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            response = await self._http.post(path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise AssistantAway(type(error).__name__) from error
        except httpx.HTTPError as error:
            # Cut off or too slow in the middle of a turn: the turn may or may not have been run.
            raise AssistantFailed(type(error).__name__) from error
        status = response.status_code
        if status in _COME_BACK:
            if status == HTTPStatus.UNAUTHORIZED:
                log.error("the assistant refuses the gateway's token: QUAYSIDE_ASSISTANT_TOKEN differs")
            raise AssistantAway(f"HTTP {status}")
        if status != HTTPStatus.OK:
            raise AssistantFailed(f"HTTP {status}", final=response.is_client_error)
        return response


def _settled(work: Work) -> dict[str, Any] | None:
    """What was settled at a hand-back, with the moment; None for a row that does not say (any more) what we know."""
    try:
        settled = Settlement.model_validate_json(work.payload) if work.payload else None
    except ValidationError:
        # The hand-back itself counts more: the assistant must know that it answers again.
        log.error("a hand-back says in an unknown form what was settled")
        return None
    return {**settled.model_dump(mode="json"), "at": work.received_at.isoformat()} if settled else None
