"""`python -m assistant`: check what is needed, then run Rasa behind our one channel, on loopback only.

Not `rasa run`: that one opens "/" and, by a flag, a whole HTTP API; here the channel's routes are all there is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from assistant.logs import configure_logging, silence_old_libraries

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_REQUIRED = (
    "QUAYSIDE_ASSISTANT_PORT",
    "QUAYSIDE_ASSISTANT_TOKEN",
    "QUAYSIDE_ACTIONS_URL",
    "QUAYSIDE_ACTIONS_TOKEN",
    "QUAYSIDE_TRACKER_DB",
)
# Set before TensorFlow and Rasa are imported: no GPU search, no C++ chatter, nothing sent to Rasa's makers.
_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
}
_REQUEST_MAX_BYTES = 1024 * 1024
# Rasa waits 300 s for an action; the answer to the gateway must not be cut before that.
_RESPONSE_TIMEOUT_SECONDS = 320


class StartProblem(Exception):
    """The assistant cannot start; the text says why, and what to do, in one sentence."""


def main() -> int:
    """Run the assistant until it is stopped; return the exit status."""
    os.environ.update({name: value for name, value in _QUIET.items() if name not in os.environ})
    os.chdir(ROOT)  # endpoints.yml, locales/ and models/ are found from here
    try:
        configure_logging(os.environ.get("QUAYSIDE_LOG_LEVEL", "INFO"))
        port = _port()
        _check_order_numbers()
        model = find_model()
        prepare_tracker_database(Path(os.environ["QUAYSIDE_TRACKER_DB"]))
        _serve(port, model)
    except StartProblem as problem:
        sys.stderr.write(f"The assistant cannot start: {problem}\n")
        return 1
    return 0


def _port() -> int:
    missing = [name for name in _REQUIRED if not os.environ.get(name)]
    if missing:
        raise StartProblem(f"{', '.join(missing)} must be set; `make run` sets them.")
    port = os.environ["QUAYSIDE_ASSISTANT_PORT"]
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise StartProblem(f"QUAYSIDE_ASSISTANT_PORT must be a port number, not {port!r}.")
    _check_port_is_free(int(port))
    return int(port)


def _check_order_numbers() -> None:
    from assistant.nlu.order_numbers import shop_order_numbers

    try:
        shop_order_numbers()
    except ValueError as problem:
        raise StartProblem(f"{problem}; see .env.example.") from None


def _check_port_is_free(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise StartProblem(f"port {port} is in use; stop what uses it or set QUAYSIDE_ASSISTANT_PORT.") from None


def find_model() -> Path:
    """Return the model to run: `QUAYSIDE_MODEL`, or the newest in models/."""
    chosen = os.environ.get("QUAYSIDE_MODEL")
    if chosen:
        if not Path(chosen).is_file():
            raise StartProblem(f"QUAYSIDE_MODEL names {chosen}, which is not a file.")
        return Path(chosen)
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise StartProblem("there is no trained model in models/; run `make train`.")
    return models[-1]


def prepare_tracker_database(path: Path) -> None:
    """Create the tracker's SQLite file if needed and put it in WAL mode, so that readers never block a turn."""
    import sqlite3

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        finally:
            connection.close()
        path.chmod(0o600)  # conversations are in it
    except (OSError, sqlite3.Error) as error:
        raise StartProblem(f"the tracker database {path} cannot be opened ({error}).") from error
    if mode != "wal":
        raise StartProblem(f"the tracker database {path} cannot use WAL mode; is it on a network drive?")


def _serve(port: int, model: Path) -> None:
    from sanic import Sanic  # before Rasa: Sanic turns warnings on again, and silence follows it

    silence_old_libraries()
    from rasa.core.channels.channel import register
    from rasa.core.run import close_resources, create_http_input_channels
    from rasa.shared.exceptions import RasaException

    try:
        channels = create_http_input_channels(None, "credentials.yml")
        agent = asyncio.run(_load(model))
    except RasaException as error:
        raise StartProblem(str(error)) from error

    app = Sanic("quayside_assistant", configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=_REQUEST_MAX_BYTES,
        RESPONSE_TIMEOUT=_RESPONSE_TIMEOUT_SECONDS,
        FALLBACK_ERROR_FORMAT="json",
        ACCESS_LOG=False,
    )
    app.ctx.agent = agent
    register(channels, app, route="/webhooks/")
    app.register_listener(close_resources, "after_server_stop")
    logging.getLogger(__name__).info("ready on %s:%s with %s", HOST, port, model.name)
    # One worker: the lock that keeps a conversation in order lives in this process.
    app.run(host=HOST, port=port, workers=1, motd=False)


async def _load(model: Path):  # type: ignore[no-untyped-def]  # rasa is imported late, after the environment is set
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    agent = await load_agent(model_path=str(model), endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"))
    if not agent.is_ready():
        raise StartProblem(f"the model {model.name} cannot be loaded (see above); run `make train`.")
    await _warm_up(agent)
    # Rasa wraps the store so that an error falls back to memory, silently losing conversations. Here an error is an
    # error: the gateway keeps the message and asks again.
    agent.tracker_store = agent.processor.tracker_store = agent.tracker_store._tracker_store
    if agent.processor.action_endpoint is not None:
        from assistant.action_server import ActionServer

        agent.processor.action_endpoint = ActionServer(agent.processor.action_endpoint)
    return agent


async def _warm_up(agent) -> None:  # type: ignore[no-untyped-def]
    """Read dictionaries and compile word lists now, for every language, not at the first shopper's message."""
    from rasa.core.channels.channel import UserMessage

    from assistant.replies.catalogue import SOURCE_LANGUAGE, po_files

    for language in (SOURCE_LANGUAGE, *po_files()):
        await agent.processor.parse_message(UserMessage("1042", metadata={"locale": language}))


if __name__ == "__main__":
    sys.exit(main())
