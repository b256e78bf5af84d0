"""Score what was read against what a person labelled: spans one to one, then the fields of the matched pairs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bihuan.engines import directives

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """Counts of one or several texts; every share is computed from them."""

    labelled: int = 0
    proposed: int = 0
    matched: int = 0
    type_right: int = 0
    minutes_right: int = 0
    responsible_right: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, k) + getattr(other, k) for k in self.__dataclass_fields__))

    @property
    def f1(self) -> float:
        """F1 by span overlap."""
        return 2 * self.matched / max(1, self.labelled + self.proposed)

    def share(self, name: str) -> float:
        """The share of matched pairs on which `type`, `minutes` or `responsible` is right."""
        return getattr(self, f"{name}_right") / max(1, self.matched)

    def __str__(self) -> str:
        spans = f"{self.labelled} labelled, {self.proposed} proposed, {self.matched} matched, F1 {self.f1:.3f}"
        return spans + "".join(f", {n} {self.share(n):.3f}" for n in ("type", "minutes", "responsible"))


def overlap(a: Item, b: Item) -> float:
    """Characters in common over characters in either."""
    common = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return max(0, common) / (max(a["end"], b["end"]) - min(a["start"], b["start"]))


def matched(labelled: Sequence[Item], proposed: Sequence[Item], at_least: float = 0.5) -> list[tuple[Item, Item]]:
    """Pairs, best overlap first; each item is used once."""
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(labelled) for j, b in enumerate(proposed)]
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    found = []
    for share, i, j in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if share < at_least:
            break
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            found.append((labelled[i], proposed[j]))
    return found


def score(labelled: Sequence[Item], proposed: Sequence[Item]) -> Score:
    """Score one text."""
    pairs = matched(labelled, proposed)
    return Score(
        labelled=len(labelled),
        proposed=len(proposed),
        matched=len(pairs),
        type_right=sum(a["type"] == b["type"] for a, b in pairs),
        minutes_right=sum(a["deadline_minutes"] == b["deadline_minutes"] for a, b in pairs),
        responsible_right=sum(sorted(a["responsible"]) == sorted(b["responsible"]) for a, b in pairs),
    )


def labels(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The labelled items of a folder, by file."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for line in (folder / "labelled.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        by_file.setdefault(item["file"], []).append(item)
    return by_file


def as_items(found: Iterable[directives.Directive]) -> list[dict[str, Any]]:
    """What was read, in the words of the labels."""
    return [directives.as_row(item) for item in found]


def score_folder(folder: Path) -> dict[str, Score]:
    """Score every labelled text of a folder."""
    return {
        name: score(items, as_items(directives.read((folder / name).read_text(encoding="utf-8"), file=name)))
        for name, items in labels(folder).items()
    }
