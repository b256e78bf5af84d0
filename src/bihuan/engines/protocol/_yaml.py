"""Protocol files read as YAML 1.2 with the line and column of every key and value."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong in a protocol file, and where: line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ProtocolFault(ValueError):
    """A protocol file that cannot be used; `faults` says each reason with its line and column."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Node:
    """One value of a file and where it stands. `value` is a dict of nodes, a list of nodes, or a scalar."""

    value: Any
    file: str
    line: int
    column: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def get(self, key: str) -> "Node | None":
        """The node under a key, or None (also where this is no mapping, or the key says null)."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return None if found is None or found.value is None else found

    def text(self, key: str, default: str = "") -> str:
        """The scalar under a key as text."""
        found = self.get(key)
        return default if found is None or isinstance(found.value, (dict, list)) else str(found.value)

    def plain(self) -> Any:
        """The value without positions."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def fault(self, message: str, key: str | None = None) -> Fault:
        """A fault at this node, or at one of its keys."""
        line, column = self.keys.get(key, (self.line, self.column)) if key else (self.line, self.column)
        return Fault(self.file, line, column, message)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Every node below this one with its path, this one first."""
        yield path, self
        below: Any = ()
        if isinstance(self.value, dict):
            below = self.value.items()
        elif isinstance(self.value, list):
            below = ((str(i), node) for i, node in enumerate(self.value))
        for key, node in below:
            yield from node.walk((*path, key))

    def replaced(self, path: tuple[str, ...], value: Any) -> "Node":
        """A copy with one scalar changed: what a proof by mutation needs."""
        if not path:
            return Node(value, self.file, self.line, self.column)
        head, rest = path[0], path[1:]
        if isinstance(self.value, list):
            changed: Any = list(self.value)
            changed[int(head)] = self.value[int(head)].replaced(rest, value)
        else:
            changed = {**self.value, head: self.value[head].replaced(rest, value)}
        return Node(changed, self.file, self.line, self.column, self.keys)


class _Plain(RoundTripConstructor):
    """Dates stay text: a protocol's dates are civil days of Shanghai, read where they are used."""


_Plain.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: self.construct_scalar(node))


def read_yaml(text: str, *, file: str) -> Node:
    """The tree of one YAML 1.2 document. Raises `ProtocolFault` with line and column where it is not one."""
    for number, said in enumerate(text.splitlines(), start=1):
        if said.startswith("%YAML") and said.split()[1:2] != ["1.2"]:
            raise ProtocolFault([Fault(file, number, 1, "only YAML 1.2 is read; remove the directive")])
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Plain
    yaml.allow_duplicate_keys = False
    try:
        tree = yaml.load(text)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (fault.problem or "not YAML").splitlines()[0]
        raise ProtocolFault([Fault(file, line, column, f"not YAML 1.2: {problem}")]) from None
    faults: list[Fault] = []
    node = _node(tree, file, 1, 1, faults)
    if not isinstance(node.value, dict):
        faults.append(Fault(file, 1, 1, "a protocol file is one mapping of keys"))
    if faults:
        raise ProtocolFault(faults)
    return node


def read_file(path: Path) -> Node:
    """The tree of a file on disk. Raises `OSError`, `UnicodeDecodeError` or `ProtocolFault`."""
    return read_yaml(path.read_text(encoding="utf-8"), file=path.as_posix())


def _node(value: Any, file: str, line: int, column: int, faults: list[Fault]) -> Node:
    if isinstance(value, CommentedMap):
        keys: dict[str, tuple[int, int]] = {}
        below: dict[str, Node] = {}
        for key, item in value.items():
            key_line, key_column = (n + 1 for n in value.lc.key(key))
            if not isinstance(key, str):
                faults.append(Fault(file, key_line, key_column, f"the key {key!r} is not text; quote it"))
            at_line, at_column = (n + 1 for n in value.lc.value(key))
            keys[str(key)] = (key_line, key_column)
            below[str(key)] = _node(item, file, at_line, at_column, faults)
        return Node(below, file, line, column, keys)
    if isinstance(value, CommentedSeq):
        items = []
        for i, item in enumerate(value):
            at_line, at_column = (n + 1 for n in value.lc.item(i))
            items.append(_node(item, file, at_line, at_column, faults))
        return Node(items, file, line, column)
    if isinstance(value, bool) or value is None:
        return Node(value, file, line, column)
    if isinstance(value, int):
        return Node(int(value), file, line, column)
    if isinstance(value, float):
        return Node(float(value), file, line, column)
    return Node(str(value), file, line, column)
