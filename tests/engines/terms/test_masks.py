"""What is shown before a reason is given."""

import pytest

from bihuan.engines.terms import mask_name, mask_number, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"), [("赵一鸣", "赵**"), ("钱二", "钱*"), ("Anna Lee", "A*** L**"), ("", ""), (" 孙 ", "孙")]
)
def test_names(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("99102719850312001X", "9910**********001X"),
        ("E12345678", "E*******8"),
        ("H1234", "H***4"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_numbers(number, shown):
    assert mask_number(number) == shown


@pytest.mark.parametrize(("phone", "shown"), [("19900000001", "199****0001"), ("1234567", "1*****7")])
def test_phones(phone, shown):
    assert mask_phone(phone) == shown
