"""The action server as Rasa reaches it: when it is away, the turn is called off instead of going on without it.

Rasa logs a failed call and goes on as if the action had done nothing: the shopper hears nothing, or, worse, what the
next rule says. Here nothing of such a turn is kept; the gateway asks again with the same message id, by which the
writes that were done already are found.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

# Refusals that say "not now" or "not you" of the server, and nothing of the action.
_AWAY = {401, 502, 503, 504}


class ActionServerAway(BaseException):
    """The action server cannot be reached.

    Not an `Exception`: Rasa catches those around an action and carries on with the turn.
    """


class ActionServer(EndpointConfig):
    """The endpoint of endpoints.yml, which calls a turn off when the server is away.

    Args:
        endpoint: the endpoint as Rasa read it.
    """

    def __init__(self, endpoint: EndpointConfig) -> None:
        super().__init__(
            url=endpoint.url,
            params=endpoint.params,
            headers=endpoint.headers,
            basic_auth=endpoint.basic_auth,
            token=endpoint.token,
            token_name=endpoint.token_name,
            cafile=endpoint.cafile,
            **endpoint.kwargs,
        )

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Call the server; arguments and result are those of `EndpointConfig.request`.

        Raises:
            ActionServerAway: no connection, a connection cut in the middle, or no answer in time.
        """
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            if error.status in _AWAY:
                raise ActionServerAway(f"HTTP {error.status}") from error
            raise
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, asyncio.TimeoutError, OSError) as error:
            raise ActionServerAway(type(error).__name__) from error
