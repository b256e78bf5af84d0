"""The shelf of protocol files: every edition by its id, and the one in force at an instant."""

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import bihuan
from bihuan.engines.protocol._layers import LayerChange, layer_changes, merged, missing_base, settled
from bihuan.engines.protocol._model import Edition, NoAnswer
from bihuan.engines.protocol._read import read_edition
from bihuan.engines.protocol._times import local
from bihuan.engines.protocol._yaml import Fault, Node, ProtocolFault, read_file

SHELF = Path(next(iter(bihuan.__path__))) / "protocols"
_FILE = re.compile(r"^\d{4}-\d\d-\d\d\.yaml$")


def edition_ids(folder: Path = SHELF) -> tuple[str, ...]:
    """Every edition's id on the shelf, by disease and date."""
    return tuple(
        sorted(f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.yaml") if _FILE.match(path.name))
    )


@lru_cache(maxsize=64)
def _tree(ident: str, folder: Path) -> Node:
    path = folder / f"{ident}.yaml"
    if not path.is_file():
        raise NoAnswer("not_implemented", f"there is no protocol «{ident}»; there are {', '.join(edition_ids(folder))}")
    return read_file(path)


def whole_tree(own: Node, folder: Path = SHELF, *, seen: tuple[str, ...] = ()) -> Node:
    """The tree with everything it extends beneath it. Raises `ProtocolFault` where the base is missing or a circle."""
    wanted = own.text("extends")
    if not wanted:
        return own
    if wanted in seen or wanted not in edition_ids(folder):
        raise ProtocolFault([missing_base(own, wanted, list(edition_ids(folder)))])
    beneath = whole_tree(_tree(wanted, folder), folder, seen=(*seen, wanted))
    return merged(settled(beneath), settled(own))


@lru_cache(maxsize=64)
def _edition(ident: str, folder: Path) -> Edition:
    found, faults = read_edition(whole_tree(_tree(ident, folder), folder))
    if found is None or faults:
        raise ProtocolFault(faults)
    return found


def read_path(path: Path, folder: Path = SHELF) -> tuple[Edition | None, list[Fault], Node]:
    """An edition from any file, with its faults and its own tree. Raises `OSError` where the file cannot be read."""
    own = read_file(path)
    found, faults = read_edition(whole_tree(own, folder))
    return found, faults, own


def edition(ident: str, as_of: datetime | None = None, *, folder: Path = SHELF) -> Edition:
    """The edition of an id, or of a disease as in force at an instant.

    `ident` is `<disease>/<edition date>`, or `<disease>` with `as_of`. Raises `NoAnswer` (`not_implemented` for an
    unknown id, `not_yet` before the first edition, `never` after the last) and `ProtocolFault` for a file with faults.
    """
    if "/" in ident:
        return _edition(ident, folder)
    ids = [one for one in edition_ids(folder) if one.startswith(f"{ident}/")]
    if not ids:
        known = sorted({one.partition("/")[0] for one in edition_ids(folder)})
        raise NoAnswer("not_implemented", f"there is no protocol for «{ident}»; there are {', '.join(known)}")
    if as_of is None:
        raise NoAnswer("not_yet", f"«{ident}» alone needs a time: which edition was in force when?")
    day = local(as_of).date()
    editions = [_edition(one, folder) for one in ids]
    for one in editions:
        if one.valid_from <= day and (one.valid_until is None or day < one.valid_until):
            return one
    if day < editions[0].valid_from:
        raise NoAnswer(
            "not_yet", f"no edition of {ident} on {day}: the first, {ids[0]}, begins {editions[0].valid_from}"
        )
    ended = max((one for one in editions if one.valid_from <= day), key=lambda one: one.valid_from)
    raise NoAnswer("never", f"no edition of {ident} is in force on {day}: {ended.id} ended {ended.valid_until}")


def changes_of(ident: str, *, folder: Path = SHELF) -> tuple[LayerChange, ...]:
    """What a layer changes in the edition it extends; nothing for an edition that extends none."""
    own = _tree(ident, folder)
    wanted = own.text("extends")
    if not wanted:
        return ()
    return layer_changes(whole_tree(_tree(wanted, folder), folder), own)


def edition_from(tree: Node) -> Edition:
    """An edition from a whole tree, as a proof by mutation needs. Raises `ProtocolFault`."""
    found, faults = read_edition(tree)
    if found is None or faults:
        raise ProtocolFault(faults)
    return found
