"""`bihuan letter`: a signed file out, a signed file in, a key read out on the telephone."""

import json
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bihuan import cli
from bihuan.adapters import assistance
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.stories.test_case import Outbreak, at

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")

    def call(*words: object) -> tuple[int, dict[str, Any], str]:
        monkeypatch.setattr(sys, "argv", ["bihuan", "letter", *map(str, words), "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(told.out) if told.out.startswith("{") else {}, told.err

    return call


@pytest.fixture
def outbreak(db: None) -> Outbreak:
    return Outbreak()


def written(outbreak: Outbreak) -> dict[str, Any]:
    """Our letter to 邻水县 about 钱."""
    case = outbreak.opens()
    outbreak.does("derive_contacts", case=case)
    row = outbreak.contacts(case)[outbreak.qian]
    return outbreak.does(
        "write_assistance", when=at(4, 10), case=case, county_name="邻水县", county_code="991028", contacts=[row.id]
    )


def test_their_letter_comes_in_once_and_only_from_a_known_key(outbreak: Outbreak, run: Run, tmp_path: Path) -> None:
    told = written(outbreak)
    file = tmp_path / "letter.json"
    code, out, _said = run("export", told["letter"], "--out", file)
    assert (code, out["number"]) == (0, told["letter"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600  # it holds numbers of persons
    told_us = assistance.request_arguments(assistance.read(file.read_bytes(), home=tmp_path))
    assert told_us["people"][0]["told"]["id_number"] == cast.QIAN.id_number
    code, _out, said = run("export", "青协函〔1999〕1号", "--out", file)
    assert code == 2
    assert "register of letters" in said
    # What we sent comes back as if another county had signed it: its key is not known until somebody compared it.
    code, _out, said = run("import", file, "--as", outbreak.tracer.username)
    assert code == 2
    assert "--trust" in said
    assert run("key")[1]["fingerprint"] in said
    code, out, _said = run("import", file, "--as", outbreak.tracer.username, "--trust")
    assert (code, out["kind"], out["people"]) == (0, "request", 1)
    code, out, _said = run("import", file, "--as", outbreak.tracer.username)  # trusted from now on
    assert (code, out["already_received"]) == (1, True)
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text(encoding="utf-8").replace('"signature": "', '"signature": "A'), encoding="utf-8")
    assert run("import", changed, "--as", outbreak.tracer.username)[0] == 2


def test_their_reply_closes_what_we_asked(outbreak: Outbreak, run: Run, tmp_path: Path) -> None:
    told = written(outbreak)
    file = tmp_path / "reply.json"
    answers = [{"row_number": 1, "outcome": "managed", "answer": "已集中隔离"}]

    def replied(number: str) -> None:
        file.write_bytes(
            assistance.write_reply(
                secret="their secret", county_name="邻水县", county_code="991028", number="邻协复〔2022〕1号",
                in_reply_to=number, written_at=datetime.now(UTC), answers=answers,
            )
        )  # fmt: skip

    replied("青协函〔1999〕9号")
    code, _out, said = run("import", file, "--as", outbreak.tracer.username, "--trust")
    assert code == 2
    assert "we have sent no letter" in said
    replied(told["letter"])
    code, out, _said = run("import", file, "--as", outbreak.tracer.username, "--trust")
    assert (code, out["kind"], out["answered"], out["people"]) == (0, "reply", 1, 1)
    with scoped(make.EVERYBODY):
        (asked,) = cases_reads.assistance_people(make.EVERYBODY, told["assistance"])
    assert asked.outcome == "managed"
