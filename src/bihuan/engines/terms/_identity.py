"""Identity documents: which kind, whether the number can be right, and the birth date and sex written inside it.

The resident identity number is laid down in GB 11643-1999: six digits of division, eight of birth date, three of
order (odd for men) and a check character by ISO 7064 MOD 11-2. The other kinds have a form but no public check.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # 2**(17 - i) mod 11, GB 11643-1999
_CHECKS = "10X98765432"
_EARLIEST_BIRTH = date(1880, 1, 1)
_LATEST_BIRTH = date(2199, 12, 31)


class DocumentKind(StrEnum):
    """The seven kinds of document that the field's lists carry; the value is stored, `.chinese` is shown."""

    RESIDENT_IDENTITY_CARD = "resident-identity-card"
    HONG_KONG_MACAO_PERMIT = "hong-kong-macao-travel-permit"
    TAIWAN_PERMIT = "taiwan-travel-permit"
    RESIDENCE_PERMIT = "hong-kong-macao-taiwan-residence-permit"
    FOREIGN_PERMANENT_RESIDENT_CARD = "foreign-permanent-resident-card"
    PASSPORT = "passport"
    OTHER = "other"

    @property
    def chinese(self) -> str:
        """The name printed on the document."""
        return _CHINESE[self]


_CHINESE = {
    DocumentKind.RESIDENT_IDENTITY_CARD: "居民身份证",
    DocumentKind.HONG_KONG_MACAO_PERMIT: "港澳居民来往内地通行证",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    DocumentKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentKind.FOREIGN_PERMANENT_RESIDENT_CARD: "外国人永久居留身份证",
    DocumentKind.PASSPORT: "护照",
    DocumentKind.OTHER: "其他证件",
}

