"""An official letter as a value: who writes to whom, about what, with what attached."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter (协查函, 移交函, 复函) by GB/T 9704-2012, in one language.

    head: the red name above the line («青禾县疫情防控指挥部»); empty for a plain letter. number: 发文字号.
    addressee: 主送机关, without the colon. attachments: their titles. contact: printed below the date.
    """

    title: str
    addressee: str
    body: tuple[str, ...]
    issuer: str
    signed_on: date
    attachments: tuple[str, ...] = ()
    head: str = ""
    number: str = ""
    contact: str = ""
