"""The guard: without a session there is nothing, not a page, not a file, not a frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from console import app as console_app
from console.guard import SESSION_COOKIE, Guard, Sessions
from console.login import add_login
from core.database import reading, transaction
from core.settings import settings
from desk import accounts, sessions
from desk.login import TRIES_BY_ADDRESS, log_in
from tests.console.sample import PASSWORD, SHOP

HOST = "http://console.example"


@pytest.fixture
def client(staffed: Path) -> TestClient:
    """A small app behind the guard, with the real login."""
    app, known = FastAPI(), Sessions()
    app.add_middleware(Guard, known=known)
    add_login(app, known)

    @app.get("/cases")
    def page(request: Request) -> dict[str, str]:
        return {"name": request.state.person.name}

    @app.post("/change")
    def change() -> dict[str, bool]:
        return {"changed": True}

    @app.websocket("/_nicegui_ws/socket.io/")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await websocket.send_text(await websocket.receive_text())

    return TestClient(app, base_url=HOST, follow_redirects=False)


@pytest.fixture
def token(client: TestClient) -> str:
    """Anna's session, with its cookie in the client."""
    token = log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    client.cookies.set(SESSION_COOKIE, token)
    return token


def form_token(client: TestClient) -> str:
    return client.get("/login").text.split('name="token" value="')[1].split('"')[0]


def submit(client: TestClient, name: str, password: str, **more: str) -> object:
    return client.post("/login", data={"name": name, "password": password, "token": form_token(client), **more})


# Strangers


