"""A shopper's browser, as far as the gateway can tell."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx

from core.identifiers import new_identifier

Event = dict[str, Any]


class Shopper:
    """A conversation at the storefront chat: sends, listens, reads the history."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.id = ""
        self.token = ""
        self.session: dict[str, Any] = {}
        self.events: list[Event] = []
        self.last_event_id: str | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def begin(self, locale: str | None = "en") -> Shopper:
        answer = await self.http.post("/chat/sessions", json={"locale": locale}, headers=self.headers)
        assert answer.is_success, answer.text
        self.session = answer.json()
        self.id, self.token = self.session["conversation_id"], self.session["token"]
        return self

    async def post(self, body: Any) -> httpx.Response:
        return await self.http.post("/chat/messages", json=body, headers=self.headers)

    async def send(self, text: str, client_id: str | None = None) -> httpx.Response:
        return await self.post({"id": client_id or new_identifier(), "text": text})

    async def say(self, text: str) -> str:
        """Send a text that must be accepted; returns its id."""
        client_id = new_identifier()
        answer = await self.send(text, client_id)
        assert answer.status_code == 202, answer.text
        return client_id

    async def press(self, token: str) -> httpx.Response:
        return await self.post({"id": new_identifier(), "button": token})

    async def history(self) -> dict[str, Any]:
        answer = await self.http.get("/chat/history", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def listen(self) -> None:
        """Open the event stream, from the last event seen."""
        self._listening = asyncio.create_task(self._listen())

    def keep_listening(self) -> None:
        """Listen as the widget does: when the stream breaks, again from the last event seen."""
        self._listening = asyncio.create_task(self._listen_again_and_again())

    async def leave(self) -> None:
        """Close the event stream, as a browser that goes away."""
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def _listen_again_and_again(self) -> None:
        while True:
            # A gateway that is down or starting is what these tests are about; any other answer than 200 is not.
            with contextlib.suppress(httpx.HTTPError):
                await self._listen()
            await asyncio.sleep(0.1)

    async def _listen(self) -> None:
        headers = dict(self.headers)
        if self.last_event_id is not None:
            headers["Last-Event-ID"] = self.last_event_id
        async with self.http.stream("GET", "/chat/events", headers=headers, timeout=30) as stream:
            assert stream.status_code == 200, await stream.aread()
            event: Event = {}
            async for line in stream.aiter_lines():
                if not line:
                    if "data" in event:
                        self.last_event_id = event.get("id", self.last_event_id)
                        self.events.append({**event, "data": json.loads(event["data"])})
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    event[name] = value

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was said to the shopper, in order."""
        return [e["data"] for e in self.events if e["event"] == "message"]

    @property
    def texts(self) -> list[str]:
        """What the assistant and people said, without the greeting and notices."""
        return [m["text"] for m in self.messages if m["from"] != "system"]

    @property
    def notices(self) -> list[str]:
        """What the gateway said, without the greeting."""
        return [m["text"] for m in self.messages if m["from"] == "system"][1:]

    async def until(self, enough: Callable[[], object], seconds: float = 10) -> None:
        """Wait until something is true; fail with what was seen when it does not come true."""
        async with asyncio.timeout(seconds):
            try:
                while not enough():
                    if self._listening and self._listening.done():
                        self._listening.result()
                    await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                print("seen:", *self.events, sep="\n  ")
                raise

    async def hears(self, count: int, seconds: float = 10) -> list[str]:
        """Wait for so many texts of the assistant or a person, and return all."""
        await self.until(lambda: len(self.texts) >= count, seconds)
        return self.texts
