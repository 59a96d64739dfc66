"""Settings: where they come from, and what a wrong one says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.database import make_engine, transaction
from core.logs import redact
from core.secrets import ensure_secrets
from core.settings import ROOT, Settings, SettingsError, settings
from desk.accounts import MAXIMUM_PASSWORD, MINIMUM_PASSWORD


def _env_file(path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("QUAYSIDE_ENV_FILE", str(path))
    settings.cache_clear()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _env_file(tmp_path / "env", monkeypatch, "QUAYSIDE_GATEWAY_PORT=9001\nQUAYSIDE_CONSOLE_PORT=9002\n")
    monkeypatch.setenv("QUAYSIDE_CONSOLE_PORT", "9003")
    settings.cache_clear()
    assert (settings().gateway_port, settings().console_port, settings().actions_port) == (9001, 9003, 5055)


def test_an_empty_line_means_the_default(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _env_file(tmp_path / "env", monkeypatch, "QUAYSIDE_GATEWAY_PORT=\nQUAYSIDE_SECRET_KEY=\n")
    assert settings().gateway_port == 8000
    assert len(settings().secret_key) >= 40, "the generated secret holds"


def test_a_wrong_value_names_the_setting(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _env_file(tmp_path / "env", monkeypatch, "QUAYSIDE_GATEWAY_PORT=eight\n")
    with pytest.raises(SettingsError, match=r"QUAYSIDE_GATEWAY_PORT.*'eight'"):
        settings()


def test_a_misspelt_setting_is_told(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _env_file(tmp_path / "env", monkeypatch, "QUAYSIDE_GATEWAY_PROT=1\n")
    with pytest.raises(SettingsError, match="did you mean QUAYSIDE_GATEWAY_PORT"):
        settings()


def test_the_example_lists_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = {line.split("=")[0] for line in lines if line.startswith("QUAYSIDE_")}
    assert listed == {f"QUAYSIDE_{name.upper()}" for name in Settings.model_fields}


def test_secrets_are_kept_private_and_not_made_anew(tmp_path: Path) -> None:
    path = ensure_secrets(tmp_path)
    first = path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ensure_secrets(tmp_path).read_text(encoding="utf-8") == first


def test_settings_never_show_their_secrets(var_dir: Path) -> None:
    assert settings().secret_key not in repr(settings())


@pytest.mark.parametrize("text", ["mail ana@example.com now", "call +44 7700 900123", "card 4242 4242 4242 4242"])
def test_logs_hold_no_personal_data(text: str) -> None:
    assert not any(part in redact(text) for part in ("ana@", "900123", "4242 4242"))


def test_a_failed_statement_does_not_quote_what_a_shopper_wrote(var_dir: Path) -> None:
    with pytest.raises(SQLAlchemyError) as failure, transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "my secret is 42"})
    assert "my secret" not in str(failure.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=SO-(", "QUAYSIDE_ORDER_NUMBER_PATTERN is not a regular expression"),
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=[A-Z0-9]+", "QUAYSIDE_ORDER_NUMBER_PATTERN .*without a digit"),
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=", None),
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=SO-\\d{4}", "QUAYSIDE_ORDER_NUMBER_EXAMPLE '1042' is not an order number"),
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=SO-\\d{4}\nQUAYSIDE_ORDER_NUMBER_EXAMPLE=so-2219", None),
    ],
)
def test_the_shops_order_numbers_are_checked_at_the_start(
    var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str | None
) -> None:
    _env_file(tmp_path / "env", monkeypatch, text + "\n")
    if told is None:
        assert settings().order_number_pattern
    else:
        with pytest.raises(SettingsError, match=told):
            settings()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("GATEWAY_PORT=70000", "must be a whole number from 1 to 65535, not '70000'"),
        ("SHOP=My Shop!", "must be a key of small letters, digits"),
        ("SECURE_COOKIES=perhaps", "must be true or false, not 'perhaps'"),
        ("CLOCK=tomorrow", "must be a moment with a time zone, such as 2026-"),
        ("LOG_LEVEL=loud", "must be DEBUG, INFO, WARNING or ERROR, not 'LOUD'"),
        ("DATABASE_URL=mysql://anna:hush@b/c", "postgresql[+]psycopg://.*SQLite"),
        ("DATABASE_URL=postgresql://a/b", "postgresql[+]psycopg://"),
        ("DATABASE_URL=quayside", "postgresql[+]psycopg://"),
        ("DATABASE_URL=postgresql+psycopg://a:b@c:d/e", "postgresql[+]psycopg://"),
        ("CONSOLE_PORT=8000", "QUAYSIDE_GATEWAY_PORT and QUAYSIDE_CONSOLE_PORT are both 8000"),
        ("ALLOWED_ORIGINS=not an origin", "'not an origin'.*https://shop.example"),
        ("ALLOWED_ORIGINS=https://shop.example,shop.example", "lists 'shop.example'"),
        ("ALLOWED_ORIGINS=https://shop.example/page", "lists 'https://shop.example/page'"),
        ("TRUSTED_PROXIES=abc", "lists 'abc'.*10.0.0.1"),
        ("TRUSTED_PROXIES=10.0.0.1,1.2.3.4/99", "lists '1.2.3.4/99'"),
        ("ASSISTANT_TOKEN=a-token-with-Umlaut-ä", "at least 16 letters, digits and signs .ASCII"),
        ("SECRET_KEY=hush", "at least 16"),
        ("PROOF_SECRET=hush", "at least 16"),
        ("INTERNAL_TOKEN=hush", "at least 16"),
        ("CONSOLE_PASSWORD=hush", "at least 10 characters"),
        ("CONSOLE_USER=' '", "such as admin"),
        ("CONSOLE_USER=a", "such as admin"),
    ],
)
def test_a_wrong_value_is_answered_with_what_it_must_be(
    var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    _env_file(tmp_path / "env", monkeypatch, f"QUAYSIDE_{line}\n")
    with pytest.raises(SettingsError, match=told) as error:
        settings()
    said = str(error.value)
    assert "QUAYSIDE_" + line.partition("=")[0] in said
    assert not any(word in said for word in ("hush", "Value error", "String should", "Input should", "\n"))


@pytest.mark.parametrize(
    "line",
    [
        "LOG_LEVEL=info",
        "ALLOWED_ORIGINS=https://shop.example, http://localhost:3000/",
        "TRUSTED_PROXIES=10.0.0.1, 10.0.0.0/8,2001:db8::/32",
        "DATABASE_URL=postgresql+psycopg://anna:hush@db.example/quayside",
        "DATABASE_URL=sqlite:////folder/quayside.sqlite",
        "CONSOLE_PASSWORD=ein langes Paßwort",
    ],
)
def test_right_values_are_taken(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    _env_file(tmp_path / "env", monkeypatch, f"QUAYSIDE_{line}\n")
    assert settings().log_level == "INFO"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# mine\n\nQUAYSIDE_SHOP demo\n", 3),
        ("QUAYSIDE_SHOP=demo\nQUAYSIDE_GATEWAY_PORT\n", 2),
        ('QUAYSIDE_SHOP=demo\nQUAYSIDE_SHOP_NAME="Atelier\nQUAYSIDE_CLOCK=\n', 2),
    ],
)
def test_a_line_that_is_no_setting_is_told_with_its_number(
    var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int
) -> None:
    _env_file(tmp_path / "env", monkeypatch, text)
    with pytest.raises(SettingsError, match=f"Line {line} of .*env is not a setting. Write NAME=value"):
        settings()


def test_a_file_that_is_not_utf8_is_told(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "env").write_bytes("QUAYSIDE_SHOP_NAME=Café".encode("latin-1"))
    monkeypatch.setenv("QUAYSIDE_ENV_FILE", str(tmp_path / "env"))
    settings.cache_clear()
    with pytest.raises(SettingsError, match="UTF-8"):
        settings()


def test_nothing_near_is_not_guessed(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _env_file(tmp_path / "env", monkeypatch, "QUAYSIDE_FOO=1\n")
    with pytest.raises(SettingsError) as error:
        settings()
    assert "did you mean" not in str(error.value) and ".env.example" in str(error.value)


def test_the_consoles_password_is_as_long_as_every_other() -> None:
    assert f".{{{MINIMUM_PASSWORD},{MAXIMUM_PASSWORD}}}" in str(Settings.model_fields["console_password"].metadata)


def test_a_setting_in_small_letters_is_not_overlooked(
    var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _env_file(tmp_path / "env", monkeypatch, "quayside_shop=mine\n")
    with pytest.raises(SettingsError, match="did you mean QUAYSIDE_SHOP"):
        settings()


@pytest.mark.parametrize("name", ["~/kept", "what?here#"])
def test_what_is_kept_stands_in_the_folder_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name.removeprefix("~/")
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QUAYSIDE_VAR_DIR", name if name.startswith("~") else str(folder))
    settings.cache_clear()
    engine = make_engine(settings().services_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
    engine.dispose()
    settings.cache_clear()
    assert (folder / "quayside.sqlite").exists()