# Forms: residence permits begin with 810000 (Hong Kong), 820000 (Macao), 830000 (Taiwan); the permanent resident
# card of 2017 has 15 characters, that of 2023 has 18 beginning with 9; both by the National Immigration Administration.
_FORMS = {
    DocumentKind.HONG_KONG_MACAO_PERMIT: re.compile(r"[HM]\d{8}(?:\d{2})?"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"\d{8}(?:\d{2}(?:[A-Z]|\([A-Z]\))?)?"),
    DocumentKind.RESIDENCE_PERMIT: re.compile(r"8[123]0000\d{11}[\dX]"),
    DocumentKind.FOREIGN_PERMANENT_RESIDENT_CARD: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"),
    DocumentKind.PASSPORT: re.compile(r"[A-Z]{1,2}\d{6,9}|[A-Z0-9]{6,9}"),
    DocumentKind.OTHER: re.compile(r"[A-Z0-9]{4,32}"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """One document as it will be kept: kind, number in its only form, and what the number itself says."""

    kind: DocumentKind
    number: str
    birth_on: date | None = None
    sex: str = ""  # "male", "female", or empty when the number does not say

    @property
    def division_code(self) -> str:
        """The six digits of the division of first registration; empty for kinds without one."""
        return self.number[:6] if self.kind is DocumentKind.RESIDENT_IDENTITY_CARD else ""


class IdentityFault(ValueError):
    """The number cannot be accepted: why, and how to mend it, in both languages of the house."""

    def __init__(self, code: str, chinese: str, english: str) -> None:
        self.code, self.chinese, self.english = code, chinese, english
        super().__init__(english)


def check_digit(seventeen: str) -> str:
    """The check character (0–9 or X) that belongs behind 17 digits, by GB 11643-1999.

    Raises ValueError unless `seventeen` is exactly 17 ASCII digits.
    """
    if len(seventeen) != 17 or not (seventeen.isascii() and seventeen.isdigit()):
        raise ValueError(f"expected 17 digits, got {seventeen!r}")
    return _CHECKS[sum(int(d) * w for d, w in zip(seventeen, _WEIGHTS, strict=True)) % 11]


def to_eighteen(fifteen: str) -> str:
    """The 18-character number of a card issued with 15 digits before 1999: century 19 and the check character.

    Raises ValueError unless `fifteen` is exactly 15 ASCII digits.
    """
    if len(fifteen) != 15 or not (fifteen.isascii() and fifteen.isdigit()):
        raise ValueError(f"expected 15 digits, got {fifteen!r}")
    seventeen = fifteen[:6] + "19" + fifteen[6:]
    return seventeen + check_digit(seventeen)


def is_resident_number(number: str) -> bool:
    """Whether 18 characters (upper case) obey GB 11643: digits, a date that exists, the right check character."""
    return (
        re.fullmatch(r"[0-9]{17}[0-9X]", number) is not None
        and _birth_on(number) is not None
        and check_digit(number[:17]) == number[17]
    )


def read_identity(text: str, kind: DocumentKind | None = None, *, as_of: date | None = None) -> Identity:
    """The document behind what a cell says, mended where nothing was lost; `IdentityFault` where it was.

    Mends: full-width digits, blanks and dashes, an apostrophe in front, a small x, the `.0` a spreadsheet adds,
    15 digits of an old card. Refuses with a reason: an empty cell, masked digits, scientific notation and numbers
    whose last digits a spreadsheet rounded to 000, a date that does not exist, a wrong check character, a number
    that does not have the form of `kind`. Without `kind` the form decides; forms shared by several kinds
    (8 digits) are read as `OTHER`. Resident numbers are checked by GB 11643, as are residence permits and
    the permanent resident card of 2023, which use the same scheme. With `as_of`, a birth date after it is refused.
    """
    found = _read(text, kind)
    if as_of is not None and found.birth_on is not None and found.birth_on > as_of:
        raise IdentityFault(
            "birth_date",
            f"号码中的出生日期{found.birth_on}晚于{as_of}，请核对第7至14位",
            f"the birth date {found.birth_on} inside the number is after {as_of}; check characters 7 to 14",
        )
    return found


def _read(text: str, kind: DocumentKind | None) -> Identity:
    number = _mend(text)
    if kind is None:
        kind = _recognise(number)
    if kind is DocumentKind.RESIDENT_IDENTITY_CARD:
        return _resident(number)
    if not _FORMS[kind].fullmatch(number):
        raise IdentityFault(
            "form",
            f"“{number}”不是{kind.chinese}的号码格式，请核对证件种类和号码",
            f"“{number}” does not have the form of a {kind.value} number; check the kind and the number",
        )
    if len(number) == 18 and kind in (
        DocumentKind.RESIDENCE_PERMIT,
        DocumentKind.FOREIGN_PERMANENT_RESIDENT_CARD,
    ):
        return _with_facts(kind, number)
    return Identity(kind, number.replace("(", "").replace(")", ""))


def _mend(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text or "").strip().strip("'‘’`\"").upper()
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", plain):
        raise IdentityFault(
            "damaged",
            f"号码被表格软件变成科学计数（{plain}），后几位已丢失，无法还原；请把该列设为文本后重新导出",
            f"a spreadsheet turned the number into scientific notation ({plain}) and its last digits are lost; "
            "format the column as text and export again",
        )
    float_text = re.fullmatch(r"(\d+)\.0+", plain)
    if float_text:
        plain = float_text.group(1)
    number = re.sub(r"[\s\-—·_\u200b-\u200f\u2060\ufeff]", "", plain)
    if not number:
        raise IdentityFault("empty", "证件号码为空", "the number is empty")
    if re.search(r"[*•●×]|X{2,}", number):
        raise IdentityFault(
            "masked",
            "号码中有被遮盖的数字，请向发送方索取完整号码",
            "some digits are masked; ask the sender for the full number",
        )
    return number


def _recognise(number: str) -> DocumentKind:
    # A damaged resident number must be read as one, so that the reader hears what is wrong with it.
    if number[:6] in {"810000", "820000", "830000"} and len(number) == 18:
        return DocumentKind.RESIDENCE_PERMIT
    if re.fullmatch(r"\d{15}|\d{16,17}[\dX]?|\d{19,20}", number):
        return DocumentKind.RESIDENT_IDENTITY_CARD
    for kind in (
        DocumentKind.HONG_KONG_MACAO_PERMIT,
        DocumentKind.FOREIGN_PERMANENT_RESIDENT_CARD,
    ):
        if _FORMS[kind].fullmatch(number):
            return kind
    if re.fullmatch(r"[A-Z]{1,2}\d{6,9}", number):
        return DocumentKind.PASSPORT
    return DocumentKind.OTHER


def _resident(number: str) -> Identity:
    if re.fullmatch(r"\d{15}", number):
        number = to_eighteen(number)
        return _with_facts(DocumentKind.RESIDENT_IDENTITY_CARD, number)
    if len(number) != 18:
        raise IdentityFault(
            "length",
            f"身份证号应为18位（旧证15位），这里是{len(number)}位",
            f"a resident identity number has 18 characters (15 on old cards), this one has {len(number)}",
        )
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise IdentityFault(
            "form",
            "身份证号前17位须为数字，末位为数字或X",
            "a resident identity number is 17 digits and a last digit or X",
        )
    return _with_facts(DocumentKind.RESIDENT_IDENTITY_CARD, number)


def _with_facts(kind: DocumentKind, number: str) -> Identity:
    birth_on = _birth_on(number)
    if birth_on is None:
        raise IdentityFault(
            "birth_date",
            f"号码中的出生日期{number[6:14]}不存在，请核对第7至14位",
            f"the birth date {number[6:14]} inside the number does not exist; check characters 7 to 14",
        )
    right = check_digit(number[:17])
    if number[17] != right:
        if number.endswith("000"):  # 17 or 18 digits kept as a 64-bit float: the tail is rounded away
            raise IdentityFault(
                "damaged",
                "号码末几位被表格软件改成了000，无法还原；请把该列设为文本后重新导出",
                "a spreadsheet rounded the last digits to 000 and they are lost; "
                "format the column as text and export again",
            )
        raise IdentityFault(
            "check_digit",
            "校验码不符，号码中可能有一位写错，请核对证件",
            "the check character is wrong: a digit is probably mistyped; compare with the card",
        )
    return Identity(kind, number, birth_on, "male" if int(number[16]) % 2 else "female")


def _birth_on(number: str) -> date | None:
    try:
        on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return on if _EARLIEST_BIRTH <= on <= _LATEST_BIRTH else None
