"""The gateway's public door as a client that costs little: what it measures is the gateway, not itself."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

from core.identifiers import new_identifier

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Line:
    """One connection on loopback, kept open; one request at a time.

    Args:
        port: the gateway's public port.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect, anew if there was a connection: the server closes one that was silent for a while."""
        await self.close()
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None

    async def post(self, path: str, body: dict[str, Any], token: str = "") -> tuple[bytes, float]:
        """Return the body of the answer, and the seconds until its head was there. Raises RuntimeError if refused."""
        assert self._reader is not None
        assert self._writer is not None
        content = json.dumps(body).encode()
        head = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *([f"Authorization: Bearer {token}"] if token else []),
        ]
        began = time.perf_counter()
        self._writer.write("\r\n".join([*head, "", ""]).encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        took = time.perf_counter() - began
        found = _LENGTH.search(answer)
        rest = await self._reader.readexactly(int(found[1])) if found else b""
        if not answer.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"{path}: {answer.splitlines()[0].decode()} {rest.decode()}")
        return rest, took


class Shopper:
    """A conversation with a line of its own."""

    def __init__(self, port: int) -> None:
        self.line = Line(port)
        self.token = ""

    async def begin(self) -> None:
        """Open the line and a conversation in English."""
        await self.line.open()
        answer, _took = await self.line.post("/chat/sessions", {"locale": "en"})
        self.token = json.loads(answer)["token"]

    async def say(self, text: str) -> float:
        """Send a message; return the seconds until it was acknowledged."""
        _answer, took = await self.line.post("/chat/messages", {"id": new_identifier(), "text": text}, self.token)
        return took
