"""采送检报: from a table in a village to a result on the person's page, and what stops on the way."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests import make_lab as lab
from tests.make_lab import DAY, MINUTE

HOUR = timedelta(hours=1)


@pytest.fixture
def chain(db: None) -> lab.Chain:
    return lab.chain()


def told_about(person: Any) -> list[str]:
    with scoped(make.EVERYBODY):
        return [r.value for r in lab_reads.results_of(make.EVERYBODY, person)]


def tasks(kind: str) -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(command_reads.open_tasks(make.EVERYBODY).filter(kind=kind))


def test_a_negative_pool_goes_from_the_table_to_the_persons_page(chain: lab.Chain) -> None:
    villagers = lab.people(10)
    lab.fills(chain, "A001", villagers)
    lab.brings(chain, "BOX1", "A001")
    assert told_about(villagers[0]) == [""]
    assert make.does(chain.jian, "record_result", tube="A001", value="negative", at=DAY + 4 * HOUR).status == "done"
    assert told_about(villagers[0]) == [""]  # nobody is told before the second person
    with scoped(make.EVERYBODY):
        (waiting,) = lab_reads.waiting_results(make.EVERYBODY)
    mine = make.does(chain.jian, "release_results", results=[waiting.id], findings=0, at=DAY + 5 * HOUR)
    assert mine.code == "own_results"
    assert (
        make.does(chain.fu, "release_results", results=[waiting.id], findings=1, at=DAY + 5 * HOUR).code
        == "findings_differ"
    )
    assert make.does(chain.fu, "release_results", results=[waiting.id], findings=0, at=DAY + 5 * HOUR).status == "done"
    assert told_about(villagers[0]) == ["negative"]
    with scoped(make.EVERYBODY):
        assert lab_figures.funnel(make.EVERYBODY, chain.round) == {"reported": (1, 10)}


def test_what_breaks_a_binding_is_refused_before_it_is_drawn(chain: lab.Chain) -> None:
    a, b, c = lab.people(3)
    lab.send(chain.cai, lab.swab(chain.session, "A001", a))
    again = lab.send(chain.cai, lab.swab(chain.session, "A002", a), lab.swab(chain.session, "A002", b))
    assert [(r.status, r.code) for r in again] == [("refused", "twice_in_round"), ("done", "")]
    (elsewhere,) = lab.send(chain.shi, lab.swab(chain.other, "A001", c))
    assert elsewhere.code == "tube_elsewhere"
    (foreign,) = lab.send(chain.shi, lab.swab(chain.session, "A003", c))
    assert foreign.code == "wrong_station"  # Shiqiao's sampler is not at Liuquan's table
    (nobody,) = lab.send(chain.cai, lab.swab(chain.session, "A002", uuid7()))
    assert nobody.code == "no_such_person"
    assert make.does(chain.cai, "close_tube", tube="A002").status == "done"
    (closed,) = lab.send(chain.cai, lab.swab(chain.session, "A002", c))
    assert closed.code == "tube_closed"
    assert (lab.tube("A001").swabs, lab.tube("A002").swabs) == (1, 1)
    second = make.does(chain.county.zheng, "open_round", name="第二轮", kind="area", area=make.COUNTY, pool_size=10)
    assert second.result
    session = make.does(chain.cai, "open_session", of_round=second.result["round"], station=chain.liuquan)
    assert session.result
    (wrong_round,) = lab.send(chain.cai, lab.swab(session.result["session"], "A001", c))
    assert wrong_round.code == "tube_elsewhere"
    (next_round,) = lab.send(chain.cai, lab.swab(session.result["session"], "N001", a))
    assert next_round.status == "done"  # the same person, but another round


def test_an_eleventh_swab_finds_the_tube_full_and_the_ten_before_stay(chain: lab.Chain) -> None:
    villagers = lab.people(12)
    answers = lab.send(chain.cai, *(lab.swab(chain.session, "A001", p) for p in villagers))
    assert [a.status for a in answers] == ["done"] * 10 + ["refused"] * 2
    assert {a.code for a in answers[10:]} == {"tube_full"}
    assert lab.tube("A001").swabs == 10 == lab.live_swabs("A001")


def test_a_swab_told_of_late_that_cannot_be_bound_is_a_doubt_and_is_recalled_with_its_tube(chain: lab.Chain) -> None:
    villagers = lab.people(11)
    lab.fills(chain, "A001", villagers[:10])
    late = lab.swab(chain.session, "A001", villagers[10], at=DAY + 1 * MINUTE)
    (answer,) = lab.send(chain.cai, late, recorded_at=DAY + 3 * HOUR)
    assert (answer.status, answer.word) == ("done", "doubted")
    assert lab.tube("A001").swabs == 10 == lab.live_swabs("A001")
    (again,) = lab.send(chain.cai, late, recorded_at=DAY + 4 * HOUR)
    assert again.status == "already_done"
    lab.brings(chain, "BOX1", "A001")
    recalled = lab.reads(chain, "A001", "positive", at=DAY + 5 * HOUR)
    assert recalled.result
    assert recalled.result["people"] == 11
    with scoped(make.EVERYBODY):
        (doubt,) = lab_reads.doubts(make.EVERYBODY)
    given = {"doubt": doubt.id, "as_": "void", "reason": "采样员确认误扫"}
    assert make.does(chain.county.zheng, "settle_doubt", at=DAY + 6 * HOUR, **given).status == "done"
    assert make.does(chain.county.zheng, "settle_doubt", at=DAY + 6 * HOUR, **given).code == "no_such_doubt"


def test_somebody_on_no_list_is_sampled_by_the_document_just_scanned(chain: lab.Chain) -> None:
    known = make.person(cast.QIAN)
    words = {"row_number": 0, "name": cast.QIAN.name, "id_number": cast.QIAN.id_number}
    stranger = {"row_number": 0, "name": cast.SUN.name, "id_number": cast.SUN.id_number, "phones": [cast.SUN.phone]}
    answers = [
        make.does(chain.cai, "draw_swab", session=chain.session, tube="A001", who=who)
        for who in (words, stranger, stranger)
    ]
    assert [(a.status, a.code) for a in answers] == [("done", ""), ("done", ""), ("refused", "twice_in_round")]
    with scoped(make.EVERYBODY):
        people = {s.person_id: s.person.name for s in lab_reads.members(make.EVERYBODY, lab.tube("A001").id)}
    assert known in people
    assert set(people.values()) == {cast.QIAN.name, cast.SUN.name}


def test_an_undone_swab_frees_the_person_and_the_tube(chain: lab.Chain) -> None:
    (a,) = lab.people(1)
    first = lab.swab(chain.session, "A001", a)
    lab.send(chain.cai, first)
    assert make.does(chain.shi, "undo_swab", swab=first.id).code == "no_such_swab"
    assert make.does(chain.cai, "undo_swab", swab=first.id).status == "done"
    assert make.does(chain.cai, "undo_swab", swab=first.id).code == "undone_already"
    (again,) = lab.send(chain.cai, lab.swab(chain.session, "A002", a))
    assert again.status == "done"
    assert lab.live_swabs("A001") == 0 == lab.tube("A001").swabs
    assert told_about(a) == [""]


def test_counts_that_differ_stop_every_hand_over_and_name_the_tubes(chain: lab.Chain) -> None:
    villagers = lab.people(4)
    lab.fills(chain, "A001", villagers[:2])
    lab.fills(chain, "A002", villagers[2:])
    short = make.does(chain.cai, "close_session", session=chain.session, people=4, tubes=["A001"])
    assert (short.word, short.result and short.result["missing"]) == ("count_differs", ["A002"])
    people = make.does(chain.cai, "close_session", session=chain.session, people=5, tubes=["A001", "A002"])
    assert people.word == "count_differs"
    assert (
        make.does(chain.cai, "close_session", session=chain.session, people=4, tubes=["A001", "A002"]).word == "closed"
    )
    assert make.does(chain.cai, "pack_box", session=chain.session, box="B1", tubes=["A001", "A002"]).status == "done"
    differs = make.does(chain.song, "hand_over", boxes=[{"box": "B1", "tubes": ["A001", "X9"]}], at=DAY + HOUR)
    assert differs.result
    assert differs.result["boxes"] == {"B1": {"missing": ["A002"], "extra": ["X9"]}}
    assert lab.tube("A001").state == "packed"  # nothing has left
    assert [t.title for t in tasks("tubes_missing")] == ["B1"]
    both = [{"box": "B1", "tubes": ["A001", "A002"]}]
    assert make.does(chain.song, "hand_over", boxes=both, at=DAY + HOUR).word == "taken"
    assert not tasks("tubes_missing")  # the count is right: the clock stops with it
    lost = make.does(chain.jian, "receive_box", box="B1", tubes=["A001"], at=DAY + 2 * HOUR)
    assert lost.word == "count_differs"
    assert lab.tube("A001").state == "on_the_way"
    refused = make.does(chain.jian, "record_result", tube="A001", value="negative", at=DAY + 2 * HOUR)
    assert refused.code == "not_received"
    box = lab.tube("A001").box
    assert box is not None
    struck = make.does(chain.jian, "strike_tubes", box=box.id, tubes=["A002"], reason="运输破损", at=DAY + 3 * HOUR)
    assert struck.result
    assert struck.result["people"] == 2
    assert make.does(chain.jian, "receive_box", box="B1", tubes=["A001"], at=DAY + 3 * HOUR).word == "received"
    assert not tasks("tubes_missing")
    other = make.does(chain.cai, "open_session", of_round=chain.round, station=chain.liuquan, at=DAY + 4 * HOUR)
    assert other.result
    (fresh,) = lab.send(chain.cai, lab.swab(other.result["session"], "A003", villagers[2], at=DAY + 4 * HOUR))
    assert fresh.status == "done"  # whose tube is lost is sampled again


def test_a_positive_pool_is_taken_apart_and_only_singles_decide(chain: lab.Chain) -> None:
    a, b, c = lab.people(3)
    drawn = [lab.swab(chain.session, "A001", a, retained="R001"), *(lab.swab(chain.session, "A001", p) for p in (b, c))]
    assert {r.status for r in lab.send(chain.cai, *drawn)} == {"done"}
    make.does(chain.cai, "close_tube", tube="A001")
    lab.brings(chain, "BOX1", "A001")
    out = lab.reads(chain, "A001", "weak_positive")
    assert out.result
    assert (out.result["people"], out.result["retained"]) == (3, 1)
    assert told_about(b) == ["weak_positive"]  # of a pool: to be checked singly
    with scoped(make.EVERYBODY):
        rechecks = {r.person_id: r for r in lab_reads.rechecks(make.EVERYBODY, lab.tube("A001").recall.id)}
    assert (rechecks[a].via, rechecks[b].via) == ("retained", "new_swab")
    assert len(tasks("recall_pool")) == 1
    told = make.does(
        chain.liu, "tell_members", recall=rechecks[a].recall_id, rechecks=[r.id for r in rechecks.values()]
    )
    assert told.result
    assert told.result["told"] == 3
    assert make.does(chain.cai, "recheck_swab", recheck=rechecks[b].id, tube="S002", at=DAY + 5 * HOUR).status == "done"
    assert (
        make.does(chain.cai, "recheck_swab", recheck=rechecks[b].id, tube="S009", at=DAY + 5 * HOUR).code
        == "on_its_way"
    )
    assert len(tasks("recall_pool")) == 1
    assert make.does(chain.cai, "recheck_swab", recheck=rechecks[c].id, tube="S003", at=DAY + 5 * HOUR).status == "done"
    assert not tasks("recall_pool")  # everybody knows, and everybody's single is on its way
    assert (
        lab.reads(chain, "R001", "negative", at=DAY + 6 * HOUR).status == "done"
    )  # the retained one waits at the laboratory
    assert sorted(told_about(a)) == ["negative", "weak_positive"]
    lab.brings(chain, "BOX2", "S002", "S003", at=DAY + 5 * HOUR)
    assert lab.reads(chain, "S002", "positive", at=DAY + 8 * HOUR).status == "done"
    with scoped(make.EVERYBODY):
        assert lab_reads.recall(make.EVERYBODY, rechecks[a].recall_id).closed_at is None  # type: ignore[union-attr]
    assert lab.reads(chain, "S003", "negative", at=DAY + 9 * HOUR).status == "done"
    with scoped(make.EVERYBODY):
        recall = lab_reads.recall(make.EVERYBODY, rechecks[a].recall_id)
        assert recall is not None
        assert recall.closed_at is not None
        decided = {r.person_id: r.value for r in lab_reads.rechecks(make.EVERYBODY, recall.id)}
    assert decided == {a: "negative", b: "positive", c: "negative"}
    with scoped(make.EVERYBODY):
        assert lab_figures.funnel(make.EVERYBODY, chain.round) == {"reported": (1, 3)}  # singles are no second round


def test_a_correction_stands_beside_the_first_value_and_needs_its_own_release(chain: lab.Chain) -> None:
    (a,) = lab.people(1)
    lab.fills(chain, "A001", [a])
    lab.brings(chain, "BOX1", "A001")
    assert lab.reads(chain, "A001", "negative").status == "done"
    silent = make.does(chain.jian, "record_result", tube="A001", value="positive", at=DAY + 6 * HOUR)
    assert silent.code == "has_result"
    corrected = make.does(
        chain.jian, "record_result", tube="A001", value="positive", reason="复核曲线", at=DAY + 6 * HOUR
    )
    assert corrected.word == "corrected"
    assert corrected.result
    assert told_about(a) == ["negative"]
    out = make.does(chain.fu, "release_results", results=[corrected.result["result"]], findings=1, at=DAY + 7 * HOUR)
    assert out.status == "done"
    assert told_about(a) == ["positive"]
    assert lab.values("A001") == ["negative", "positive"]


def test_a_result_can_be_neither_changed_nor_deleted_in_the_table(chain: lab.Chain) -> None:
    from django.db import DatabaseError, connection

    (a,) = lab.people(1)
    lab.fills(chain, "A001", [a])
    lab.brings(chain, "BOX1", "A001")
    lab.reads(chain, "A001", "negative")
    for words in ("UPDATE lab_result SET value = 'positive'", "DELETE FROM lab_result"):
        with scoped(make.EVERYBODY), connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(words)
    with scoped(make.EVERYBODY), connection.cursor() as cursor:
        cursor.execute("UPDATE lab_result SET released_at = now()")
        assert cursor.rowcount == 0  # released once
