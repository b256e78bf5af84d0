"""Result files: what went wrong in Shuozhou and Lanzhou is refused by machine, before anything is recorded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bihuan.adapters import result_files
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.act import Answer
from tests import make
from tests import make_lab as lab
from tests.make_lab import DAY

HOUR = timedelta(hours=1)
CLEAN = "管号,检测结果\nA001,阴性\nA002,弱阳性\nA003,无效\n"


@pytest.fixture
def chain(db: None) -> lab.Chain:
    """Three pools on an instrument, a fourth in another batch."""
    made = lab.chain()
    people = lab.people(8)
    for number in range(4):
        lab.fills(made, f"A00{number + 1}", people[2 * number : 2 * number + 2])
    lab.brings(made, "BOX1", "A001", "A002", "A003")
    lab.brings(made, "BOX2", "A004")
    for number, box in (("P1", "BOX1"), ("P2", "BOX2")):
        given = {"laboratory": made.laboratory, "number": number, "boxes": [box]}
        assert make.does(made.jian, "start_test_run", at=DAY + 2 * HOUR, **given).status == "done"
    return made


def tries(of: lab.Chain, text: str, *, kind: str = "all", batch: str = "P1", **more: Any) -> Answer:
    reading = result_files.read(text.encode())
    given = {
        "laboratory": of.laboratory, "test_run": batch, "kind": kind, "file_name": "结果.csv",
        "content_hash": reading.content_hash, "rows": reading.rows, "unreadable": reading.unreadable, **more,
    }  # fmt: skip
    return make.does(of.jian, "check_results", at=DAY + 5 * HOUR, **given)


def file_of(answer: Answer) -> UUID:
    assert answer.result
    return UUID(answer.result["file"])


def test_a_file_is_tried_out_taken_and_released_by_a_second_person(chain: lab.Chain) -> None:
    tried = tries(chain, CLEAN)
    assert tried.word == "clean"
    assert lab.tube("A001").state == "received"  # nothing is recorded by trying
    file = file_of(tried)
    assert make.does(chain.fu, "release_results", file=file, findings=2, at=DAY + 6 * HOUR).code == "no_such_file"
    taken = make.does(chain.jian, "import_results", file=file, at=DAY + 5 * HOUR)
    assert taken.result == {"rows": 3, "findings": 2}
    assert make.does(chain.jian, "release_results", file=file, findings=2, at=DAY + 6 * HOUR).code == "own_results"
    assert make.does(chain.fu, "release_results", file=file, findings=1, at=DAY + 6 * HOUR).code == "findings_differ"
    out = make.does(chain.fu, "release_results", file=file, findings=2, at=DAY + 6 * HOUR)
    assert out.status == "done"
    assert [(lab.tube(c).state, lab.tube(c).value) for c in ("A001", "A002", "A003")] == [
        ("reported", "negative"), ("reported", "weak_positive"), ("spoiled", "invalid"),
    ]  # fmt: skip
    with scoped(make.EVERYBODY):
        assert lab_reads.recalls(make.EVERYBODY).count() == 1  # the weak positive pool is taken apart by itself
        run = lab_reads.test_run(make.EVERYBODY, "P1")
    assert run is not None
    assert run.finished_at is not None


@pytest.mark.parametrize(
    ("text", "kind", "batch", "why"),
    [
        (CLEAN, "negatives", "P1", {"finding_in_negatives": 2}),  # Lanzhou: positives in the package of negatives
        ("管号,结果\nA001,阴性\nA002,阳性\n", "findings", "P1", {"negative_in_findings": 1, "missing_from_file": 1}),
        (
            "管号,结果\nA004,阴性\n",
            "all",
            "P1",
            {"other_batch": 1, "missing_from_file": 3},
        ),  # Shuozhou: another batch's file
        ("管号,结果,批号\nA004,阴性,P1\n", "all", "P2", {"other_batch": 1}),
        ("管号,结果\nA001,阴性\nA001,阳性\nA002,阴性\nA003,阴性\n", "all", "P1", {"twice_in_file": 1}),
        ("管号,结果\nA001,阴性\nA002,阴性\nZ999,阴性\n", "all", "P1", {"unknown_tube": 1, "missing_from_file": 1}),
        ("管号,结果\nA001,阴性\nA002,\nA003,阴性\n", "all", "P1", {"unreadable": 1, "missing_from_file": 1}),
    ],
)
def test_a_wrong_file_is_refused_whole_and_every_row_is_named(
    chain: lab.Chain, text: str, kind: str, batch: str, why: dict[str, int]
) -> None:
    tried = tries(chain, text, kind=kind, batch=batch)
    assert tried.word == "faulty"
    assert tried.result
    assert tried.result["counts"] == why
    with scoped(make.EVERYBODY):
        kept = lab_reads.file(make.EVERYBODY, file_of(tried))
    assert kept is not None
    assert kept.rows_read == kept.rows_accepted + kept.rows_rejected
    assert kept.sealed is None  # a refused file is not kept
    assert make.does(chain.jian, "import_results", file=kept.id, at=DAY + 5 * HOUR).code == "no_such_file"
    assert lab.tube("A001").state == "received"


def test_the_same_file_and_the_same_tubes_are_not_taken_twice(chain: lab.Chain) -> None:
    file = file_of(tries(chain, CLEAN))
    assert tries(chain, CLEAN).code == "same_file"
    assert make.does(chain.jian, "import_results", file=file, at=DAY + 5 * HOUR).status == "done"
    saved_again = tries(chain, CLEAN.replace("\n", "\r\n"))  # another file, the same tubes
    assert saved_again.result
    assert saved_again.result["counts"] == {"has_result": 3}


def test_what_happened_between_trying_and_taking_stops_the_file(chain: lab.Chain) -> None:
    file = file_of(tries(chain, CLEAN))
    assert make.does(chain.fu, "record_result", tube="A001", value="negative", at=DAY + 5 * HOUR).status == "done"
    assert make.does(chain.jian, "import_results", file=file, at=DAY + 5 * HOUR).code == "changed_since"
    assert make.does(chain.jian, "drop_results", file=file, at=DAY + 6 * HOUR).status == "done"
    assert make.does(chain.jian, "drop_results", file=file, at=DAY + 6 * HOUR).code == "no_such_file"
    partial = tries(chain, "管号,结果\nA002,阴性\n", is_partial=True)
    assert partial.word == "clean"


def test_a_laboratory_answers_only_for_its_own_batch(chain: lab.Chain) -> None:
    assert tries(chain, CLEAN, batch="P9").code == "no_such_batch"
    foreign = {"laboratory": chain.laboratory, "number": "P1", "boxes": ["BOX2"]}
    assert make.does(chain.jian, "start_test_run", at=DAY + 3 * HOUR, **foreign).code == "number_taken"
    twice = {"laboratory": chain.laboratory, "number": "P3", "tubes": ["A001"]}
    assert make.does(chain.jian, "start_test_run", at=DAY + 3 * HOUR, **twice).code == "wrong_tubes"
