"""Block keys: what two records of one person share, as words for an index and as numbers for a join alike."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines.linkage import Record, block_keys, block_keys_of, prepare
from bihuan.engines.linkage._keys import key_hashes
from tests import cast
from tests.engines.linkage.test_compare import _RECORDS, record

ZHAO = record(cast.ZHAO)


def test_the_keys_of_one_person():
    assert block_keys(ZHAO) == tuple(
        sorted(
            [
                f"i:{cast.ZHAO.id_number}",
                f"it:{cast.ZHAO.id_number[6:]}",
                f"ih:991027{cast.ZHAO.id_number[14:]}|zhao",
                "p:19900000001",
                "nb:zhaoyiming|19850312",
                "sb:zhao|19850312",
                "na:zhaoyiming|3-12",
                "sa:zhao|3-12",
                "ba:19850312|3-12",
                "n:zhaoyiming",
                "nl:zhaoyiming|0001",
                "nf:zhaoyiming|1990000",
            ]
        )
    )


def test_a_name_in_letters_has_keys_for_either_order_of_its_words():
    one = set(block_keys(Record("ann lee", birth_on="19800102")))
    two = set(block_keys(Record("Lee, Ann", birth_on="1980-01-02")))
    assert {"sb:ann|19800102", "sb:lee|19800102", "b:19800102"} <= one & two


def test_each_usual_damage_leaves_a_shared_key():
    number = cast.ZHAO.id_number
    for changes in (
        {"id_number": "", "phone": "", "address": ""},
        {"id_number": "", "phone": "", "birth_on": ""},
        {"id_number": "", "name": "", "address": "", "birth_on": ""},
        {"id_number": number[:3] + "8" + number[4:], "phone": "", "address": "", "birth_on": "", "name": ""},
        {"id_number": number[:12] + "8" + number[13:], "phone": "", "address": "", "birth_on": "", "name": "赵二鸣"},
        {"id_number": "", "phone": "", "name": "赵鸣", "birth_on": ""},
        {"name": "赵一明", "id_number": "", "phone": "", "address": "", "birth_on": ""},
    ):
        assert set(block_keys(record(cast.ZHAO, **changes))) & set(block_keys(ZHAO)), changes


def test_a_row_that_says_nothing_has_no_keys():
    assert block_keys(Record()) == ()
    assert block_keys(Record(name="无1", id_number="无", phone="无", address="无")) == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(_RECORDS, min_size=2, max_size=6))
def test_words_and_numbers_find_the_same_pairs_and_stay_few(records):
    words = block_keys_of(records)
    numbers = [{int(h) for h in row if h} for row in key_hashes(prepare(records))]
    assert all(len(keys) <= 13 for keys in words)
    assert words == [block_keys(r) for r in records]
    for i in range(len(records)):
        assert len(words[i]) == len(numbers[i])
        for j in range(i):
            assert len(set(words[i]) & set(words[j])) == len(numbers[i] & numbers[j])
