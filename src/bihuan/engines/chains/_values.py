"""What chains are made of: a case with its days, a stated link, who may have infected whom, and the forest they form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


class ChainError(ValueError):
    """The chains cannot be drawn from what was given: what is wrong, in words."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case as chains see it. Days may be missing; `group` is what the drawing colours by (a township, a ward).

    exposed_from, exposed_until: the first and the last day on which the person may have been infected.
    """

    id: str
    onset_on: date | None = None
    reported_on: date | None = None
    exposed_from: date | None = None
    exposed_until: date | None = None
    group: str = ""
    label: str = ""
    kind: str = ""

    @property
    def day(self) -> date | None:
        """Where the case stands on the time axis: the onset, else the report."""
        return self.onset_on or self.reported_on


@dataclass(frozen=True, slots=True)
class Link:
    """Somebody said: this case may have infected that one. `weight` is how much it was believed, of any scale."""

    source: str
    target: str
    weight: float = 1.0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible infector of a case and its probability among all candidates of that case."""

    source: str
    probability: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Forest:
    """Who infected whom, as the likeliest forest: every case has one infector or is the head of a chain.

    infector: case id → id of its likeliest infector, or None for a head.
    candidates: case id → everybody who may have infected it, likeliest first; probabilities sum to 1.
    generation: 0 for a head, else one more than its infector's.
    head: the head of the chain a case belongs to.
    serial_days: mean and standard deviation of the serial interval the probabilities were weighed with, or None.
    loose_links: links that name a case which is not in the list: told, never dropped in silence.
    """

    cases: Mapping[str, Case]
    infector: Mapping[str, str | None]
    candidates: Mapping[str, Sequence[Candidate]]
    generation: Mapping[str, int]
    head: Mapping[str, str]
    children: Mapping[str, Sequence[str]]
    serial_days: tuple[float, float] | None = None
    loose_links: Sequence[Link] = field(default_factory=tuple)

    @property
    def depth(self) -> int:
        """Generations below the heads in the deepest chain."""
        return max(self.generation.values(), default=0)

    @property
    def heads(self) -> list[str]:
        """Heads of chains with at least one case below them, largest chain first."""
        size = self.sizes()
        return sorted((h for h, n in size.items() if n > 1), key=lambda h: (-size[h], h))

    def sizes(self) -> dict[str, int]:
        """Cases of each chain, by its head; a case without any link is a chain of one."""
        found: dict[str, int] = {}
        for head in self.head.values():
            found[head] = found.get(head, 0) + 1
        return found

    def offspring(self) -> dict[str, int]:
        """How many cases each case infected, zeros too."""
        return {id_: len(self.children.get(id_, ())) for id_ in self.cases}
