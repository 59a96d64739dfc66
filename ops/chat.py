"""`make chat`: talk to the assistant in the terminal, through the same door as the storefront chat."""

from __future__ import annotations

import argparse
import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import requests

from core.identifiers import new_identifier
from core.settings import ROOT, settings
from ops.failure import Failure, run_command
from ops.health import reachable, wait_until_healthy
from ops.setup import prepare_secrets

# The first answer may wait for a cold model; after that a turn takes well under a second.
_ANSWER_SECONDS = 40.0
_QUIET_SECONDS = 1.0
_HINT = "Type what a shopper would write; a number chooses a button; Ctrl-D leaves.\n"


class ChatClient:
    """One shopper's session at the storefront chat.

    Args:
        base_url: the gateway's address, without a slash at the end.
        locale: the visitor's language tag, or None to leave it to the assistant.
    """

    def __init__(self, base_url: str, locale: str | None = None) -> None:
        self._base_url = base_url
        self._http = requests.Session()
        answer = self._http.post(f"{base_url}/chat/sessions", json={"locale": locale}, timeout=10)
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        self.events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, text: str | None = None, button: str | None = None) -> None:
        """Send a text or the token of a button; raises Failure with the server's own words when refused."""
        body = {"id": new_identifier(), **({"text": text} if button is None else {"button": button})}
        answer = self._http.post(f"{self._base_url}/chat/messages", json=body, timeout=10)
        if answer.status_code != 202:
            raise Failure(answer.json().get("error", {}).get("message", f"refused ({answer.status_code})"))

    def _listen(self) -> None:
        last_id = "0"
        with contextlib.suppress(requests.RequestException):
            while True:
                headers = {"Last-Event-ID": last_id, "Accept": "text/event-stream"}
                with self._http.get(
                    f"{self._base_url}/chat/events", headers=headers, stream=True, timeout=(5, 60)
                ) as stream:
                    stream.encoding = "utf-8"
                    for event in parse_events(stream.iter_lines(decode_unicode=True)):
                        last_id = event.get("id", last_id)
                        self.events.put((event["event"], json.loads(event["data"])))


def parse_events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Yield server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) from lines."""
    event: dict[str, str] = {}
    for line in lines:
        if not line:
            if "data" in event:
                yield {"event": "message", **event}
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[name] = f"{event[name]}\n{value}" if name == "data" and "data" in event else value


def _show(message: dict[str, Any], buttons: list[dict[str, str]]) -> None:
    who = message.get("name") or message["from"]
    print(f"\n{who}: {message['text'] or ''}")
    card = message.get("card")
    if card:
        print(f"  [{card['title']}{' · ' + card['status'] if card.get('status') else ''}]")
        for field in card.get("fields", []):
            print(f"   {field['label']}: {field['value']}")
    for button in message.get("buttons") or []:
        buttons.append(button)
        print(f"  ({len(buttons)}) {button['title']}")


def _print_answers(client: ChatClient, wait: float) -> list[dict[str, str]]:
    """Print what comes until it is quiet; return the buttons shown."""
    buttons: list[dict[str, str]] = []
    with contextlib.suppress(queue.Empty):
        while True:
            kind, data = client.events.get(timeout=wait)
            if kind == "message":
                _show(data, buttons)
                wait = _QUIET_SECONDS
            elif kind == "typing":
                wait = _ANSWER_SECONDS if data["on"] else _QUIET_SECONDS
    return buttons


def _talk(client: ChatClient) -> None:
    print(_HINT)
    buttons = _print_answers(client, 5.0)
    while True:
        try:
            line = input("\nyou: ").strip()
        except EOFError:
            print()
            return
        if not line:
            continue
        chosen = int(line) - 1 if line.isascii() and line.isdigit() and 0 < int(line) <= len(buttons) else None
        try:
            client.send(text=line, button=None if chosen is None else buttons[chosen]["token"])
        except Failure as refusal:
            print(f"! {refusal}")
            continue
        buttons = _print_answers(client, _ANSWER_SECONDS) or buttons


@contextlib.contextmanager
def _running_stack(base_url: str) -> Iterator[None]:
    """Use the stack that runs, or start one for as long as the chat lasts."""
    health = {"gateway": f"{base_url}/health"}
    if wait_until_healthy(health, 0.5, lambda: True, lambda _: None):
        yield
        return
    log_path = settings().var_dir / "run.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    # A closed terminal must stop it, too.
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    print("Quayside is not running; starting it (half a minute, more the first time) …", flush=True)
    with log_path.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.run"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            while "Quayside is ready." not in log_path.read_text(encoding="utf-8", errors="replace"):
                if process.poll() is not None:
                    last = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
                    raise Failure(f"it did not start: {''.join(last)} (all of it: {log_path})")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.5)
            yield
        finally:
            process.terminate()
            process.wait(30)


def main() -> None:
    """Talk until Ctrl-D."""
    parser = argparse.ArgumentParser(prog="make chat")
    parser.add_argument("--locale", help="the visitor's language, such as es or zh-Hans")
    arguments = parser.parse_args()
    prepare_secrets()
    base_url = f"http://{reachable(settings().gateway_host)}:{settings().gateway_port}"
    with _running_stack(base_url):
        _talk(ChatClient(base_url, arguments.locale))


if __name__ == "__main__":
    run_command(main)
