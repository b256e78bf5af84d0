"""Whole tables: the quick join says what the slow, plain one would; lists with truth are linked nearly without fault."""

import random

import numpy as np
import pytest

from benchmarks.linkage_people import FIELDS, damage_people, make_people
from bihuan.engines.linkage import (
    CEILING,
    NOBODY,
    Decision,
    NameFrequencies,
    Record,
    block_keys_of,
    build_index,
    candidates,
    compare,
    dedupe,
    link,
    name_sound,
    normal_name,
    prepare,
)
from bihuan.engines.linkage._compare import levels_of, weights_of
from bihuan.engines.linkage._link import _share
from bihuan.engines.terms import check_digit
from tests import cast
from tests.engines.linkage.test_compare import record


def records_of(columns):
    return [Record(*values) for values in zip(*(columns[name] for name in FIELDS), strict=True)]


OTHER_ZHAO = "99102719600101001" + check_digit("99102719600101001")
REGISTER = make_people(3_000, seed=11)
PUSHED, TRUTH = damage_people(REGISTER, 400, seed=12, strangers=0.2)


def test_candidates_are_the_pairs_that_share_a_key_few_enough_have():
    left, right = block_keys_of(PUSHED), block_keys_of(REGISTER)
    bearers = {}
    for row, keys in enumerate(right):
        for key in keys:
            bearers.setdefault(key, []).append(row)
    for ceiling in (CEILING, 3):
        plain = {
            (i, j)
            for i, keys in enumerate(left)
            for key in keys
            if len(bearers.get(key, ())) <= ceiling
            for j in bearers.get(key, ())
        }
        found = candidates(prepare(PUSHED), build_index(REGISTER), ceiling=ceiling)
        assert list(zip(*(rows.tolist() for rows in found), strict=True)) == sorted(plain)


def test_the_best_row_is_the_best_compare_over_the_candidates():
    register, pushed = records_of(REGISTER), records_of(PUSHED)
    index = build_index(register)
    people = prepare(pushed)
    pairs = candidates(people, index)
    links = link(pushed, index)
    names, sounds = {}, {}
    for r in register:
        names[normal_name(r.name)] = names.get(normal_name(r.name), 0) + 1
        sounds[name_sound(r.name)] = sounds.get(name_sound(r.name), 0) + 1
    counted = NameFrequencies(len(register), names, sounds)
    best = {}
    for i, j in zip(*(rows.tolist() for rows in pairs), strict=True):
        if i < 60:
            match = compare(pushed[i], register[j], frequencies=counted, population=len(register))
            best.setdefault(i, []).append((match.probability, -j))
    for i in range(60):
        if i not in best:
            assert links.right_row[i] == NOBODY
            continue
        most = max(best[i])
        at = [p for p, j in best[i] if -j == links.right_row[i]]
        assert at[0] == pytest.approx(most[0], abs=1e-6)


def test_batch_weights_are_those_of_compare():
    register, pushed = records_of(REGISTER), records_of(PUSHED)
    a, b = prepare(pushed), prepare(register)
    rows = random.Random(5).sample(range(len(pushed)), 40)
    left = np.array(rows)
    right = np.array([max(TRUTH[i], 0) for i in rows])
    levels = levels_of(a, b, left, right)
    weights = weights_of(levels, _share(b.names)[right], _share(b.sounds)[right], len(register))
    for at, (i, j) in enumerate(zip(left, right, strict=True)):
        told = {r.field: r.weight for r in compare(pushed[i], register[j], population=len(register)).reasons}
        for column, field in enumerate(FIELDS):
            if levels[at, column] and not (field == "name" and levels[at, column] in (1, 2)):
                assert told[field] == pytest.approx(weights[at, column])


@pytest.mark.parametrize(("seed", "given", "strangers"), [(21, 0, 0.0), (22, 600, 0.0), (23, 0, 0.4)])
def test_a_damaged_list_is_linked_nearly_without_fault(seed, given, strangers):
    register = make_people(30_000, seed=seed, given=given)
    pushed, truth = damage_people(register, 2_000, seed=seed + 500, strangers=strangers)
    links = link(pushed, register)
    truth = np.array(truth)
    linked = links.probability >= 0.5
    right = (links.right_row == truth) & linked
    precision, recall = right.sum() / linked.sum(), right.sum() / (truth >= 0).sum()
    assert precision >= 0.998
    assert 2 * precision * recall / (precision + recall) >= 0.985
    sure = links.decision == "same"
    assert (links.right_row[sure] == truth[sure]).mean() >= 0.999


def test_a_row_without_a_candidate_belongs_to_nobody():
    links = link([Record(name="周陌生", phone="19911112222")], [record(cast.ZHAO)])
    assert links.right_row.tolist() == [NOBODY]
    assert links.probability.tolist() == [0.0]
    assert links.decision.tolist() == ["different"]


def test_two_namesakes_who_fit_alike_are_for_a_person_to_tell_apart():
    one = record(cast.ZHAO, id_number="", address="", birth_on="")
    apart = [
        record(cast.ZHAO, address=""),
        record(cast.ZHAO, address="", id_number=OTHER_ZHAO, birth_on=""),
    ]
    assert link([one], apart[:1]).decision.tolist() == ["same"]
    assert link([one], apart).decision.tolist() != ["same"]
    assert link([one], apart).probability[0] == pytest.approx(0.5, abs=0.1)


def test_a_person_whom_the_index_holds_twice_is_still_found():
    twice = [record(cast.ZHAO), record(cast.QIAN), record(cast.ZHAO, address="")]
    links = link([record(cast.ZHAO, id_number="")], twice)
    assert links.right_row[0] in (0, 2)
    assert links.decision.tolist() == ["same"]


def test_the_exact_valid_number_wins_over_phone_and_address():
    left = record(cast.ZHAO, name="", phone=cast.SUN.phone, address=cast.SUN.address, birth_on="", sex="")
    assert link([left], [record(cast.SUN), record(cast.ZHAO)]).right_row.tolist() == [1]


def test_empty_tables_give_empty_answers():
    assert len(link([], [record(cast.ZHAO)]).right_row) == 0
    assert link([record(cast.ZHAO)], []).right_row.tolist() == [NOBODY]
    assert len(dedupe([]).cluster) == 0


def test_columns_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="no such field: nome"):
        prepare({"nome": ["x"]})
    with pytest.raises(ValueError, match="different lengths"):
        prepare({"name": ["x"], "phone": ["1", "2"]})


def test_a_table_finds_its_own_doubles():
    register = make_people(4_000, seed=31)
    doubles, truth = damage_people(register, 800, seed=32)
    table = {name: register[name] + doubles[name] for name in FIELDS}
    for at_once in (2_000_000, 500):  # the answer does not hang on how much is judged at a time
        found = dedupe(table, pairs_at_once=at_once)
        pairs = set(zip(found.left_row.tolist(), found.right_row.tolist(), strict=True))
        true = {(k, 4_000 + i) for i, k in enumerate(truth)}
        assert len(pairs & true) / len(pairs) >= 0.995
        assert len(pairs & true) / len(true) >= 0.97
        assert len(pairs) == len(found.left_row)
    sure = found.decision == Decision.SAME.value
    assert all(found.cluster[found.left_row[sure]] == found.cluster[found.right_row[sure]])
    assert all(found.cluster[row] <= row for row in range(len(found.cluster)))
