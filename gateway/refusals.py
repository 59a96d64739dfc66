"""A polite no: what the gateway does not accept, said in the visitor's language."""

from __future__ import annotations

from math import ceil


class Refusal(Exception):
    """Something from outside is not accepted.

    Args:
        status: the HTTP status.
        code: a name under `refusals` in texts.yml, which is also the error's code on the wire.
        retry_after: seconds after which to try again, told in `Retry-After`.
        values: what fills the text's placeholders.
    """

    def __init__(self, status: int, code: str, *, retry_after: float | None = None, **values: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.values = values
        self.headers = {} if retry_after is None else {"Retry-After": str(max(1, ceil(retry_after)))}
