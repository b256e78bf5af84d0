"""What each agreement is worth: the m and u of Fellegi and Sunter (1969), as data.

`m` is how often one person's two records stand at this level, among pairs where both say something.
What strangers do is told in one of two ways: `u`, the share of pairs of strangers at this level; or `others`, how
many other people of the whole index one expects at this level, however large it is (nobody shares a phone with
one person in a million, but with the household). The weight is log2(m / u), with u = others / population.

Origin of the figures: m follows the damage that county lists show (ENGINES, record linkage: id number missing 25%,
one digit wrong 12%, swapped 5%; homophone 8%, dropped character 3%; phone changed 28%, mistyped 5%; moved 15%),
shares taken among values present; Latin names after the errors FEBRL's generator describes (Christen 2009).
u of birth dates and sexes is their count; `others` of phones and addresses is the size of a household (2.62
people, census of 2020). Judged on seeded sets with truth; none was fitted to one set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement in one field."""

    words: str
    m: float
    u: float = 1.0
    others: float | None = None
    by_name: bool = False  # u is the share of people who bear the name (or its sound), where it is known

    def bits(self, population: int) -> float:
        """The match weight in an index of so many people."""
        u = self.u if self.others is None else min(1.0, self.others / max(1, population))
        return log2(self.m / u)


SAID_NOTHING = Level("not said on both sides", 1.0)
INSIDE_ID = Level("inside the id number, counted there", 1.0)

LEVELS: Mapping[str, tuple[Level, ...]] = MappingProxyType(
    {
        "name": (
            SAID_NOTHING,
            Level("same", 0.86, 2e-5, by_name=True),
            Level("same sound", 0.08, 1e-4, by_name=True),
            Level("same parts in another order", 0.01, 5e-5),
            Level("one character missing", 0.03, 4e-4),
            Level("one character differs", 0.004, 1e-3),
            Level("one word same", 0.10, 4e-3),
            Level("only the surname same", 0.004, 0.05),
            Level("different", 0.004, 0.93),
            Level("nearly the same spelling", 0.20, 5e-4),
            Level("different spelling", 0.03, 0.99),
            Level("written in another script", 0.01, 0.02),
        ),
        "id_number": (
            SAID_NOTHING,
            Level("same", 0.75, others=0.02),
            Level("one digit differs", 0.16, others=0.05),
            Level("two digits swapped", 0.07, others=0.01),
            Level("two digits differ", 0.01, others=0.1),
            Level("different, one of them not valid", 0.01, 1.0),
            Level("different, both valid", 0.001, 1.0),
            Level("different", 0.10, 1.0),  # a passport changes its number when renewed
            Level("another kind of document", 0.5, 1.0),
        ),
        "phone": (
            SAID_NOTHING,
            Level("same", 0.66, others=0.8),
            Level("one digit differs or two swapped", 0.06, others=0.3),
            Level("different", 0.30, 1.0),
        ),
        "birth_on": (
            SAID_NOTHING,
            Level("same", 0.93, 1 / 22_000),
            Level("one digit differs, or day and month swapped", 0.05, 1 / 700),
            Level("same year, or same day of the year", 0.005, 1 / 60),
            Level("different", 0.03, 0.98),
            INSIDE_ID,
        ),
        "sex": (
            SAID_NOTHING,
            Level("same", 0.985, 0.5),
            Level("different", 0.015, 0.5),
            INSIDE_ID,
        ),
        "address": (
            SAID_NOTHING,
            Level("same", 0.62, others=2.62),
            Level("nearly the same", 0.14, others=25.0),
            Level("same place, no house number to compare", 0.04, 0.005),
            Level("partly the same", 0.06, 0.08),
            Level("different", 0.16, 0.92),
        ),
    }
)

HOUSEHOLD_BITS = 2.0
"""What the second of phone and address adds when both agree: a household shares both, so they are one witness."""

NAME_SHARE_BY_LENGTH = (1e-3, 5e-3, 1e-4, 2e-5, 5e-6)
"""Share of people who bear a given Chinese name of 0, 1, 2, 3, 4+ characters when nobody has counted: the most
common full names have about 290,000 bearers in 1.4 billion (Ministry of Public Security, names report of 2020),
the usual two-character name some ten times fewer than that share, three characters fewer again."""

EXPECTED_SHARE = 0.5
"""Before anything is known, every second pushed person is taken to be in the index."""
