"""`bihuan pass`: keys, passes and revocations on files, with exit codes that a script can use."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bihuan.cli._frame import Unusable
from bihuan.cli.pass_ import command

MORNING = "2022-07-01T08:00"


def run(*words: object, stdin: str | None = None) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(command, [*map(str, words), "--json"], input=stdin, standalone_mode=False)
    if isinstance(result.exception, Unusable):
        return 2, {"fault": str(result.exception)}
    assert result.exception is None, result.exception
    return result.return_value or 0, json.loads(result.stdout)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    assert run("keygen", "--out", tmp_path / "keys", "--issuer", "991027", "--at", "2022-06-30T00:00")[0] == 0
    return tmp_path / "keys"


def issued(keys: Path, *more: object, at: str = MORNING) -> str:
    words = ("issue", "--key", keys, "--subject", "q7.f3k2", "--status", "green", "--valid-hours", 12, "--at", at)
    status, found = run(*words, *more)
    assert status == 0, found
    return str(found["code"])


def test_issue_and_verify_offline(keys: Path, tmp_path: Path) -> None:
    code = issued(keys, "--qr", tmp_path / "code.svg")
    assert "<svg" in (tmp_path / "code.svg").read_text()
    status, found = run("verify", code, "--keys", keys / "keys.json", "--at", "2022-07-01T09:30")
    assert status == 0
    assert (found["valid"], found["status"], found["age_minutes"]) == (True, "green", 90)
    assert found["issued_at"] == "2022-07-01T00:00:00+00:00"
    assert run("verify", "-", "--keys", keys, "--at", "2022-07-01T09:30", stdin=code + "\n")[0] == 0


def test_private_keys_are_for_their_owner_alone(keys: Path) -> None:
    (private,) = keys.glob("*.pem")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert "PRIVATE" not in (keys / "keys.json").read_text()


def test_refusals_exit_1_with_the_reason(keys: Path) -> None:
    code = issued(keys)
    for text, at, reason in (
        (code, "2022-07-01T20:00", "expired"),
        (code, "2022-07-01T07:00", "not_yet_valid"),
        (code[:-1], MORNING, "malformed"),
        ("", MORNING, "malformed"),
        ("HC1:ABC", MORNING, "malformed"),
    ):
        status, found = run("verify", text, "--keys", keys, "--at", at)
        assert (status, found["reason"]) == (1, reason)


def test_a_new_key_takes_over_and_older_passes_still_count(keys: Path) -> None:
    old = issued(keys)
    run("keygen", "--out", keys, "--issuer", "991027", "--at", "2022-07-01T09:00")
    new = issued(keys, at="2022-07-01T09:30")
    for code in (old, new):
        assert run("verify", code, "--keys", keys, "--at", "2022-07-01T10:00")[0] == 0


def test_revoked_passes_and_subjects(keys: Path, tmp_path: Path) -> None:
    code, slices = issued(keys), tmp_path / "slices"
    at = ("--at", "2022-07-01T09:00")
    status, found = run("revoke", code, "--key", keys, "--out", slices, "--cuts", 2, *at)
    assert (status, found["sequence"], found["revoked"], found["slices"]) == (0, 1, 1, 2)
    check = ("--keys", keys, "--slices", slices, "--at", "2022-07-01T10:00")
    assert run("verify", code, *check)[1]["reason"] == "revoked"
    other = issued(keys)
    assert run("verify", other, *check)[1]["revocation"] == "checked"
    assert run("revoke", "subject:q7.f3k2", "--key", keys, "--out", slices, *at)[1]["sequence"] == 2
    assert run("verify", other, *check)[1]["reason"] == "revoked"
    later = issued(keys, at="2022-07-01T09:30")
    assert run("verify", later, *check)[0] == 0


def test_what_has_ended_leaves_the_list(keys: Path, tmp_path: Path) -> None:
    code, slices = issued(keys), tmp_path / "slices"
    run("revoke", code, "--key", keys, "--out", slices, "--at", "2022-07-01T09:00")
    assert run("revoke", "--key", keys, "--out", slices, "--at", "2022-07-02T09:00")[1]["revoked"] == 0


def test_unusable_calls_exit_2_in_one_line(keys: Path, tmp_path: Path) -> None:
    code = issued(keys)
    calls = [
        ("verify", code, "--keys", tmp_path / "none.json"),
        ("verify", code, "--keys", keys, "--slices", tmp_path),
        ("verify", code, "--keys", keys, "--at", "yesterday"),
        ("issue", "--key", tmp_path, "--subject", "q7.f3k2", "--status", "green"),
        ("issue", "--key", keys, "--subject", "赵一鸣", "--status", "green"),
        ("issue", "--key", keys, "--subject", "q7.f3k2", "--status", "green", "--valid-hours", 100),
        ("issue", "--key", keys, "--subject", "q7.f3k2", "--status", "green", "--at", "2022-06-01T00:00"),
        ("revoke", "everything", "--key", keys, "--out", tmp_path / "s"),
        ("revoke", "--key", keys, "--out", tmp_path / "s", "--cuts", 3),
    ]
    for words in calls:
        status, found = run(*words)
        assert status == 2, words
        assert "\n" not in found["fault"]


def test_a_spoilt_slice_cannot_be_used(keys: Path, tmp_path: Path) -> None:
    code, slices = issued(keys), tmp_path / "slices"
    run("revoke", code, "--key", keys, "--out", slices, "--at", MORNING)
    (file,) = slices.glob("*.cose")
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    status, found = run("verify", code, "--keys", keys, "--slices", slices, "--at", MORNING)
    assert status == 2
    assert "slice-000-of-001.cose" in found["fault"]


@pytest.mark.parametrize("name", ["keygen", "issue", "verify", "revoke"])
def test_help_shows_an_example(name: str) -> None:
    assert f"bihuan pass {name}" in CliRunner().invoke(command, [name, "--help"]).output
