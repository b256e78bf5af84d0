"""Our words for columns, and the senders we know: read from `sheets/*.yaml`, never written in code."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bihuan.adapters.spreadsheets._values import SheetMapping, Words

_BRACKETS = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_NOISE = re.compile(r"[\s*:：、,，.。_·\"'“”\-—]+")


def _load(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


_DATA: Mapping[str, Any] = _load(
    resources.files("bihuan").joinpath("sheets", "_words.yaml").read_text(encoding="utf-8")
)
WORDS: dict[str, Words] = {word: Words(told["zh"], told["en"]) for word, told in _DATA["words"].items()}
MANY = frozenset(word for word, told in _DATA["words"].items() if told.get("many"))


def bare(text: str) -> str:
    """A header or a short word without what senders decorate it with: blanks, brackets, stars, capitals."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _NOISE.sub("", _BRACKETS.sub("", plain)) or _NOISE.sub("", plain)


BLANKS = frozenset(str(b) for b in _DATA["blanks"]) | {""}
ID_KINDS = {bare(str(said)): kind for kind, says in _DATA["id_kinds"].items() for said in says}
HEADS = {bare(head): word for word, told in _DATA["words"].items() for head in map(str, told["heads"])}
PARTS = sorted(
    ((bare(part), word) for word, told in _DATA["words"].items() for part in told.get("parts", ())),
    key=lambda pair: -len(pair[0]),
)
OTHERS = tuple(bare(other) for other in _DATA["others"])
OURS = frozenset(_DATA["ours"])
TOTALS = frozenset(bare(total) for total in _DATA["totals"])
FOOTERS = tuple(sorted((bare(f) for f in _DATA["footers"]), key=len, reverse=True))


def word_of(label: str) -> tuple[str, float, Words]:
    """Our word for a header label, how sure we are (0 to 1) and why; the word is "" when none fits.

    A two-row label `upper/lower` is tried whole, then its lower part, then its upper part.
    """
    if bare(label) in map(bare, OURS):
        return "", 1.0, Words("我方退回文件中的说明列", "a column we added to a returned file")
    whole = bare(label.replace("/", ""))
    tries = [whole]
    if "/" in label:
        tries += [bare(label.rsplit("/", 1)[1]), bare(label.split("/", 1)[0])]
    for rank, plain in enumerate(tries):
        if plain in HEADS:
            return HEADS[plain], 1.0 - 0.1 * rank, Words(f"表头就是“{label}”", f"the header says «{label}»")
    if any(other in whole for other in OTHERS):
        return "", 0.0, Words("说的是其他人或其他事项", "it speaks of somebody or something else")
    for plain in tries:
        for part, word in PARTS:
            if part in plain:
                return word, 0.7, Words(f"表头含有“{part}”", f"the header contains «{part}»")
    return "", 0.0, Words("没有认识的表头", "no header we know")


@cache
def _told() -> dict[str, SheetMapping]:
    found = {}
    for entry in sorted(resources.files("bihuan").joinpath("sheets").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml") and not entry.name.startswith("_"):
            mapping = SheetMapping.from_dict(_load(entry.read_text(encoding="utf-8")))
            found[mapping.key] = mapping
    return found


def mappings(folder: Path | None = None) -> dict[str, SheetMapping]:
    """The senders we know, by key: those that ship in `sheets/`, and those remembered as YAML in `folder`.

    A remembered one wins over a shipped one of the same key. Raises ValueError naming the file that is damaged.
    """
    found = dict(_told())
    for path in sorted(folder.glob("*.yaml")) if folder and folder.is_dir() else ():
        try:
            mapping = SheetMapping.from_dict(_load(path.read_text(encoding="utf-8")))
        except Exception as fault:
            raise ValueError(f"{path.name}: {fault}") from fault
        found[mapping.key or path.stem] = mapping
    return found


def remember(mapping: SheetMapping, folder: Path) -> Path:
    """Keep a corrected mapping as `<folder>/<key>.yaml` for the sender's next list; the path written."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", mapping.key):
        raise ValueError(f"«{mapping.key}» is no key: use small letters, digits and dashes")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{mapping.key}.yaml"
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump(mapping.to_dict(), out)
    part.replace(path)
    return path
