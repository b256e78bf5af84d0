"""The words of linkage: a record as a list tells it, and the verdict on two of them with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Record:
    """What one row says of one person, as text; an empty string where it says nothing.

    `birth_on` is any usual writing of a date (1985-03-12, 1985/3/12, 19850312, 1985年3月12日); `sex` is
    male/female, m/f, 男/女 or 1/2; `phone` may hold several numbers, of which the first two are used.
    """

    name: str = ""
    id_number: str = ""
    phone: str = ""
    birth_on: str = ""
    sex: str = ""
    address: str = ""


FIELDS = ("name", "id_number", "phone", "birth_on", "sex", "address")


class Decision(StrEnum):
    """What to do with a pair: join it, let a person look at it, or leave it apart."""

    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the account: the field, what was seen there, and how far it moves the balance (bits, log2)."""

    field: str
    level: str
    weight: float

    def __str__(self) -> str:
        return f"{self.field}: {self.level}, {self.weight:+.1f}"


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on one pair; the weights of `reasons` sum to log2 of the odds before any rule is applied."""

    probability: float
    decision: Decision
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NameFrequencies:
    """How many of `total` people bear a name: a rare name shared says more than a common one.

    `names` counts normalised names (`normal_name`), `sounds` counts their sounds (`name_sound`); either may be
    empty, then the other or a general figure is used. The counts of the block keys that begin with `n:` are
    exactly `sounds`, so that a store of blinded keys can fill this table without reading a single name.
    """

    total: int
    names: Mapping[str, int] = field(default_factory=dict)
    sounds: Mapping[str, int] = field(default_factory=dict)


SAME_FROM = 0.99  # joined without a person looking
REVIEW_FROM = 0.5  # below this the pair is more likely wrong than right


def decide(probability: float) -> Decision:
    """The decision that belongs to a probability: same from 0.99, review from 0.5, else different."""
    if probability >= SAME_FROM:
        return Decision.SAME
    return Decision.REVIEW if probability >= REVIEW_FROM else Decision.DIFFERENT
