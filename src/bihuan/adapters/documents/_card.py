"""A pass on paper as a value: for people without a phone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PassCard:
    """One printed pass, in one language.

    status: the colour in words; colour: `green`, `yellow` or `red`, which only repeats it. facts: (label, words) lines.
    qr_svg: the signed code as a picture. notes: what the bearer should know, each a paragraph.
    """

    title: str
    status: str
    colour: str
    facts: tuple[tuple[str, str], ...]
    qr_svg: str
    notes: tuple[str, ...]
    issuer: str
