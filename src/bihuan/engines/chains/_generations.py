"""The table of generations: how many cases, when, and how many each of them infected."""

from dataclasses import dataclass
from datetime import date

from bihuan.engines.chains._values import Forest


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation of all chains together. `mean_infected` is the mean number its cases infected in turn."""

    number: int
    cases: int
    first_on: date | None
    last_on: date | None
    infected: int
    mean_infected: float


def generations(forest: Forest, *, heads_alone: bool = True) -> list[Generation]:
    """One row a generation, heads first.

    heads_alone: count cases that neither infected anybody nor were infected by anybody known; without them the first
        row holds the heads of real chains only.
    """
    sizes = forest.sizes()
    rows: dict[int, list[str]] = {}
    for id_, number in forest.generation.items():
        if heads_alone or sizes[forest.head[id_]] > 1:
            rows.setdefault(number, []).append(id_)
    table = []
    for number in sorted(rows):
        ids = rows[number]
        days = sorted(day for id_ in ids if (day := forest.cases[id_].day))
        infected = sum(len(forest.children.get(id_, ())) for id_ in ids)
        first, last = (days[0], days[-1]) if days else (None, None)
        table.append(Generation(number, len(ids), first, last, infected, infected / len(ids)))
    return table
