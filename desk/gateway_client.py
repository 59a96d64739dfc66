"""The gateway's staff door as the desk uses it: taking a conversation over, answering, handing it back.

Every call blocks: in async code call it in a thread. Every call may be repeated without harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from core.settings import Settings
from desk.settlement import Settlement

# To connect on loopback, and to answer: the gateway's own work behind this door is a short transaction.
_CONNECT_SECONDS, _READ_SECONDS = 2.0, 8.0
# Asking who answers is repeated all the time: better soon than surely.
_STATE_SECONDS = 3.0
_RETRIES = 2
_POOL = 16  # as many threads as may talk to the gateway at once


class DoorError(RuntimeError):
    """The staff door did not do what it was asked."""


class DoorDown(DoorError):
    """The gateway does not answer, or answers that it cannot work now; trying again later may help."""


class NotFound(DoorError):
    """The gateway knows no such conversation."""


class HeldByAnother(DoorError):
    """Somebody else has the conversation (`agent`), or nobody has (`agent` is None) and it must be taken first."""

    def __init__(self, agent: str | None) -> None:
        super().__init__(f"held by {agent or 'the assistant'}")
        self.agent = agent


class Refused(DoorError):
    """The gateway refused the request itself; this is a mistake in the set-up or in the program."""


@dataclass(frozen=True)
class Handler:
    """Who answers in a conversation now: a person (`agent` is the account's name) or the assistant (None)."""

    agent: str | None
    channel: str | None = None
    language: str | None = None  # that the assistant speaks there


class StaffDoor:
    """A client of the staff door that keeps its connections open. Safe to share between threads."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._acting, self._asking = _session(token, _RETRIES), _session(token, 0)

    @classmethod
    def from_settings(cls, settings: Settings) -> StaffDoor:
        """Return a client of the gateway that the settings name."""
        return cls(settings.gateway_internal_url, settings.internal_token)

    def handler_of(self, conversation_id: str) -> Handler:
        """Return who answers in a conversation now. Raises DoorDown, NotFound."""
        body = self._call(self._asking, "GET", quote(conversation_id, safe=""), timeout=_STATE_SECONDS)
        person = body.get("handler") == "person"
        return Handler(
            body.get("agent") if person else None, body.get("channel"), body.get("language") or body.get("locale")
        )

    def take_over(self, conversation_id: str, agent: str, agent_name: str) -> None:
        """Close the gate: from now on the person answers. Raises DoorDown, NotFound, HeldByAnother."""
        self._call(self._acting, "POST", _path(conversation_id, "takeover"), {"agent": agent, "agent_name": agent_name})

    def send(self, conversation_id: str, agent: str, text: str, message_id: str) -> None:
        """Answer the shopper; the same `message_id` is delivered once. Raises DoorDown, NotFound, HeldByAnother."""
        self._call(
            self._acting, "POST", _path(conversation_id, "messages"), {"id": message_id, "agent": agent, "text": text}
        )

    def hand_back(
        self, conversation_id: str, agent: str, note: str, settled: Settlement, *, released: bool = False
    ) -> None:
        """Open the gate and tell the assistant what was settled. Raises DoorDown, NotFound, HeldByAnother.

        `released`: a colleague goes on with it, and the shopper whose last message was not answered hears so.
        """
        body = {"agent": agent, "note": note, "settled": settled.model_dump(mode="json"), "released": released}
        self._call(self._acting, "POST", _path(conversation_id, "handback"), body)

    def _call(
        self,
        session: requests.Session,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        timeout: float = _READ_SECONDS,
    ) -> dict[str, Any]:
        url = f"{self._address}/conversations/{path}"
        try:
            answer = session.request(method, url, json=body, timeout=(_CONNECT_SECONDS, timeout), allow_redirects=False)
            content = answer.json() if answer.content else {}
        except requests.JSONDecodeError:
            content = {}
        except requests.RequestException as error:
            raise DoorDown(f"the gateway does not answer at {self._address}") from error
        if not isinstance(content, dict):
            content = {}
        if answer.status_code == 200:
            return content
        if answer.status_code == 404:
            raise NotFound(path)
        if answer.status_code == 409:
            raise HeldByAnother(content.get("agent"))
        if answer.status_code >= 500 or answer.status_code == 429:
            raise DoorDown(f"the gateway answered {answer.status_code}")
        raise Refused(f"the gateway answered {answer.status_code} to {method} {path}")


def _path(conversation_id: str, action: str) -> str:
    return f"{quote(conversation_id, safe='')}/{action}"


def _session(token: str, retries: int) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # loopback: never through a proxy from the environment
    session.headers["Authorization"] = f"Bearer {token}"
    # Every call of ours is idempotent, so posts may be repeated too.
    retry = Retry(
        total=retries,
        backoff_factor=0.2,
        status_forcelist=(502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
    )
    session.mount("http://", HTTPAdapter(max_retries=retry, pool_maxsize=_POOL, pool_connections=1))
    return session
