"""The shop's people: who gets in, who does not, and for how long."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from core.database import reading, transaction
from core.settings import SettingsError, settings
from desk import accounts, login, sessions, staff
from desk.accounts import AccountError, Role
from desk.login import TRIES_BY_PAIR, TooManyTries, WrongLogin, change_password, log_in

pytestmark = pytest.mark.usefixtures("database")
SHOP, PASSWORD = "demo", "harbour-light-42"
START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def anna() -> None:
    with transaction() as session:
        accounts.add(session, shop=SHOP, name="Anna", password=PASSWORD, role="agent")


def person(token: str) -> sessions.Person | None:
    with reading() as session:
        return sessions.person_of(session, token)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setenv("QUAYSIDE_CLOCK", moment.isoformat())
    settings.cache_clear()


def test_the_right_password_opens_a_session(anna: None) -> None:
    found = person(log_in(SHOP, " ANNA ", PASSWORD, "192.0.2.1"))
    assert found is not None
    assert (found.name, found.display_name, found.role) == ("anna", "Anna", Role.AGENT)


def test_neither_password_nor_token_is_stored(anna: None) -> None:
    token = log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    with reading() as session:
        account = accounts.find(session, SHOP, "anna")
        stored = session.query(sessions.StaffSession).one()
    assert account is not None
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
    assert token not in stored.token_hash


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("anna", ""), ("", "")])
def test_anything_else_does_not(anna: None, name: str, password: str) -> None:
    with pytest.raises(WrongLogin):
        log_in(SHOP, name, password, "192.0.2.1")


def test_an_account_of_another_shop_does_not_get_in(anna: None) -> None:
    with pytest.raises(WrongLogin):
        log_in("other", "anna", PASSWORD, "192.0.2.1")


def test_a_name_that_does_not_exist_costs_as_much_work(anna: None, monkeypatch: pytest.MonkeyPatch) -> None:
    login._nobodys_hash.cache_clear()
    checked: list[str] = []
    real = accounts.password_matches

    def counting(stored: str, password: str) -> bool:
        checked.append(stored.rsplit("$", 2)[0])  # algorithm, version and cost, without salt and hash
        return real(stored, password)

    monkeypatch.setattr(accounts, "password_matches", counting)
    for name in ("anna", "nobody"):
        with pytest.raises(WrongLogin):
            log_in(SHOP, name, "wrong", name)
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_five_wrong_tries_close_the_door_for_a_while_even_to_the_right_password(
    anna: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, START)
    for _ in range(login.TRIES_BY_PAIR):
        with pytest.raises(WrongLogin):
            log_in(SHOP, "anna", "wrong", "192.0.2.1")
    with pytest.raises(TooManyTries) as caught:
        log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    assert caught.value.minutes == 15

    log_in(SHOP, "anna", PASSWORD, "192.0.2.99")  # the owner, from elsewhere, is not locked out
    at(monkeypatch, START + login.WINDOW + timedelta(seconds=1))
    assert log_in(SHOP, "anna", PASSWORD, "192.0.2.1")


def test_one_address_cannot_try_many_names(anna: None) -> None:
    for i in range(login.TRIES_BY_ADDRESS):
        with pytest.raises(WrongLogin):
            log_in(SHOP, f"guess{i}", "wrong", "192.0.2.1")
    with pytest.raises(TooManyTries):
        log_in(SHOP, "anna", PASSWORD, "192.0.2.1")


def test_a_success_forgives_the_tries_before_it(anna: None) -> None:
    for _ in range(3):
        for _ in range(login.TRIES_BY_PAIR - 1):
            with pytest.raises(WrongLogin):
                log_in(SHOP, "anna", "wrong", "192.0.2.1")
        assert log_in(SHOP, "anna", PASSWORD, "192.0.2.1")


def test_a_session_runs_out_when_nothing_is_done(anna: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START)
    token = log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    at(monkeypatch, START + sessions.IDLE - timedelta(minutes=1))
    assert person(token) is not None
    with transaction() as session:
        sessions.touch(session, token)
    at(monkeypatch, START + sessions.IDLE + timedelta(minutes=30))
    assert person(token) is not None
    at(monkeypatch, START + 2 * sessions.IDLE)
    assert person(token) is None


def test_no_session_outlives_a_shift_however_busy(anna: None, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START)
    token = log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    for half_hour in range(1, 25):
        at(monkeypatch, START + timedelta(minutes=30 * half_hour))
        with transaction() as session:
            sessions.touch(session, token)
    assert person(token) is not None
    at(monkeypatch, START + sessions.LONGEST + timedelta(minutes=1))
    assert person(token) is None


def test_sessions_end_at_log_out_at_a_new_password_and_when_an_account_is_locked(anna: None) -> None:
    first, second = (log_in(SHOP, "anna", PASSWORD, "192.0.2.1") for _ in range(2))
    with transaction() as session:
        sessions.end(session, first)
    assert person(first) is None
    assert person(second) is not None

    with transaction() as session:
        accounts.change(session, SHOP, "anna", password="another-long-one")
    assert person(second) is None

    third = log_in(SHOP, "anna", "another-long-one", "192.0.2.1")
    with transaction() as session:
        accounts.change(session, SHOP, "anna", active=False)
    assert person(third) is None
    with pytest.raises(WrongLogin):
        log_in(SHOP, "anna", "another-long-one", "192.0.2.1")


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "another-long-one"), ("a", PASSWORD), ("with space", PASSWORD), ("bei", "short"), ("bei", "x" * 300)],
)
def test_accounts_that_cannot_be_are_refused(anna: None, name: str, password: str) -> None:
    with transaction() as session, pytest.raises(AccountError):
        accounts.add(session, shop=SHOP, name=name, password=password, role="agent")


def test_the_first_admin_follows_the_settings_until_given_a_password_of_their_own() -> None:
    def ensure(password: str) -> None:
        with transaction() as session:
            accounts.ensure_first_admin(session, SHOP, "admin", password)

    ensure("from-settings")
    before = log_in(SHOP, "admin", "from-settings", "192.0.2.1")
    ensure("from-settings")
    assert person(before) is not None
    ensure("changed-in-settings")
    assert person(before) is None, "who knew the old password is out"
    token = log_in(SHOP, "admin", "changed-in-settings", "192.0.2.1")
    found = person(token)
    assert found is not None
    assert found.role is Role.ADMIN

    with transaction() as session:
        accounts.change(session, SHOP, "admin", password="my-own-password")
    ensure("changed-in-settings")
    assert log_in(SHOP, "admin", "my-own-password", "192.0.2.1")
    with pytest.raises(WrongLogin):
        log_in(SHOP, "admin", "changed-in-settings", "192.0.2.1")


def test_another_name_in_the_settings_closes_the_account_of_the_name_before() -> None:
    def ensure(name: str) -> None:
        with transaction() as session:
            accounts.ensure_first_admin(session, SHOP, name, "from-settings")

    ensure("admin")
    before = log_in(SHOP, "admin", "from-settings", "192.0.2.1")
    ensure("boss")
    assert person(before) is None
    assert log_in(SHOP, "boss", "from-settings", "192.0.2.1")
    with pytest.raises(WrongLogin):
        log_in(SHOP, "admin", "from-settings", "192.0.2.1")
    ensure("admin")
    assert log_in(SHOP, "admin", "from-settings", "192.0.2.1"), "and back again"


def test_no_password_and_no_account_is_said_clearly() -> None:
    with transaction() as session, pytest.raises(SettingsError, match="QUAYSIDE_CONSOLE_PASSWORD"):
        accounts.ensure_first_admin(session, SHOP, "admin", "")


def test_roles() -> None:
    assert [role for role in Role if role.may_answer] == [Role.AGENT, Role.LEAD, Role.ADMIN]
    assert [role for role in Role if role.may_overrule] == [Role.LEAD, Role.ADMIN]


def test_the_command_makes_and_changes_accounts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert staff.main(["add", "bei", "--role", "agent", "--display-name", "Bei Li"]) == 0
    assert log_in(SHOP, "bei", PASSWORD, "192.0.2.1")

    assert staff.main(["role", "bei", "lead"]) == 0
    assert staff.main(["deactivate", "bei"]) == 0
    assert staff.main(["list"]) == 0
    listed = capsys.readouterr().out
    assert "bei" in listed
    assert "lead" in listed
    assert "Bei Li  (deactivated)" in listed

    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert staff.main(["add", "carl", "--role", "agent"]) == 1
    assert "too short" in capsys.readouterr().err
    assert staff.main(["activate", "nobody"]) == 1
    assert "no account 'nobody'" in capsys.readouterr().err


def test_people_change_their_own_password_and_their_other_sessions_end(anna: None) -> None:
    mine, other = (log_in(SHOP, "anna", PASSWORD, "192.0.2.1") for _ in range(2))
    with pytest.raises(AccountError):
        change_password(SHOP, "anna", PASSWORD, "short", mine)
    for _ in range(TRIES_BY_PAIR - 1):
        with pytest.raises(WrongLogin):
            change_password(SHOP, "anna", "a guess at it", "another-harbour-7", mine)
    change_password(SHOP, "anna", PASSWORD, "another-harbour-7", mine)
    with reading() as session:
        assert sessions.person_of(session, mine) is not None
        assert sessions.person_of(session, other) is None
    with pytest.raises(WrongLogin):
        log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    assert log_in(SHOP, "anna", "another-harbour-7", "192.0.2.1")


def test_a_session_left_open_does_not_guess_its_password(anna: None) -> None:
    token = log_in(SHOP, "anna", PASSWORD, "192.0.2.1")
    for _ in range(TRIES_BY_PAIR):
        with pytest.raises(WrongLogin):
            change_password(SHOP, "anna", "a guess at it", "another-harbour-7", token)
    with pytest.raises(TooManyTries):
        change_password(SHOP, "anna", PASSWORD, "another-harbour-7", token)
