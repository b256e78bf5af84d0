"""Five phones go offline and come back in any order, repeating themselves: what stands at the end is what an online day leaves.

`BIHUAN_SCHEDULES` says how many random days are tried; a few by default, two hundred when a release is measured.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab.models import Swab, SwabDoubt, Tube
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop import door
from bihuan.loop.act import Request
from tests import make
from tests import make_lab as lab

SCHEDULES = int(os.environ.get("BIHUAN_SCHEDULES", "5"))
PHONES, POOL = 5, 5
SECOND = timedelta(seconds=1)


@dataclass
class Phone:
    """One phone at one table: its acts in the order they were done."""

    session: UUID
    acts: list[Request] = field(default_factory=list)


def day(seed: int, label: str, sessions: list[UUID], people: list[UUID]) -> tuple[list[Phone], set[UUID]]:
    """What five samplers do in a morning. The same seed is the same morning; `label` makes tubes and acts its own.

    Answers with the phones and who, by mistake, stood at two tables.
    """
    chance = random.Random(seed)
    given = people[:]
    chance.shuffle(given)
    phones = [Phone(s) for s in sessions]
    twice = set(given[: chance.randrange(3)])
    shares = [given[n::PHONES] for n in range(PHONES)]
    for who in twice:
        at = next(n for n, share in enumerate(shares) if who in share)
        shares[(at + 1) % PHONES].append(who)
    for n, (phone, share) in enumerate(zip(phones, shares, strict=True)):
        at, tube, held = lab.DAY + n * SECOND, 0, 0
        code = f"{label}-{n}-{tube}"
        for who in share:
            at += timedelta(seconds=chance.randrange(5, 40))
            drawn = _act("draw_swab", at, n, session=str(phone.session), tube=code, person=str(who))
            phone.acts.append(drawn)
            held += 1
            if chance.random() < 0.15 and who not in twice:
                at += SECOND
                phone.acts.append(_act("undo_swab", at, n, swab=str(drawn.id)))
                held -= 1
            if held == POOL or (held and chance.random() < 0.1):
                at += SECOND
                phone.acts.append(_act("close_tube", at, n, tube=code))
                tube, held = tube + 1, 0
                code = f"{label}-{n}-{tube}"
    return phones, twice


def _act(verb: str, at: datetime, phone: int, **args: Any) -> Request:
    return Request(id=uuid7(), act=verb, at=at, device=f"phone-{phone}", args=args)


def online(chain: lab.Chain, phones: list[Phone]) -> None:
    """Every act the moment it is done."""
    for one in sorted((act for phone in phones for act in phone.acts), key=lambda act: act.at):
        door.perform_many([one], member=chain.cai.id, recorded_at=one.at + SECOND)


def offline(chain: lab.Chain, phones: list[Phone], seed: int) -> None:
    """In batches of any size, phones in any order, hours late; whatever answer is lost, the batch comes again."""
    chance = random.Random(seed)
    waiting = {n: phone.acts[:] for n, phone in enumerate(phones)}
    at = lab.DAY + timedelta(hours=6)
    while any(waiting.values()):
        n = chance.choice([n for n, acts in waiting.items() if acts])
        batch = waiting[n][: chance.randrange(1, 12)]
        at += SECOND
        for _ in range(1 + (chance.random() < 0.4) + (chance.random() < 0.1)):
            door.perform_many(batch, member=chain.cai.id, recorded_at=at)
        if chance.random() < 0.25:  # the phone has not heard the answer, and more has been done meanwhile
            door.perform_many(waiting[n][: len(batch) + 3], member=chain.cai.id, recorded_at=at)
        waiting[n] = waiting[n][len(batch) :]


def left(label: str, twice: set[UUID]) -> dict[str, Any]:
    """What stands: by tube its people and its state; those at two tables apart, for a person settles where they belong."""
    with scoped(make.EVERYBODY):
        swabs = list(Swab.objects.filter(tube__code__startswith=f"{label}-").select_related("tube"))
        tubes = list(Tube.objects.filter(code__startswith=f"{label}-"))
    counted = [s for s in swabs if s.counts and s.undone_at is None]
    assert all(t.swabs == sum(s.tube_id == t.id and s.undone_at is None for s in swabs) for t in tubes)
    sure = {s.tube_id for s in swabs if s.person_id not in twice}
    return {
        "members": sorted((s.tube.code.removeprefix(label), s.person_id, s.at) for s in counted if s.person_id not in twice),
        "undone": sorted((s.tube.code.removeprefix(label), s.person_id) for s in swabs if s.undone_at is not None),
        "states": sorted((t.code.removeprefix(label), t.state) for t in tubes if t.id in sure),
        "once": Counter(s.person_id for s in counted),
    }  # fmt: skip


@pytest.fixture
def chain(db: None) -> lab.Chain:
    return lab.chain(pool_size=POOL)


def tables(chain: lab.Chain, name: str) -> list[UUID]:
    """Five tables in a round of their own."""
    zheng = chain.county.zheng
    targets = [{"area": "991027101", "headcount": 30}]
    given = {"name": name, "kind": "area", "area": make.COUNTY, "targets": targets, "pool_size": POOL}
    opened = make.does(zheng, "open_round", **given).result["round"]
    found = []
    for n in range(PHONES):
        added = make.does(
            zheng, "add_station", name=f"{name}-{n}", kind="community", area="991027101001", laboratory=chain.laboratory
        )
        table = make.does(chain.cai, "open_session", of_round=opened, station=added.result["station"])
        found.append(UUID(table.result["session"]))
    return found


def test_any_schedule_leaves_what_an_online_day_leaves(chain: lab.Chain) -> None:
    people = lab.people(30)
    for seed in range(SCHEDULES):
        straight, twice = day(seed, f"A{seed}", tables(chain, f"a{seed}"), people)
        late, _ = day(seed, f"B{seed}", tables(chain, f"b{seed}"), people)
        online(chain, straight)
        offline(chain, late, seed)
        one, other = left(f"A{seed}", twice), left(f"B{seed}", twice)
        assert other["members"] == one["members"], seed
        assert other["undone"] == one["undone"], seed
        assert other["states"] == one["states"], seed
        assert set(one["once"].values()) <= {1}
        assert other["once"] == one["once"], seed  # whoever stood at two tables counts once, in both
        with scoped(make.EVERYBODY):
            doubts = SwabDoubt.objects.filter(tube_code__startswith=f"B{seed}-")
            assert doubts.count() == len(twice), seed  # two different facts are a doubt for a person to settle
            done = Act.objects.filter(id__in=[act.id for phone in late for act in phone.acts])
            assert len(done) == len({act.id for act in done})
