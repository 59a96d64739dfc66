"""Settings: where they come from, and what a wrong one says."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.database import transaction
from core.logs import redact
from core.secrets import ensure_secrets
from core.settings import ROOT, Settings, SettingsError, settings


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
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=SO-(", "QUAYSIDE_ORDER_NUMBER_PATTERN: .*not a regular expression"),
        ("QUAYSIDE_ORDER_NUMBER_PATTERN=[A-Z0-9]+", "QUAYSIDE_ORDER_NUMBER_PATTERN: .*without a digit"),
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
