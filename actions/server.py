"""The action server's door: rasa-sdk's webhook on loopback, and nobody in without the token."""

from __future__ import annotations

import hmac
import logging

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from actions.scenario import log_failure
from commerce.systems import systems
from core.settings import SettingsError, settings

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
TOKEN_HEADER = "X-Quayside-Token"
_OPEN_PATHS = frozenset({"/health"})
_TOKEN_MIN_CHARS = 16
# Rasa sends the whole conversation and the domain with every call.
_REQUEST_MAX_BYTES = 32 * 1024 * 1024


def serve() -> None:
    """Run the server in this process until it is stopped.

    Raises:
        SettingsError: there is no proper token.
    """
    token = settings().actions_token
    if len(token) < _TOKEN_MIN_CHARS or len(settings().proof_secret) < _TOKEN_MIN_CHARS:
        raise SettingsError(
            "QUAYSIDE_ACTIONS_TOKEN and QUAYSIDE_PROOF_SECRET must have at least 16 characters; `make run` makes them."
        )
    app = make_app(token)
    systems()  # a handbook that is wrong is told now, not to a shopper
    logger.info("action server on http://%s:%s", HOST, settings().actions_port)
    app.run(host=HOST, port=settings().actions_port, single_process=True, access_log=False, motd=False)


def make_app(token: str) -> Sanic:
    """Return the application with every action of this package, guarded by a token.

    Not rasa-sdk's own application: that one answers an error by logging, and sending back, the whole conversation.
    """
    executor = ActionExecutor()
    logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)  # at every start a line for every action
    executor.register_package("actions")
    app = Sanic("quayside_actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _REQUEST_MAX_BYTES
    expected = token.encode()

    async def guard(request: Request) -> HTTPResponse | None:
        if request.path in _OPEN_PATHS:
            return None
        given = request.headers.get(TOKEN_HEADER, "").encode("utf-8", "surrogateescape")
        return None if hmac.compare_digest(given, expected) else json({"error": "unauthorised"}, status=401)

    async def health(_: Request) -> HTTPResponse:
        return json({"status": "ok"})

    async def webhook(request: Request) -> HTTPResponse:
        call = request.json
        if not isinstance(call, dict):
            return json({"error": "the body must be a JSON object"}, status=400)
        result = await executor.run(call)
        return json(result.model_dump() if result else None)

    async def failed(request: Request, error: Exception) -> HTTPResponse:
        status = _STATUS_OF.get(type(error)) or int(getattr(error, "status_code", 500))
        if status >= 500:
            log_failure(f"{request.method} {request.path}", error)
        # Rasa reads the name to know which form stepped back.
        body = {"error": type(error).__name__, "action_name": getattr(error, "action_name", None)}
        return json(body, status=status)

    app.register_middleware(guard, "request")
    app.add_route(health, "/health", methods=["GET"])
    app.add_route(webhook, "/webhook", methods=["POST"])
    app.exception(Exception)(failed)
    return app


_STATUS_OF = {ActionExecutionRejection: 400, ActionNotFoundException: 404, ActionMissingDomainException: 449}
