"""Reading typed values out of a tree: unknown keys, wrong words and missing sources become faults with their place."""

import re
from datetime import date
from typing import Any

from bihuan.engines.protocol._conditions import GROUPS, PLAIN, RELEASE, WITH_NUMBERS
from bihuan.engines.protocol._model import CONFIDENCES, Basis, Condition
from bihuan.engines.protocol._times import ANCHORS, Moment, Span, read_moment, read_span
from bihuan.engines.protocol._yaml import Fault, Node

COMMON = frozenset({"source", "clause", "confidence", "note", "override"})
_EMPTY = Node({}, "", 1, 1)


class Reader:
    """Reads values and gathers faults; nothing is guessed."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.sources: dict[str, tuple[str, str]] = {}

    def fault(self, node: Node, message: str, key: str | None = None) -> None:
        """Note a fault at a node, or at one of its keys."""
        self.faults.append(node.fault(message, key))

    def mapping(self, node: Node | None, allowed: set[str], what: str) -> Node:
        """The node as a mapping with only allowed keys; every other key is refused with its place."""
        if node is None:
            return _EMPTY
        if not isinstance(node.value, dict):
            self.fault(node, f"{what} must be a mapping of keys")
            return _EMPTY
        for key in node.value:
            if key not in allowed and key not in COMMON:
                near = ", ".join(sorted(allowed))
                self.fault(node, f"unknown key «{key}» in {what}; known: {near}", key)
        return node

    def entries(self, node: Node | None, what: str) -> list[tuple[str, Node]]:
        """A mapping of ids to rules."""
        if node is None:
            return []
        if not isinstance(node.value, dict):
            self.fault(node, f"{what} must be a mapping of ids to rules")
            return []
        return [(k, v) for k, v in node.value.items() if k not in COMMON and v.value is not None]

    def items(self, node: Node | None) -> list[Node]:
        """A list, or one value standing for a list of one."""
        if node is None:
            return []
        return list(node.value) if isinstance(node.value, list) else [node]

    def words(self, node: Node, key: str) -> tuple[str, ...]:
        """A list of words."""
        return tuple(str(item.value) for item in self.items(node.get(key)))

    def word(self, node: Node, key: str, allowed: tuple[str, ...], what: str, default: str = "") -> str:
        """One of a closed set of words."""
        found = node.get(key)
        if found is None:
            if not default:
                self.fault(node, f"{what} needs «{key}»: one of {', '.join(allowed)}")
            return default
        if found.value not in allowed:
            self.fault(found, f"«{found.value}» is not a {key}; one of {', '.join(allowed)}")
            return default or allowed[0]
        return str(found.value)

    def number(self, node: Node, key: str, default: int = 0) -> int:
        """A whole number, not negative."""
        found = node.get(key)
        if found is None:
            return default
        if isinstance(found.value, bool) or not isinstance(found.value, int) or found.value < 0:
            self.fault(found, f"«{key}» must be a whole number, not «{found.value}»")
            return default
        return found.value

    def numbers(self, node: Node, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        out = []
        for item in self.items(node.get(key)):
            if isinstance(item.value, bool) or not isinstance(item.value, int):
                self.fault(item, f"«{key}» must hold whole numbers, not «{item.value}»")
            else:
                out.append(item.value)
        return tuple(out)

    def flag(self, node: Node, key: str) -> bool:
        """True or false."""
        found = node.get(key)
        if found is None:
            return False
        if not isinstance(found.value, bool):
            self.fault(found, f"«{key}» must be true or false, not «{found.value}»")
        return found.value is True

    def span(self, node: Node, key: str) -> Span | None:
        """A length of time."""
        found = node.get(key)
        if found is None:
            return None
        span = read_span(found.value)
        if span is None:
            self.fault(found, f"«{found.value}» is not a length of time; write it like 24h, 7d, 20min or 3y")
        return span

    def moment(self, node: Node, key: str) -> Moment | None:
        """An anchor with an offset."""
        found = node.get(key)
        if found is None:
            return None
        moment = read_moment(found.value)
        if moment is None:
            self.fault(
                found,
                f"«{found.value}» is not anchor±time such as last_exposure+7d; anchors: {', '.join(ANCHORS)}",
            )
        return moment

    def civil_day(self, node: Node, key: str) -> date | None:
        """A date."""
        found = node.get(key)
        if found is None:
            return None
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(found.value)):
            self.fault(found, f"«{found.value}» is not a date; write it like 2022-06-28")
            return None
        try:
            return date.fromisoformat(found.value)
        except ValueError:
            self.fault(found, f"«{found.value}» is not a day of the calendar")
            return None

    def basis(self, node: Node, above: Basis | None, *, needed: bool = True) -> Basis:
        """Source, clause and confidence of a rule: its own, or those of the rule it stands in."""
        source = node.text("source", above.source if above else "")
        if not source and needed:
            self.fault(node, "a rule without a source; add «source» here or above")
        document, own = self.sources.get(source, (source, "assumed"))
        if source and source not in self.sources:
            self.fault(
                node.get("source") or node,
                f"source «{source}» is not listed under «sources»: {', '.join(self.sources)}",
            )
        inherited = above.confidence if above and above.source == source else own
        confidence = node.text("confidence", inherited)
        if confidence not in CONFIDENCES:
            self.fault(
                node.get("confidence") or node,
                f"«{confidence}» is not a confidence: {', '.join(CONFIDENCES)}",
            )
        clause = node.text("clause", above.clause if above and above.source == source else "")
        override = self.override(node) or (above.override if above else "")
        return Basis(source, document, clause, confidence, override)

    def override(self, node: Node) -> str:
        """A signed override: who let an unverified rule bind, when and why; or nothing."""
        found = node.get("override")
        if found is None:
            return ""
        signed = self.mapping(found, {"by", "on", "reason", "at"}, "override")
        said = [signed.text(key) for key in ("by", "at", "reason")]
        if not all(said):
            self.fault(found, "an override names «by», «at» and «reason»")
        return " ".join(said)

    def condition(self, node: Node | None) -> Condition | None:
        """A condition from named predicates; an unknown name is refused."""
        if node is None:
            return None
        if isinstance(node.value, str):
            if node.value not in PLAIN and node.value not in RELEASE:
                known = ", ".join((*PLAIN, *RELEASE, *WITH_NUMBERS))
                self.fault(node, f"unknown condition «{node.value}»; known: {known}")
            return Condition(node.value)
        if isinstance(node.value, list):
            return self._group("all_of", node)
        if isinstance(node.value, dict) and node.value:
            first = next(iter(node.value))
            if first in GROUPS and len(node.value) == 1:
                return self._group(first, node.value[first])
            if first in WITH_NUMBERS:
                for key in node.value:
                    if key not in WITH_NUMBERS[first] and key not in COMMON:
                        self.fault(node, f"unknown key «{key}» in condition «{first}»", key)
                for key in ("tests", "times", "days", "on_day"):
                    if any(n < 1 for n in self.numbers(node, key)):
                        self.fault(node, f"«{key}» counts from 1", key)
                args = tuple((k, _frozen(n.plain())) for k, n in node.value.items() if k not in COMMON)
                return Condition(first, args)
            self.fault(node, f"unknown condition «{first}»; known: {', '.join((*GROUPS, *WITH_NUMBERS))}", first)
            return Condition(str(first))
        self.fault(node, "a condition is a name, a list of names, or all_of / any_of / none_of")
        return None

    def _group(self, name: str, node: Node) -> Condition:
        parts = [self.condition(item) for item in self.items(node)]
        return Condition(name, (), tuple(part for part in parts if part is not None))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
