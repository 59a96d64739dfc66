"""Who looks at a page: the person, their language and time zone, and whether they may still be here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from starlette.requests import Request

from console.guard import Sessions
from console.login import LANGUAGE_COOKIE
from console.texts import Texts, choose_language, zone_named
from desk.sessions import Person

# Set by console.js to the browser's time zone.
ZONE_COOKIE = "quayside_zone"


class LoggedOut(PermissionError):
    """The session of the page is over."""


@dataclass(frozen=True)
class Viewer:
    """The person in front of a page, for as long as the page lives."""

    person: Person
    token: str
    texts: Texts
    sessions: Sessions

    @classmethod
    def of(cls, request: Request, known: Sessions) -> Viewer:
        """Return who asks for a page; the guard has let only known people through."""
        person: Person = request.state.person
        language = choose_language(
            person.language, request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", "")
        )
        texts = Texts(language, zone_named(request.cookies.get(ZONE_COOKIE)))
        return cls(person, request.state.token, texts, known)

    async def now(self) -> Person:
        """Return the person as they are now; on a page whose session is over, go to the login and raise LoggedOut."""
        person = await self.sessions.person(self.token)
        if person is None or person.id != self.person.id:
            ui.navigate.to("/login")
            raise LoggedOut
        return person

    def guarded(self, work: Callable[[Person], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Return an event handler that runs `work(person)` only while the person is logged in.

        The person is read anew each time, so that a role that was taken away is gone at once.
        """

        async def handler() -> None:
            try:
                person = await self.now()
            except LoggedOut:
                return
            await work(person)

        return handler

    def guarded_event(self, work: Callable[[Person, Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """Like `guarded`, for work that needs the event too."""

        async def handler(event: Any) -> None:
            async def with_event(person: Person) -> None:
                await work(person, event)

            await self.guarded(with_event)()

        return handler
