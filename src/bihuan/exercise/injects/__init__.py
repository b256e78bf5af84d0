"""What may be thrown into an exercise, as data: read from YAML, every fault named with its file and inject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

HERE = Path(__file__).parent
KINDS: dict[str, frozenset[str]] = {
    "list_pushed": frozenset({"rows"}),
    "post_empty": frozenset({"post"}),
    "resident_help": frozenset({"need"}),
    "count_differs": frozenset(),
    "school_positive": frozenset(),
    "lab_down": frozenset({"hours"}),
    "platform_outage": frozenset({"hours"}),
    "risk_list": frozenset(),
}
COMMON = {"key", "kind", "at", "words", "expects", "answer"}


class InjectFault(ValueError):
    """The file cannot be used; says where and why."""


@dataclass(frozen=True)
class Inject:
    """One thing thrown in: when after midnight, what is expected, and how the machine's players react.

    `reaction` is (from, until) in minutes; None leaves the answer to people. `given` are the kind's own numbers.
    """

    key: str
    kind: str
    after: timedelta
    zh: str
    en: str
    expects: tuple[Mapping[str, Any], ...]
    reaction: tuple[int, int] | None
    chance: float
    given: Mapping[str, Any]


def inject_names() -> tuple[str, ...]:
    """Names of the files that come with the program."""
    return tuple(sorted(p.stem for p in HERE.glob("*.yaml")))


def read_injects(source: str | Path) -> tuple[Inject, ...]:
    """The injects of a file or of a name, by their hour. Raises InjectFault."""
    path = HERE / f"{source}.yaml" if str(source) in inject_names() else Path(source)
    if not path.is_file():
        raise InjectFault(f"{source}: there is no such file, nor one of {', '.join(inject_names())}")
    try:
        tree = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as fault:
        raise InjectFault(f"{path}: cannot be read: {str(fault).splitlines()[0]}") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("injects"), list):
        raise InjectFault(f"{path}: wants `injects:` with a list")
    found = [_one(path, n, entry) for n, entry in enumerate(tree["injects"], 1)]
    keys = [i.key for i in found]
    twice = next((k for k in keys if keys.count(k) > 1), None)
    if twice:
        raise InjectFault(f"{path}: the key «{twice}» stands twice")
    return tuple(sorted(found, key=lambda i: i.after))


def _one(path: Path, number: int, entry: Any) -> Inject:
    where = f"{path}, inject {number}"
    if not isinstance(entry, dict) or entry.get("kind") not in KINDS:
        raise InjectFault(f"{where}: kind must be one of {', '.join(sorted(KINDS))}")
    own = KINDS[entry["kind"]]
    missing, unknown = (COMMON | own) - set(entry), set(entry) - COMMON - own
    if missing or unknown:
        raise InjectFault(
            f"{where}: {f'{sorted(missing)[0]} is missing' if missing else f'unknown key {min(unknown)}'}"
        )
    words, expects, answer = entry["words"], entry["expects"], entry["answer"]
    if not isinstance(words, dict) or not all(str(words.get(k, "")).strip() for k in ("zh", "en")):
        raise InjectFault(f"{where}: words needs zh and en")
    if not isinstance(expects, list) or not expects or not all(_is_expectation(e) for e in expects):
        raise InjectFault(f"{where}: expects needs at least one {{verb, role, minutes or limit}}")
    reaction, chance = _reaction(where, answer)
    return Inject(
        key=str(entry["key"]), kind=entry["kind"], after=_hour(where, entry["at"]), zh=words["zh"], en=words["en"],
        expects=tuple(expects), reaction=reaction, chance=chance, given={k: entry[k] for k in own},
    )  # fmt: skip


def _is_expectation(one: Any) -> bool:
    return isinstance(one, dict) and {"verb", "role"} < set(one) <= {"verb", "role", "minutes", "limit"}


def _reaction(where: str, answer: Any) -> tuple[tuple[int, int] | None, float]:
    if answer == "people":
        return None, 0.0
    try:
        low, high = (int(m) for m in answer["minutes"])
        chance = float(answer.get("chance", 1.0))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise InjectFault(f"{where}: answer is `people`, or {{minutes: [from, until], chance: 0 to 1}}") from None
    if not (0 <= low <= high and 0 <= chance <= 1):
        raise InjectFault(f"{where}: minutes run upward from 0, chance lies between 0 and 1")
    return (low, high), chance


def _hour(where: str, told: Any) -> timedelta:
    try:
        hours, minutes = (int(p) for p in str(told).split(":"))
    except ValueError:
        raise InjectFault(f'{where}: at must look like "03:00"') from None
    if not (0 <= hours < 24 and 0 <= minutes < 60):
        raise InjectFault(f'{where}: at must lie between "00:00" and "23:59"')
    return timedelta(hours=hours, minutes=minutes)
