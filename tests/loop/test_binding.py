"""No order of acts breaks the binding of people and tubes, and the counts balance at every step: against a slow reference."""

import random
import threading
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.models import Swab, Tube
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.act import Answer, Request
from tests import make
from tests import make_lab as lab
from tests.make_lab import DAY, MINUTE

PEOPLE, CODES = 8, ("T1", "T2", "T3")


class Reference:
    """What one would do with paper: tubes by table, people by round, one act after the other."""

    def __init__(self) -> None:
        self.tubes: dict[str, tuple[int, list[int]]] = {}
        self.closed: set[str] = set()
        self.sampled: dict[int, str] = {}

    def draw(self, table: int, code: str, person: int, capacity: int) -> str:
        where, inside = self.tubes.get(code, (table, []))
        if person in self.sampled:
            return "twice_in_round"
        if where != table:
            return "tube_elsewhere"
        if code in self.closed:
            return "tube_closed"
        if len(inside) >= capacity:
            return "tube_full"
        self.tubes[code] = (table, [*inside, person])
        self.sampled[person] = code
        return ""

    def undo(self, person: int) -> bool:
        code = self.sampled.get(person)
        if code is None or code in self.closed:
            return False
        self.tubes[code][1].remove(person)
        del self.sampled[person]
        return True

    def close(self, code: str) -> bool:
        if code not in self.tubes or code in self.closed:
            return False
        self.closed.add(code)
        return True


draws = st.tuples(st.just("draw"), st.integers(0, 1), st.sampled_from(CODES), st.integers(0, PEOPLE - 1))
undos = st.tuples(st.just("undo"), st.integers(0, PEOPLE - 1))
closes = st.tuples(st.just("close"), st.sampled_from(CODES))


@pytest.fixture(scope="module")
def counter() -> Counter[str]:
    return Counter()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(draws, draws, draws, undos, closes), max_size=40), st.integers(1, 6))
def test_any_order_of_acts_keeps_the_rules_and_the_sums(db: None, steps: list[Any], batch: int) -> None:
    chain, people = _scene()
    reference, drawn = Reference(), {}
    waiting: list[tuple[Request, int, str]] = []

    def flush() -> None:
        """Batches of one table arrive as phones send them; the reference has taken them one by one."""
        for table in (0, 1):
            mine = [
                (r, p, want) for r, p, want in waiting if r.args["session"] == str((chain.session, chain.other)[table])
            ]
            for start in range(0, len(mine), batch):
                part = mine[start : start + batch]
                answers = lab.send((chain.cai, chain.shi)[table], *(r for r, _p, _w in part))
                assert [a.code for a in answers] == [want for _r, _p, want in part]
                for (request, person, want), answer in zip(part, answers, strict=True):
                    assert (answer.status == "done") == (want == "")
                    if answer.status == "done":
                        drawn[person] = request.id
        waiting.clear()

    last_table: int | None = None
    for step in steps:
        if step[0] == "draw":
            _draw, table, code, person = step
            if last_table is not None and table != last_table:
                flush()  # what one phone sends stays in its order; another table's come after it
            last_table = table
            wanted = reference.draw(table, code + chain.round.hex, person, 5)
            session = (chain.session, chain.other)[table]
            waiting.append((lab.swab(session, code + chain.round.hex, people[person]), person, wanted))
            continue
        flush()
        if step[0] == "undo":
            code = reference.sampled.get(step[1])
            may = reference.undo(step[1])
            if code is not None:
                table = reference.tubes[code][0]
                answer = make.does((chain.cai, chain.shi)[table], "undo_swab", swab=drawn[step[1]])
                assert (answer.status == "done") == may
        else:
            code = step[1] + chain.round.hex
            table = reference.tubes.get(code, (0, []))[0]
            closed = make.does((chain.cai, chain.shi)[table], "close_tube", tube=code)
            assert (closed.status == "done") == (reference.close(code) and True)
    flush()
    _balances(chain, reference, people)


_kept: list[Any] = []


def _scene() -> tuple[lab.Chain, list[UUID]]:
    """A fresh round in one county: the county is made once for all examples of a run, rounds and people each time."""
    with scoped(make.EVERYBODY):
        from bihuan.ledgers.territory.models import Area

        is_fresh = not Area.objects.exists()
    if is_fresh:
        _kept[:] = [lab.chain(pool_size=5)]
        return _kept[0], lab.people(PEOPLE)
    first: lab.Chain = _kept[0]
    given_ = {"name": "又一轮", "kind": "area", "area": make.COUNTY, "pool_size": 5}
    opened = make.does(first.county.zheng, "open_round", **given_)
    assert opened.result
    round_ = UUID(opened.result["round"])
    sessions = [
        make.does(who, "open_session", of_round=round_, station=station).result
        for who, station in ((first.cai, first.liuquan), (first.shi, first.shiqiao))
    ]
    from dataclasses import replace

    made = replace(first, round=round_, session=UUID(sessions[0]["session"]), other=UUID(sessions[1]["session"]))  # type: ignore[index]
    return made, lab.people(PEOPLE)


