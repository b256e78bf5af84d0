"""A smaller grammar for English texts: one order a sentence, found by its modal or by a verb in first place.

It knows no conditions, no lists of orders within a sentence and no slogans; it is honest help, not a match for the
Chinese grammar.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from ._lexicon import load

_SENTENCE = re.compile(r"[^.;!?\n]+(?:\.(?=\d)[^.;!?\n]+)*")
_BULLET = re.compile(r"\s*(?:[-*•]|\(?[0-9a-z]{1,2}[.)])?\s*")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_ACTOR = re.compile(
    r"^(?:(?:all|every|each|the|any|both)\s+)?[a-z][\w' ()-]*(?:(?:,|\s+and|\s+or)\s+[\w' ()-]+)*$", re.IGNORECASE
)
_NO_ACTOR = re.compile(r"^(?:it|this|that|there|they|we|you|he|she|which|who|what|if|when)\b", re.IGNORECASE)


@dataclass(frozen=True)
class EnglishOrder:
    """One order in an English text, its fields as found."""

    start: int
    end: int
    action: str
    responsible: tuple[str, ...]
    deadline: str | None
    deadline_minutes: int | None
    recurrence: str | None
    quantity: str | None
    type: str


def is_english(text: str) -> bool:
    """Is most of the text in Latin letters and hardly any in Chinese signs?"""
    chinese, latin = len(_CJK.findall(text[:20000])), len(_LETTER.findall(text[:20000]))
    return latin > 40 and chinese * 20 < latin


@cache
def _grammar() -> tuple[dict[str, Any], dict[str, re.Pattern[str]]]:
    known = load("english")

    def any_of(words: Any) -> str:
        return "|".join(re.escape(str(w)) for w in sorted(words, key=lambda w: (-len(str(w)), str(w))))

    number = rf"(?:\d+(?:\.\d+)?|{any_of(known['numbers'])})"
    unit = any_of(known["units_minutes"])
    return known, {
        "modal": re.compile(rf"\b(?:{any_of(known['modals'])})\b", re.IGNORECASE),
        "imperative": re.compile(rf"^(?:please\s+)?(?:{any_of(known['imperatives'])})\b", re.IGNORECASE),
        "within": re.compile(
            r"\b(?:within|in less than|no later than|not later than)\s+"
            rf"(?:{number}\s*(?:to|-|–)\s*)?(?P<n>{number})[\s-]+(?P<u>{unit})s?\b",
            re.IGNORECASE,
        ),
        "by": re.compile(
            r"\b(?:by|before|no later than)\s+(?:\d{1,2}(?::\d{2})?\s*(?:am|pm|o'clock)?|noon|midnight"
            r"|(?:next\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day|the end of (?:the|this) \w+|\d{1,2} \w+|\w+ \d{1,2})"
            rf"|\b(?:{any_of(known['round_words'])})\b",
            re.IGNORECASE,
        ),
        "rhythm": re.compile(
            rf"\bevery\s+(?:{number}\s+)?(?:{unit})s?\b"
            rf"|\b(?:once|twice|three times|{number} times)\s+(?:a|per|every)\s+(?:{unit})\b"
            r"|\b(?:daily|weekly|monthly|hourly|regularly|24 hours a day|round the clock|around the clock)\b",
            re.IGNORECASE,
        ),
        "quantity": re.compile(
            r"\b(?:at least|at most|no more than|not more than|up to|no fewer than)?\s*\d+(?:\.\d+)?\s*(?:%|percent\b|[a-z]+s\b)",
            re.IGNORECASE,
        ),
    }


def _names(phrase: str) -> tuple[str, ...]:
    parts = re.split(r",\s*(?:and\s+)?|\s+and\s+", phrase.strip())
    return tuple(p.strip() for p in parts if p.strip())


def _type(text: str) -> str:
    known, _ = _grammar()
    words = re.findall(r"[a-z-]+", text.lower())
    sums = {kind: sum(w in listed for w in words) for kind, listed in known["types"].items()}
    best = max(sums, key=lambda kind: sums[kind])
    return best if sums[best] else "other"


def _fields(text: str, start: int, end: int, order: str, responsible: tuple[str, ...]) -> EnglishOrder:
    known, patterns = _grammar()
    words = text[start:end]
    within, by, rhythm = (patterns[k].search(words) for k in ("within", "by", "rhythm"))
    minutes = None
    if within:
        number = known["numbers"].get(within["n"].lower())
        value = float(within["n"]) if number is None else float(number)
        minutes = round(value * known["units_minutes"][within["u"].lower()])
    timed = within or by
    quantity = next(
        (
            q[0].strip()
            for q in patterns["quantity"].finditer(words)
            if not re.search(r"(?:minute|hour|day|week|month)s$", q[0])
        ),
        None,
    )
    return EnglishOrder(
        start=start,
        end=end,
        action=" ".join(order.split()),
        responsible=responsible,
        deadline=timed[0] if timed else None,
        deadline_minutes=minutes,
        recurrence=rhythm[0] if rhythm else None,
        quantity=quantity,
        type=_type(order) if _type(order) != "other" else _type(words),
    )


def orders(text: str) -> list[EnglishOrder]:
    """The orders of an English text, in reading order; an order without subject is for the one named before it."""
    _, patterns = _grammar()
    found: list[EnglishOrder] = []
    carried: tuple[str, ...] = ()
    paragraph_end = 0
    for match in _SENTENCE.finditer(text):
        if "\n\n" in text[paragraph_end : match.start() + 1]:
            carried = ()
        paragraph_end = match.end()
        bullet = _BULLET.match(match[0])
        start = match.start() + (bullet.end() if bullet else 0)
        end = match.start() + len(match[0].rstrip())
        sentence = text[start:end]
        modal = patterns["modal"].search(sentence)
        if modal:
            subject = (
                sentence[: modal.start()].strip().rpartition(", ")[2]
                if sentence[:3] in ("If ", "In ", "On ", "For")
                else sentence[: modal.start()].strip()
            )
            if _ACTOR.match(subject) and len(subject) <= 90 and not _NO_ACTOR.match(subject):
                carried = _names(subject)
            ban = "not" in modal[0].lower() or "prohibited" in modal[0].lower()
            order = sentence[modal.start() if ban else modal.end() :]
            if order.strip():
                found.append(_fields(text, start, end, order, carried))
        elif patterns["imperative"].match(sentence):
            found.append(_fields(text, start, end, sentence, carried))
    return found
