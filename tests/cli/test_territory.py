"""The real division tables of two counties load, roll up and can be drawn; the operator appoints the first account."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bihuan.cli import appoint, territory
from bihuan.cli._frame import Unusable
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import make

TABLES = ("provinces.csv", "cities.csv", "counties.csv", "townships_hebei.csv", "villages.csv")


@pytest.mark.shared
def test_the_real_trees_load_roll_up_and_are_drawn(db: None, shared_data: Path) -> None:
    folder = shared_data / "territory-cn"
    words = [*(str(folder / name) for name in TABLES), "--county", "130430", "--county", "130481", "--json"]
    words += ["--outlines", str(folder / "handan_counties.geojson")]
    done = CliRunner().invoke(territory.command, ["load", *words], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["levels"]["township"] == 7 + 23
    assert told["levels"]["village"] == 225 + 523
    for code, townships, villages in (("130430", 7, 225), ("130481", 23, 523)):
        county = territory_reads.area(code)
        assert county is not None
        assert county.outline
        scope = Scope(county.path)
        with scoped(scope):
            counts = territory_reads.counts_by_level(scope)
            assert (counts["township"], counts["village"]) == (townships, villages)
            drawn = [a for a in territory_reads.townships(scope) if a.outline]
            assert len(drawn) == townships


def test_a_table_that_names_an_unknown_parent_says_so(db: None, tmp_path: Path) -> None:
    table = tmp_path / "villages.csv"
    table.write_text("code,name,streetCode\n991027101001,河湾村,991027101\n", encoding="utf-8")
    with pytest.raises(Unusable, match="991027101"):
        CliRunner().invoke(territory.command, ["load", str(table)], catch_exceptions=False, standalone_mode=False)


def test_the_first_account_of_a_county_is_appointed(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make.county()
    monkeypatch.setenv("BIHUAN_PASSWORD", "a long password")
    words = ["zhang", "--name", "张三", "--role", "office", "--area", make.COUNTY, "--unit", "指挥部办公室", "--json"]
    CliRunner().invoke(appoint.command, words, catch_exceptions=False)
    who = staff_reads.member_named("zhang")
    assert who is not None
    assert who.check_password("a long password")
    with scoped(make.EVERYBODY):
        actor = staff_reads.actor(who.id, make.DAY.replace(year=2030))
    assert actor is not None
    assert actor.scope.path == make.PATHS[make.COUNTY]
    assert actor.may("open_task")
