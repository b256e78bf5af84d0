"""A person recorded twice is found, decided by a person, merged, and can be parted again."""

import pytest

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import cast, make


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def test_doubles_are_found_decided_merged_and_parted(county: make.County) -> None:
    first = make.person(cast.ZHAO)
    second = make.person(cast.ZHAO._replace(phone="19900000091"), area="991027102001")
    make.person(cast.SUN)
    make.receives(county.wang, make.told(cast.ZHAO))
    found = make.does(county.wang, "find_doubles")
    assert found.result == {"pairs": 1, "new": 1}
    assert make.does(county.wang, "find_doubles").result["new"] == 0
    with scoped(make.EVERYBODY):
        pair = people_reads.doubles(make.EVERYBODY).get()
        assert {pair.left_id, pair.right_id} == {first, second}
        assert pair.path == make.PATHS["991027"]
    with scoped(Scope(make.LIUQUAN)):
        assert not people_reads.doubles(Scope("/")).exists()
    assert make.does(county.wang, "settle_double", double=pair.id, same=True).status == "done"
    assert make.does(county.wang, "settle_double", double=pair.id, same=False).code == "already_settled"
    with scoped(make.EVERYBODY):
        assert people_reads.persons(make.EVERYBODY).count() == 2
        row = intake_reads.rows(make.EVERYBODY).get()
        merge = people_reads.merges(make.EVERYBODY, pair.left_id).get()
    assert row.person_id == pair.left_id
    assert make.does(county.wang, "unmerge_persons", merge=merge.id).status == "done"
    with scoped(make.EVERYBODY):
        assert people_reads.persons(make.EVERYBODY).count() == 3
