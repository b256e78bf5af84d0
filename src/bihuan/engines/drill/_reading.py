"""YAML into frozen dataclasses: a key that is not known and a value of the wrong kind are refused with their line."""

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

T = TypeVar("T")


class ScenarioFault(ValueError):
    """A scenario or pathogen that cannot be used. Says what, in which file and line, and how to mend it."""

    def __init__(self, what: str, *, file: str, line: int = 0, mend: str = "") -> None:
        self.what, self.file, self.line, self.mend = what, file, line, mend
        super().__init__(f"{file}{f':{line}' if line else ''}: {what}{f'; {mend}' if mend else ''}")


def load(path: Path) -> CommentedMap:
    """One mapping from a YAML file, with the lines of its keys."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        tree = YAML(typ="rt", pure=True).load(text)
    except OSError as fault:
        raise ScenarioFault(f"cannot be read ({fault.strerror})", file=str(path), mend="check the path") from None
    except UnicodeDecodeError:
        raise ScenarioFault("not UTF-8 text", file=str(path), mend="save it as UTF-8") from None
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        said = (fault.problem or "not YAML").splitlines()[0]
        raise ScenarioFault(f"not YAML: {said}", file=str(path), line=mark.line + 1 if mark else 0) from None
    if not isinstance(tree, CommentedMap):
        raise ScenarioFault("not one mapping of keys", file=str(path), line=1, mend="write key: value lines")
    return tree


def line_of(tree: Mapping[str, Any], key: str) -> int:
    """The line of a key, 0 where it is not known."""
    return int(tree.lc.key(key)[0]) + 1 if isinstance(tree, CommentedMap) and key in tree.lc.data else 0


def into(kind: type[T], tree: Any, *, file: str, line: int = 0, word: str = "", **given: Any) -> T:
    """A dataclass filled from a mapping; fields in `given` come from elsewhere. Raises `ScenarioFault`."""
    if not isinstance(tree, Mapping):
        raise ScenarioFault(f"«{word}» is not a mapping of keys", file=file, line=line, mend="write key: value pairs")
    types_of = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.name not in given}  # type: ignore[arg-type]
    values = dict(given)
    for key, value in tree.items():
        at = line_of(tree, key) or line
        if key not in fields:
            raise ScenarioFault(
                f"unknown key «{key}»{f' in {word}' if word else ''}",
                file=file,
                line=at,
                mend=f"use one of {', '.join(fields)}",
            )
        values[key] = _cell(value, types_of[key], file=file, line=at, word=key)
    missing = [
        f.name
        for f in fields.values()
        if f.name not in values and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ScenarioFault(f"{', '.join(missing)} is missing", file=file, line=line, mend="add the key")
    return kind(**values)


def _cell(value: Any, kind: Any, *, file: str, line: int, word: str) -> Any:
    where: dict[str, Any] = {"file": file, "line": line, "word": word}
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        kind = next(k for k in typing.get_args(kind) if k is not type(None))
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return into(typing.cast(type[Any], kind), value, **where)
    if origin is tuple:
        if not isinstance(value, list) or not value:
            raise ScenarioFault(f"{word} is not a list", file=file, line=line, mend="write [a, b, …]")
        return tuple(_cell(v, typing.get_args(kind)[0], **where) for v in value)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise ScenarioFault(f"{word} is not a mapping", file=file, line=line, mend="write {name: value}")
        inner = typing.get_args(kind)[1]
        return {str(k): _cell(v, inner, file=file, line=line, word=f"{word}.{k}") for k, v in value.items()}
    if kind is str:
        if isinstance(value, Mapping | list) or value is None:
            raise ScenarioFault(f"{word} is not a word", file=file, line=line)
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ScenarioFault(f"{word}: «{value}» is not a number of at least 0", file=file, line=line)
    if kind is int and value != int(value):
        raise ScenarioFault(f"{word}: {value} is not a whole number", file=file, line=line)
    return kind(value)
