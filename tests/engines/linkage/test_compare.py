"""Two records and the account of why they are, may be, or are not one person."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines.linkage import Decision, NameFrequencies, Record, compare, name_sound, normal_name
from tests import cast


def record(resident, **changes):
    return Record(**(resident._asdict() | changes))


ZHAO, QIAN = record(cast.ZHAO), record(cast.QIAN)
_ID = cast.ZHAO.id_number

# damage to 赵一鸣's row -> what the desk must do
DAMAGE = {
    "nothing": ({}, Decision.SAME),
    "id missing": ({"id_number": ""}, Decision.SAME),
    "id one digit wrong": ({"id_number": _ID[:9] + "9" + _ID[10:], "birth_on": ""}, Decision.SAME),
    "id two digits swapped": (
        {"id_number": _ID[:11] + _ID[12] + _ID[11] + _ID[13:], "phone": "", "birth_on": ""},
        Decision.SAME,
    ),
    "id all nines": ({"id_number": "9" * 18}, Decision.SAME),
    "id full-width, apostrophe": ({"id_number": "'" + "".join(chr(ord(c) + 0xFEE0) for c in _ID)}, Decision.SAME),
    "id of fifteen digits alone": (
        {"id_number": _ID[:6] + _ID[8:17], "phone": "", "birth_on": "", "address": ""},
        Decision.SAME,
    ),
    "homophone": ({"name": "赵一明", "id_number": ""}, Decision.SAME),
    "pinyin": ({"name": "ZHAO Yiming", "id_number": ""}, Decision.SAME),
    "dropped character, moved": ({"name": "赵鸣", "address": "石桥乡上坡村9组1号"}, Decision.SAME),
    "name blank": ({"name": ""}, Decision.SAME),
    "blanks in the name, phone as +86": (
        {"name": "赵 一 鸣", "phone": "+86 199-0000-0001", "id_number": ""},
        Decision.SAME,
    ),
    "house numbers in Chinese": ({"address": "柳泉河湾三组十二号", "id_number": "", "phone": ""}, Decision.SAME),
    "name and sex only": ({"id_number": "", "phone": "", "birth_on": "", "address": ""}, Decision.DIFFERENT),
    "same id, quite another name": ({"name": "周建国"}, Decision.REVIEW),
    "brother at home": ({"name": "赵二鸣", "id_number": "", "birth_on": ""}, Decision.REVIEW),
    "wife at home, his phone": (
        {"name": "钱二妹", "id_number": "", "birth_on": "", "sex": "female"},
        Decision.DIFFERENT,
    ),
    "namesake with another id": ({"id_number": cast.SUN.id_number, "phone": "", "address": ""}, Decision.DIFFERENT),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_row_is_decided_as_a_clerk_would(damage):
    changes, decision = DAMAGE[damage]
    match = compare(record(cast.ZHAO, **changes), ZHAO)
    assert match.decision is decision, match


def test_two_people_of_one_household_are_two():
    assert compare(ZHAO, QIAN).decision is Decision.DIFFERENT


def test_every_reason_names_its_field_and_the_weights_add_up():
    left = record(cast.ZHAO, id_number=_ID[:9] + "9" + _ID[10:], name="赵一明")
    match = compare(left, ZHAO)
    words = {reason.field: reason.level for reason in match.reasons}
    assert words["id_number"] == "one digit differs"
    assert words["name"] == "same sound"
    assert words["birth_on"].startswith("inside the id number")
    assert any(str(reason).startswith("id_number: one digit differs, +") for reason in match.reasons)
    bits = sum(reason.weight for reason in match.reasons)
    assert match.probability == pytest.approx(1 / (1 + 2**-bits))


def test_phone_and_address_of_one_household_count_little_more_than_either():
    bare = Record(name="赵一鸣")
    phone, address = {"phone": cast.ZHAO.phone}, {"address": cast.ZHAO.address}

    def bits(**fields):
        return sum(r.weight for r in compare(Record("赵一鸣", **fields), Record("赵一鸣", **fields)).reasons)

    alone = sum(r.weight for r in compare(bare, bare).reasons)
    assert bits(**phone, **address) - alone <= max(bits(**phone), bits(**address)) - alone + 2.0 + 1e-9


def test_a_rare_name_weighs_more_than_a_common_one():
    counted = NameFrequencies(100_000, {"王伟": 300, "赵一鸣": 1}, {"wangwei": 400, "zhaoyiming": 2})

    def weight(name):
        match = compare(Record(name), Record(name), frequencies=counted, population=100_000)
        return next(r.weight for r in match.reasons if r.field == "name")

    assert weight("赵一鸣") > weight("王伟") + 5


def test_counts_of_sounds_alone_also_weigh():
    counted = NameFrequencies(100_000, sounds={"wangwei": 400})
    common = compare(Record("王伟"), Record("王伟"), frequencies=counted, population=100_000)
    general = compare(Record("王伟"), Record("王伟"), population=100_000)
    assert common.probability <= general.probability


def test_a_larger_index_makes_the_same_agreement_worth_less():
    left = record(cast.ZHAO, id_number="", phone="", address="")
    small, large = (compare(left, ZHAO, population=n).probability for n in (1_000, 10_000_000))
    assert large < small


def test_twins_with_two_valid_numbers_are_not_one_person():
    twin = "991027198503120" + "02"
    from bihuan.engines.terms import check_digit

    other = record(cast.ZHAO, id_number=twin + check_digit(twin), name="赵二鸣")
    assert compare(other, ZHAO).decision is Decision.DIFFERENT


def test_names_have_one_writing_and_one_sound():
    assert normal_name(" 阿依古丽·买买提 ") == "阿依古丽买买提"
    assert normal_name("O'Brien,  ANN") == "obrien ann"
    assert name_sound("赵一鸣") == name_sound("Zhao Yiming") == "zhaoyiming"


def test_a_share_outside_its_bounds_is_refused():
    with pytest.raises(ValueError, match="share"):
        compare(ZHAO, ZHAO, share=1.0)


_NAMES = st.one_of(
    st.text("赵钱孙李一二三四鸣明妹强", max_size=4),
    st.text("abcdez '", max_size=12),
    st.sampled_from(["王伟", "Ann Lee", "Lee Ann"]),
)
_NUMBERS = st.one_of(
    st.sampled_from([c.id_number for c in (cast.ZHAO, cast.QIAN, cast.SUN)]).flatmap(
        lambda n: st.tuples(st.integers(0, 17), st.sampled_from("0123456789X")).map(
            lambda p: n[: p[0]] + p[1] + n[p[0] + 1 :]
        )
    ),
    st.text("0123456789X", max_size=19),
    st.sampled_from(["E1234567", "5304218", "5304281", ""]),
)
_RECORDS = st.builds(
    Record,
    name=_NAMES,
    id_number=_NUMBERS,
    phone=st.sampled_from(["", "19900000001", "19900000010", "19900000002、19900000001", "无"]),
    birth_on=st.sampled_from(["", "1985-03-12", "1985/12/3", "19850321", "1985", "x"]),
    sex=st.sampled_from(["", "男", "female"]),
    address=st.one_of(
        st.sampled_from([cast.ZHAO.address, cast.LI.address, "8 stanley street 4223", ""]),
        st.text("柳河3组号十 1", max_size=9),
    ),
)


@settings(max_examples=300, deadline=None)
@given(_RECORDS, _RECORDS)
def test_it_does_not_matter_which_record_comes_first(a, b):
    there, back = compare(a, b), compare(b, a)
    assert there.reasons == back.reasons
    assert there.probability == pytest.approx(back.probability)


@settings(max_examples=100, deadline=None)
@given(_RECORDS)
def test_a_record_hardly_speaks_against_itself(a):
    # an address that is one bare number says next to nothing, and a little less than that
    assert all(reason.weight >= -0.5 for reason in compare(a, a).reasons if reason.field != "prior")