def test_a_stranger_is_sent_to_the_login_and_learns_nothing(client: TestClient) -> None:
    answer = client.get("/cases", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/cases")
    assert client.get("/cases").status_code == 401
    assert client.get("/_nicegui/3.0/static/nicegui.js").status_code == 401
    assert client.post("/change").status_code == 401


@pytest.mark.parametrize("cookie", ["", "forged", "x" * 4000, '"', "a;b"])
def test_a_forged_cookie_opens_nothing(client: TestClient, cookie: str) -> None:
    assert client.get("/cases", headers={"cookie": f"{SESSION_COOKIE}={cookie}"}).status_code == 401


def test_a_stranger_gets_no_websocket(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_nicegui_ws/socket.io/"):
        pass


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for answer in (client.get("/login"), client.get("/cases")):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


# People who are logged in


def test_a_person_gets_in(client: TestClient, token: str) -> None:
    assert client.get("/cases").json() == {"name": "anna"}
    with client.websocket_connect("/_nicegui_ws/socket.io/") as websocket:
        websocket.send_text('42["event",{}]')
        assert websocket.receive_text() == '42["event",{}]'


def test_another_site_cannot_act_through_a_persons_browser(client: TestClient, token: str) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/change", headers=headers).status_code == 403
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_nicegui_ws/socket.io/", headers=headers):
            pass
    assert client.post("/change", headers={"origin": HOST}).json() == {"changed": True}


def test_no_frame_gets_through_once_the_session_is_over(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.guard._REMEMBER_SECONDS", 0.0)
    with client.websocket_connect("/_nicegui_ws/socket.io/") as websocket:
        with transaction() as session:
            accounts.change(session, SHOP, "anna", active=False)
        websocket.send_text('42["event",{}]')
        with pytest.raises(WebSocketDisconnect):
            websocket.receive_text()
    assert client.get("/cases").status_code == 401


def test_doing_something_on_a_page_keeps_the_session_and_a_heartbeat_does_not(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> object:
        with reading() as session:
            return session.query(sessions.StaffSession).one().seen_at

    def move_clock() -> None:
        monkeypatch.setenv("QUAYSIDE_CLOCK", (settings().clock or seen() + sessions.IDLE / 2).isoformat())  # type: ignore[operator]
        settings.cache_clear()

    started = seen()
    with client.websocket_connect("/_nicegui_ws/socket.io/") as websocket:
        move_clock()
        websocket.send_text("3")
        websocket.receive_text()
        websocket.send_text('42["ack",{}]')
        websocket.receive_text()
        assert seen() == started
        websocket.send_text('42["event",{}]')
        websocket.receive_text()
        assert seen() > started  # type: ignore[operator]


# Logging in


def test_the_right_password_leads_to_the_page_that_was_asked_for(client: TestClient) -> None:
    answer = submit(client, "anna", PASSWORD, next="/cases/Q-1001")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/Q-1001")  # type: ignore[attr-defined]
    cookie = answer.headers["set-cookie"]  # type: ignore[attr-defined]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/cases").json() == {"name": "anna"}


def test_cookies_are_secure_when_the_settings_say_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAYSIDE_SECURE_COOKIES", "true")
    settings.cache_clear()
    assert "Secure" in client.get("/login").headers["set-cookie"]


def test_a_wrong_password_is_told_without_saying_what_was_wrong(client: TestClient) -> None:
    for name, password in (("anna", "wrong"), ("nobody", PASSWORD)):
        answer = submit(client, name, password)
        assert answer.status_code == 401  # type: ignore[attr-defined]
        assert "The name or the password is wrong." in answer.text  # type: ignore[attr-defined]
        assert SESSION_COOKIE not in client.cookies


def test_too_many_tries_are_told_how_long_to_wait(client: TestClient) -> None:
    for _ in range(5):
        submit(client, "anna", "wrong")
    answer = submit(client, "anna", PASSWORD)
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert "Please wait 15 minutes." in answer.text  # type: ignore[attr-defined]


def test_behind_the_shops_proxy_a_stranger_locks_out_nobody_else(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUAYSIDE_TRUSTED_PROXIES", "10.0.0.1")
    settings.cache_clear()
    # The server as `main` asks for it, seen from the proxy.
    asked: dict[str, Any] = {}
    monkeypatch.setattr(console_app, "build", lambda: None)
    monkeypatch.setattr(console_app.ui, "run", lambda **options: asked.update(options))
    console_app.main()
    options = {name: asked[name] for name in ("proxy_headers", "forwarded_allow_ips")}
    server = uvicorn.Config(client.app, log_config=None, **options)
    server.load()
    proxied = TestClient(server.loaded_app, base_url=HOST, follow_redirects=False, client=("10.0.0.1", 50000))

    for number in range(TRIES_BY_ADDRESS):
        proxied.headers["X-Forwarded-For"] = f"2001:db8:1:2::{number}"
        assert submit(proxied, f"guess-{number}", "wrong").status_code == 401  # type: ignore[attr-defined]
    answer = submit(proxied, "anna", PASSWORD)
    assert answer.status_code == 429, "one network is one stranger"  # type: ignore[attr-defined]
    proxied.headers["X-Forwarded-For"] = "203.0.113.9"
    assert submit(proxied, "anna", PASSWORD).status_code == 303  # type: ignore[attr-defined]


def test_a_form_that_is_not_ours_logs_nobody_in(client: TestClient) -> None:
    for data in ({}, {"token": "guessed"}, {"token": ""}):
        answer = client.post("/login", data={"name": "anna", "password": PASSWORD, **data})
        assert answer.status_code == 400
        assert SESSION_COOKIE not in client.cookies
    answer = client.post(
        "/login",
        data={"name": "anna", "password": PASSWORD, "token": form_token(client)},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/cases/../logout", "javascript:alert(1)"]
)
def test_a_login_never_leads_elsewhere(client: TestClient, target: str) -> None:
    assert submit(client, "anna", PASSWORD, next=target).headers["location"] == "/cases"  # type: ignore[attr-defined]
    assert "evil" not in client.get("/login", params={"next": target}).text


def test_what_is_typed_comes_back_as_text(client: TestClient) -> None:
    assert "<script>" not in submit(client, '"><script>alert(1)</script>', "x").text  # type: ignore[attr-defined]


def test_a_new_login_ends_the_session_before_it(client: TestClient, token: str) -> None:
    client.cookies.clear()
    form = form_token(client)
    client.cookies.set(SESSION_COOKIE, token)
    client.post("/login", data={"name": "anna", "password": PASSWORD, "token": form})
    with reading() as session:
        assert sessions.person_of(session, token) is None


def test_the_login_speaks_the_browsers_language_until_another_is_chosen(client: TestClient) -> None:
    assert "用户名" in client.get("/login", headers={"accept-language": "zh-CN"}).text
    assert "Password" in client.get("/login", headers={"accept-language": "fr"}).text
    assert "用户名" in client.get("/login", params={"lang": "zh-Hans"}).text
    assert "用户名" in client.get("/login", headers={"accept-language": "en"}).text


def test_a_stranger_cannot_post_more_than_a_login_needs(client: TestClient) -> None:
    def in_pieces() -> Iterator[bytes]:
        yield b"user=anna&password="
        for _ in range(20):
            yield b"x" * 1024

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"x" * 20_000, in_pieces()):
        answer = client.post("/login", content=body, headers=form)
        assert answer.status_code == 413
        assert "too much" in answer.text
    assert client.get("/login").status_code == 200
