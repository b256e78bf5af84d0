"""Every worked situation holds, and there are enough of each kind."""

import pytest

from bihuan.engines import protocol

FILES = sorted(protocol.SHELF.glob("*/situations.yaml"))
SITUATIONS = [s for path in FILES for s in protocol.read_situations(path)]


@pytest.mark.parametrize("situation", SITUATIONS, ids=[f"{s.edition}:{s.id}" for s in SITUATIONS])
def test_the_situation_holds(situation: protocol.Situation) -> None:
    assert protocol.run_situation(situation) == ()


def test_every_edition_has_situations_enough() -> None:
    for ident in protocol.edition_ids():
        count = sum(s.edition == ident for s in SITUATIONS)
        assert count >= (12 if ident.startswith("covid-19/") else 5), f"{ident} has {count}"


@pytest.mark.parametrize(
    "kind",
    ["last-day", "late", "midnight", "twice-exposed", "positive-on-day-3", "linked-positive", "leap-day"],
)
@pytest.mark.parametrize("edition", ["v8", "v9", "t20", "n10"])
def test_each_covid_edition_works_the_classic_traps(edition: str, kind: str) -> None:
    assert any(s.id.startswith(edition) and kind in s.id for s in SITUATIONS)


def test_no_two_situations_of_a_file_have_one_name() -> None:
    for path in FILES:
        names = [s.id for s in protocol.read_situations(path)]
        assert len(names) == len(set(names)), path
