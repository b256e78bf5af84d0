"""Identity documents: what a spreadsheet did to a number is mended where nothing was lost, and refused where it was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.engines.terms import (
    DocumentKind,
    IdentityFault,
    check_digit,
    is_resident_number,
    read_identity,
    to_eighteen,
)
from tests import cast

ZHAO = cast.ZHAO.id_number
SEVENTEEN = st.dates(date(1900, 1, 1), date(2099, 12, 31)).flatmap(
    lambda on: st.tuples(st.integers(100000, 999999), st.integers(0, 999)).map(
        lambda parts: f"{parts[0]}{on:%Y%m%d}{parts[1]:03}"
    )
)


def test_the_standards_own_examples_have_their_check_characters():
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


def test_the_number_tells_birth_and_sex():
    zhao = read_identity(ZHAO)
    assert (zhao.kind, zhao.number) == (DocumentKind.RESIDENT_IDENTITY_CARD, ZHAO)
    assert (zhao.birth_on, zhao.sex, zhao.division_code) == (date(1985, 3, 12), "male", "991027")
    assert read_identity(cast.QIAN.id_number).sex == "female"


@given(SEVENTEEN)
def test_the_right_check_character_is_accepted_and_only_that(seventeen):
    right = check_digit(seventeen)
    accepted = [c for c in "0123456789X" if is_resident_number(seventeen + c)]
    assert accepted == [right]


@given(SEVENTEEN, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(seventeen, at, step):
    wrong = seventeen[:at] + str((int(seventeen[at]) + step) % 10) + seventeen[at + 1 :]
    assert not is_resident_number(wrong + check_digit(seventeen))


@given(SEVENTEEN, st.integers(0, 15))
def test_two_swapped_neighbours_never_pass(seventeen, at):
    swapped = seventeen[:at] + seventeen[at + 1] + seventeen[at] + seventeen[at + 2 :]
    if swapped != seventeen:
        assert not is_resident_number(swapped + check_digit(seventeen))


def test_a_number_of_fifteen_digits_becomes_one_of_eighteen():
    fifteen = ZHAO[:6] + ZHAO[8:17]
    assert to_eighteen(fifteen) == ZHAO
    assert read_identity(fifteen).number == ZHAO


@pytest.mark.parametrize(
    "cell",
    [
        "'" + ZHAO,
        "’" + ZHAO,
        f"  {ZHAO[:6]} {ZHAO[6:14]} {ZHAO[14:]} ",
        f"{ZHAO[:6]}-{ZHAO[6:14]}-{ZHAO[14:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in ZHAO),
        "\u200b" + ZHAO + "\ufeff",
        ZHAO + "\t",
    ],
)
def test_what_a_spreadsheet_added_is_taken_off(cell):
    assert read_identity(cell).number == ZHAO


def test_the_decimals_of_a_number_kept_as_text_are_taken_off():
    digits = next(c.id_number for c in (cast.QIAN, cast.SUN, cast.LI) if c.id_number.isdigit())
    assert read_identity(digits + ".0").number == digits


def test_a_small_x_is_written_large():
    with_x = next(
        n
        for order in range(1000)
        if (n := f"99102719491231{order:03}" + check_digit(f"99102719491231{order:03}"))[-1] == "X"
    )
    assert read_identity(with_x.lower()).number == with_x


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("9.91027E+17", "damaged"),
        ("1.3043E+17", "damaged"),
        ("9.9102719850312e+17", "damaged"),
        ("991027198503120000", "damaged"),
        ("991027********001X", "masked"),
        ("991027198302290018", "birth_date"),  # 1983 had no 29 February
        ("991027190002290018", "birth_date"),  # nor had 1900
        ("991027198513010018", "birth_date"),
        (ZHAO[:17] + ("0" if ZHAO[17] != "0" else "1"), "check_digit"),
        (ZHAO[:17], "length"),
        ("9" + cast.QIAN.id_number, "length"),
    ],
)
def test_what_cannot_be_mended_is_refused_with_the_reason(cell, code):
    with pytest.raises(IdentityFault) as caught:
        read_identity(cell)
    assert caught.value.code == code
    assert caught.value.chinese
    assert str(caught.value) == caught.value.english


def test_leap_days_that_existed_are_dates():
    for day in ("20000229", "19840229"):
        seventeen = f"991027{day}001"
        assert read_identity(seventeen + check_digit(seventeen)).birth_on is not None


def test_a_birth_after_the_day_of_the_list_is_refused():
    seventeen = "99102720230101001"
    number = seventeen + check_digit(seventeen)
    assert read_identity(number, as_of=date(2023, 1, 1)).birth_on == date(2023, 1, 1)
    with pytest.raises(IdentityFault):
        read_identity(number, as_of=date(2022, 12, 31))


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("H12345678", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("m1234567890", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("E12345678", DocumentKind.PASSPORT),
        ("EA1234567", DocumentKind.PASSPORT),
        ("USA123456789012", DocumentKind.FOREIGN_PERMANENT_RESIDENT_CARD),
        ("12345678", DocumentKind.OTHER),
    ],
)
def test_the_form_tells_the_kind(cell, kind):
    assert read_identity(cell).kind is kind


def test_a_residence_permit_is_checked_like_a_resident_number():
    number = "83000019850312001"
    assert read_identity(number + check_digit(number)).kind is DocumentKind.RESIDENCE_PERMIT
    wrong = next(c for c in "0123456789" if c != check_digit(number))
    with pytest.raises(IdentityFault):
        read_identity(number + wrong)


def test_a_kind_that_is_told_is_held_to_its_form():
    assert read_identity("12345678", DocumentKind.TAIWAN_PERMIT).kind is DocumentKind.TAIWAN_PERMIT
    with pytest.raises(IdentityFault) as caught:
        read_identity("12345678", DocumentKind.HONG_KONG_MACAO_PERMIT)
    assert "港澳居民来往内地通行证" in caught.value.chinese


def test_there_are_seven_kinds_each_with_its_chinese_name():
    assert len(DocumentKind) == 7
    assert len({kind.chinese for kind in DocumentKind}) == 7


def test_the_engine_refuses_what_is_not_digits():
    with pytest.raises(ValueError, match="17"):
        check_digit("１" * 17)
    with pytest.raises(ValueError, match="15"):
        to_eighteen("123")
