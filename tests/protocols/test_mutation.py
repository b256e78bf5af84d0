"""Change any one number in a protocol file, and at least one situation turns red."""

import re
import time
from collections.abc import Iterator

from bihuan.engines import protocol
from bihuan.engines.protocol._yaml import Node

TIME_LIMIT_S = 110


def _node(tree: Node, path: tuple[str, ...]) -> Node:
    for step in path:
        tree = tree.value[int(step)] if isinstance(tree.value, list) else tree.value[step]
    return tree


def _own_numbers(edition: protocol.Edition) -> Iterator[tuple[tuple[str, ...], object]]:
    """The numbers that stand in the edition's own file; those of the one it extends are proved there."""
    assert edition.tree is not None
    for number in edition.numbers:
        node = _node(edition.tree, number.path)
        if node.file.endswith(f"{edition.id}.yaml"):
            yield number.path, node.value


def _changed(value: object, by: int) -> object:
    if isinstance(value, (int, float)):
        return value + by
    return re.sub(r"\d+", lambda found: str(int(found[0]) + by), str(value))


def survivors(by: int) -> tuple[list[str], int]:
    """The mutants no situation notices, and how many there were."""
    alive: list[str] = []
    count = 0
    for ident in protocol.edition_ids():
        edition = protocol.edition(ident)
        assert edition.tree is not None
        situations = [
            s
            for s in protocol.read_situations(protocol.SHELF / edition.disease / "situations.yaml")
            if s.edition == ident
        ]
        # those that look a number up by its path come last: dated duties should catch it first
        situations.sort(key=lambda s: s.ask == "numbers")
        for path, value in _own_numbers(edition):
            count += 1
            try:
                mutant = protocol.edition_from(edition.tree.replaced(path, _changed(value, by)))
            except protocol.ProtocolFault:
                continue  # the reader itself refused it

            def lookup(wanted: str, own: str = ident, changed: protocol.Edition = mutant) -> protocol.Edition:
                return changed if wanted == own else protocol.edition(wanted)

            if not any(protocol.run_situation(s, lookup) for s in situations):
                alive.append(f"{ident} {'.'.join(path)} = {value}")
    return alive, count


def test_one_more_in_any_number_turns_a_situation_red() -> None:
    began = time.perf_counter()
    alive, count = survivors(+1)
    assert alive == [], f"{len(alive)} of {count} survive"
    assert count > 500
    assert time.perf_counter() - began < TIME_LIMIT_S


def test_one_less_in_any_number_turns_a_situation_red() -> None:
    began = time.perf_counter()
    alive, count = survivors(-1)
    assert alive == [], f"{len(alive)} of {count} survive"
    assert time.perf_counter() - began < TIME_LIMIT_S