def _balances(chain: lab.Chain, reference: Reference, people: list[UUID]) -> None:
    """The tables say what paper says, and every sum agrees with its parts."""
    with scoped(make.EVERYBODY):
        tubes = {t.code: t for t in Tube.objects.filter(round=chain.round)}
        live = Swab.objects.filter(round=chain.round, undone_at__isnull=True)
        inside = {code: sorted(live.filter(tube=t).values_list("person", flat=True)) for code, t in tubes.items()}
        told = lab_figures.funnel(make.EVERYBODY, chain.round)
        by_table = lab_figures.by_session(make.EVERYBODY, chain.round)
    wanted = {code: sorted(people[p] for p in members) for code, (_table, members) in reference.tubes.items()}
    assert inside == wanted
    assert all(t.swabs == len(inside[code]) <= t.capacity for code, t in tubes.items())
    assert sum(n for _tubes, n in told.values()) == len(reference.sampled)
    assert sum(row["people"] or 0 for row in by_table.values()) == len(reference.sampled)


def test_two_phones_at_once_bind_a_person_once_and_never_overfill_a_tube(db: None) -> None:
    chain = lab.chain(pool_size=10)
    people = lab.people(30)
    outboxes: list[list[Request]] = []
    dice = random.Random(7)
    for _phone in range(4):
        order = people[:]
        dice.shuffle(order)
        outboxes.append([lab.swab(chain.session, f"T{dice.randrange(4)}", p) for p in order])
    answers: list[Answer] = []

    def phone(outbox: list[Request]) -> None:
        try:
            for start in range(0, len(outbox), 7):
                answers.extend(lab.send(chain.cai, *outbox[start : start + 7]))
        finally:
            connections.close_all()

    phones = [threading.Thread(target=phone, args=(o,)) for o in outboxes]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    assert len(answers) == 120
    done = [a for a in answers if a.status == "done"]
    with scoped(make.EVERYBODY):
        tubes = list(Tube.objects.filter(round=chain.round))
        swabs = Counter(Swab.objects.filter(round=chain.round, undone_at__isnull=True).values_list("person", flat=True))
        per_tube = Counter(Swab.objects.filter(undone_at__isnull=True).values_list("tube", flat=True))
    assert max(swabs.values()) == 1
    assert len(done) == sum(swabs.values())
    assert all(t.swabs == per_tube[t.id] <= 10 for t in tubes)
    assert len(swabs) == min(30, 10 * len(tubes))


def test_a_batch_larger_than_its_tube_fills_it_and_says_who_was_left_over(db: None) -> None:
    chain = lab.chain(pool_size=5)
    people = lab.people(7)
    answers = lab.send(chain.cai, *(lab.swab(chain.session, "T0", p) for p in [people[0], *people]))
    assert [a.code for a in answers] == ["", "twice_in_round", "", "", "", "", "tube_full", "tube_full"]
    assert lab.tube("T0").swabs == 5 == lab.live_swabs("T0")


def test_an_outbox_sent_twice_and_reordered_ends_the_same(db: None) -> None:
    chain = lab.chain(pool_size=5)
    people = lab.people(12)
    outbox = [lab.swab(chain.session, f"T{n // 5}", p) for n, p in enumerate(people)]
    dice = random.Random(11)
    for _again in range(4):
        dice.shuffle(outbox)
        for start in range(0, len(outbox), 5):
            answers = lab.send(chain.cai, *outbox[start : start + 5], recorded_at=DAY + MINUTE)
            assert {a.status for a in answers} <= {"done", "already_done"}
    assert [(c, lab.tube(c).swabs, lab.live_swabs(c)) for c in ("T0", "T1", "T2")] == [
        ("T0", 5, 5),
        ("T1", 5, 5),
        ("T2", 2, 2),
    ]


def test_counts_balance_at_every_hand_over_whatever_is_scanned(db: None) -> None:
    """A hand-over is accepted if and only if exactly what should be there was scanned, each once."""
    chain = lab.chain()
    codes = [f"A{n}" for n in range(4)]
    for code, person in zip(codes, lab.people(4), strict=True):
        lab.fills(chain, code, [person])
    assert make.does(chain.cai, "pack_box", session=chain.session, box="B", tubes=codes).status == "done"
    dice = random.Random(3)
    tries = [[*codes, "X1"], [*codes, "A0"], codes[1:], []]
    tries += [dice.choices([*codes, "X1"], k=dice.randrange(1, 6)) for _ in range(20)]
    for turn, scanned in enumerate(t for t in tries if sorted(t) != codes):
        given_ = {"boxes": [{"box": "B", "tubes": scanned}]}
        answer = make.does(chain.song, "hand_over", at=DAY + turn * MINUTE, **given_)
        assert answer.word == "count_differs", scanned
        assert answer.result
        told = answer.result["boxes"]["B"]
        assert set(told["missing"]) == set(codes) - set(scanned)
        assert set(told["extra"]) == (set(scanned) - set(codes)) | {c for c in scanned if scanned.count(c) > 1}
    dice.shuffle(codes)
    right = make.does(chain.song, "hand_over", at=DAY + timedelta(hours=1), boxes=[{"box": "B", "tubes": codes}])
    assert right.word == "taken"
    with scoped(make.EVERYBODY):
        box = lab_reads.boxes_coded(make.EVERYBODY, ["B"])["B"]
        counts = list(lab_reads.receipts(make.EVERYBODY, box_id=box.id).values_list("is_accepted", flat=True))
    assert counts.count(True) == 1
