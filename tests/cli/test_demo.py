"""A demo that was cut short starts over; a whole one, or somebody else's, is left alone."""

from pathlib import Path

import psycopg
import pytest

from bihuan.cli._frame import Unusable
from bihuan.cli.demo import UNFINISHED, _start_over
from bihuan.config import database


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "demo").mkdir()
    return tmp_path / "demo"


def test_half_a_county_is_forgotten_and_a_whole_one_kept(folder: Path) -> None:
    server = database.Embedded(folder.parent / "postgres")
    server.ensure()
    _start_over(folder)
    assert server.is_running  # nothing says it was cut short
    (folder / UNFINISHED).touch()
    with psycopg.connect(**server.owner().for_psycopg("bihuan")), pytest.raises(Unusable, match="being founded"):
        _start_over(folder)
    _start_over(folder)
    assert not server.data.exists()
    assert not (folder / UNFINISHED).exists()


def test_a_servers_database_is_never_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db/county")
    (folder / UNFINISHED).touch()
    with pytest.raises(Unusable, match="interrupted"):
        _start_over(folder)
