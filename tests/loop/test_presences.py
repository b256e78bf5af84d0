"""Presences: recorded once, seen inside one's own scope, forgotten in time; and contacts found live as in a file."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from bihuan.engines.tracing import _reference as reference
from bihuan.ledgers.intake.presences.bridge import contacts_around
from bihuan.ledgers.intake.presences.models import LongestStay, Presence
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import tick
from tests import cast, make

MINUTE = timedelta(minutes=1)
START = make.DAY - timedelta(days=1)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def place(name: str, township: str = "991027101") -> UUID:
    return Place.objects.create(name=name, kind="market", area_id=township, path=make.PATHS[township]).id


@pytest.fixture
def tracer(db: None) -> "tuple[make.County, object]":
    county = make.county()
    with scoped(make.EVERYBODY):
        desk = make.unit("流调专班", "working_group", make.COUNTY)
        return county, make.serves(cast.Staff("谭流调", "tan", "tracer"), make.post(desk, "流调队员", "tracer"))


def crowd(seed: int, n: int = 500) -> list[reference.Stay]:
    """Forty persons at eight places in two townships: touching, overlapping and long stays."""
    rng = np.random.default_rng(seed)
    with scoped(make.EVERYBODY):
        people = [
            Person.objects.create(
                name=f"居民{i}", area_id="991027101001", path=make.PATHS["991027101001"], recorded_at=make.DAY
            ).id
            for i in range(40)
        ]
        places = [place(f"场所{i}", ("991027101", "991027102")[i % 2]) for i in range(8)]
    began = rng.integers(0, 1_400, n)
    lasts = rng.choice([1, 10, 15, 60, 400], n)
    return [
        reference.Stay(people[p], places[q], int(a), int(a + d))
        for p, q, a, d in zip(rng.integers(0, 40, n), rng.integers(0, 8, n), began, lasts, strict=True)
    ]


def seen(stays: list[reference.Stay]) -> list[dict[str, object]]:
    return [{"person": s.person, "place": s.place, "seen_from": at(s.t_in), "seen_until": at(s.t_out)} for s in stays]


def tick_of(when: datetime) -> int:
    return round((when - START) / MINUTE)


def rows(found: pa.Table) -> list[reference.Contact]:
    level = {"close": 1, "secondary": 2, "level3": 3}
    return [
        reference.Contact(
            level[r["class"]], r["source_id"] and UUID(bytes=r["source_id"]), UUID(bytes=r["person_id"]),
            tick_of(r["first_at"]), tick_of(r["last_at"]), r["overlap_s"] // 60, r["n_encounters"],
            tuple(UUID(bytes=p) for p in r["places"] or ()),
        )
        for r in found.to_pylist()
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_live_finds_what_the_plain_definition_finds(tracer, seed, depth):
    _, tan = tracer
    stays = crowd(seed)
    make.does(tan, "record_presences", source="scan", evidence="file:1", seen=seen(stays))
    (index, _), (other, _) = Counter(s.person for s in stays).most_common(2)
    windows = [(index, 100, 300), (index, 280, 420), (index, 900, 930)]
    with scoped(make.EVERYBODY):
        found = contacts_around(
            make.EVERYBODY, [(who, at(a), at(b)) for who, a, b in windows], until=at(1_300),
            min_overlap_minutes=12, depth=depth, other_cases=[other],
        )  # fmt: skip
    truth = reference.contacts(stays, [*windows, (other, 0, 0)], least=12, depth=depth, until=1_300)
    assert sorted(rows(found.contacts), key=str) == sorted(truth, key=str)
    assert len(truth) > 3
    assert all(row.person != other for row in truth)


def test_a_township_finds_contacts_at_its_own_places_only(tracer):
    county, tan = tracer
    stays = crowd(4)
    make.does(tan, "record_presences", source="ticket", evidence="file:1", seen=seen(stays))
    with scoped(make.EVERYBODY):
        near = set(Place.objects.filter(path__startswith=make.LIUQUAN).values_list("id", flat=True))
    scope = Scope(make.LIUQUAN)
    with scoped(scope):
        found = contacts_around(scope, [(stays[0].person, at(0), at(900))], until=at(1_300), min_overlap_minutes=12)
        # the policy of the table holds it even where the question does not say it
        wider = contacts_around(
            make.EVERYBODY, [(stays[0].person, at(0), at(900))], until=at(1_300), min_overlap_minutes=12
        )
        assert Presence.objects.count() == sum(s.place in near for s in {*stays})
    truth = reference.contacts(
        [s for s in stays if s.place in near], [(stays[0].person, 0, 900)], least=12, until=1_300
    )
    assert sorted(rows(found.contacts), key=str) == sorted(rows(wider.contacts), key=str) == sorted(truth, key=str)
    assert make.does(county.zhou, "record_presences", source="scan", evidence="x", seen=[]).status == "refused"


def test_presences_are_recorded_once_and_forgotten_in_time(tracer):
    _, tan = tracer
    stays = list(set(crowd(5, n=30)))
    first = make.does(tan, "record_presences", source="register", evidence="file:1", seen=seen(stays))
    again = make.does(tan, "record_presences", source="register", evidence="file:2", seen=seen(stays))
    assert (first.result["new"], again.result["new"]) == (len(stays), 0)
    with scoped(make.EVERYBODY):
        longest = dict(LongestStay.objects.values_list("place", "seconds"))
        assert longest == {p: 60 * max(s.t_out - s.t_in for s in stays if s.place == p) for p in longest}
    tick.tick(make.DAY + timedelta(days=29))
    with scoped(make.EVERYBODY):
        assert Presence.objects.count() == len(stays)
    tick.tick(make.DAY + timedelta(days=31))
    with scoped(make.EVERYBODY):
        assert Presence.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seen_until": at(5)}, "ends_before_it_begins"),
        ({"seen_from": make.DAY + timedelta(days=2), "seen_until": make.DAY + timedelta(days=3)}, "in_the_future"),
        ({"person": UUID(int=1)}, "no_such_person"),
        ({"place": UUID(int=1)}, "no_such_place"),
    ],
)
def test_a_presence_that_cannot_be_is_refused_by_its_row(tracer, change, code):
    _, tan = tracer
    (good, bad) = seen([reference.Stay(*s[:2], 10, 40) for s in crowd(6, n=2)])
    answer = make.does(tan, "record_presences", source="scan", evidence="x", seen=[good, bad | change])
    assert (answer.status, answer.code) == ("refused", code)
    assert "2" in answer.reason
    with scoped(make.EVERYBODY):
        assert not Presence.objects.exists()
