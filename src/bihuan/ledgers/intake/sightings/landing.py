"""What the post does: the landing rules as data, the same for the server, the phone and the paper on the wall."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Answer:
    """What is to be done, why, which tubes, and whether where from and where to must be written down."""

    action: str
    reason: str
    zh: str
    en: str
    tubes: tuple[int, ...]
    needs_route: bool
    source: str

    def words(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@cache
def table() -> dict[str, Any]:
    """The rules and answers as they are sent to the phone."""
    text = Path(__file__).with_name("landing.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


def answer(*, colour: str, level: str, is_starred: bool, is_landing: bool) -> Answer:
    """The first rule that fits what is seen at the post."""
    seen: dict[str, Any] = {
        "colour": colour,
        "level": level or "none",
        "is_starred": is_starred,
        "is_landing": is_landing,
    }
    told = table()
    rule = next(r for r in told["rules"] if all(_fits(seen[name], want) for name, want in r.get("if", {}).items()))
    words = told["answers"][rule["answer"]]
    return Answer(
        rule["answer"], rule["reason"], words["zh"], words["en"], tuple(words["tubes"]), words["needs_route"],
        told["source"],
    )  # fmt: skip


def _fits(seen: Any, want: Any) -> bool:
    return seen in want if isinstance(want, list) else seen == want
