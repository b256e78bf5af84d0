"""Layers: a later edition or a province's or county's file changes named keys of the one it extends, visibly."""

from dataclasses import dataclass, replace

from bihuan.engines.protocol._reader import COMMON
from bihuan.engines.protocol._yaml import Fault, Node


@dataclass(frozen=True)
class LayerChange:
    """One key a layer changes: where, from what, to what."""

    path: str
    before: str
    after: str
    file: str
    line: int


def merged(base: Node, layer: Node) -> Node:
    """The base with the layer's keys over it. Mappings merge key by key, lists and scalars are replaced whole.

    A key set to null is taken away; a class that says `never` or `not_yet` replaces the class beneath it whole.
    """
    if not (isinstance(base.value, dict) and isinstance(layer.value, dict)):
        return layer
    if "never" in layer.value or "not_yet" in layer.value or "never" in base.value or "not_yet" in base.value:
        return layer
    value, keys = dict(base.value), dict(base.keys)
    for key, node in layer.value.items():
        if node.value is None:
            value.pop(key, None)
            keys.pop(key, None)
            if key == "until":  # an open end is said, not left out
                value[key] = node
        else:
            value[key] = merged(value[key], node) if key in value else node
        if key in value:
            keys[key] = layer.keys.get(key, (layer.line, layer.column))
    return Node(value, layer.file, layer.line, layer.column, keys)


# Sections whose entries are rules of their own, and those that are one rule.
_OF_RULES = (
    "classes",
    "areas",
    "posts",
    "clocks",
    "rounds",
    "duties",
    "reserves",
    "windows",
    "pools",
    "outbreak",
)
_ONE_RULE = ("legal", "late_tests", "exposures", "outbreak_end")


def settled(tree: Node) -> Node:
    """The tree with its own source written into every rule that names none.

    Without this a layer's source would be read as the source of rules the layer never touched.
    """
    top = tree.get("source")
    if top is None:
        return tree
    value = dict(tree.value)
    for section in (*_OF_RULES, *_ONE_RULE):
        node = value.get(section)
        if node is None or node.value is None:
            continue
        source = node.get("source") or top
        if section in _ONE_RULE:
            value[section] = _with_source(node, source)
        elif isinstance(node.value, list):
            value[section] = replace(node, value=[_with_source(item, source) for item in node.value])
        else:
            entries = {key: item if key in COMMON else _with_source(item, source) for key, item in node.value.items()}
            value[section] = replace(node, value=entries)
    return replace(tree, value=value)


def _with_source(node: Node, source: Node) -> Node:
    if not isinstance(node.value, dict) or "source" in node.value:
        return node
    return replace(node, value={**node.value, "source": source})


def layer_changes(base: Node, layer: Node) -> tuple[LayerChange, ...]:
    """What a layer changes, key by key: the visible diff of `extends`."""
    out: list[LayerChange] = []
    _changes(base, layer, (), out)
    return tuple(out)


def _changes(base: Node | None, layer: Node, path: tuple[str, ...], out: list[LayerChange]) -> None:
    head = path[0] if path else ""
    if head in ("protocol", "extends", "title", "short", "valid", "layer", "sources", "jurisdiction"):
        return
    if isinstance(layer.value, dict) and base is not None and isinstance(base.value, dict):
        for key, node in layer.value.items():
            if key not in ("source", "clause", "confidence", "note"):
                _changes(base.value.get(key), node, (*path, key), out)
        return
    before = "" if base is None else str(base.plain())
    after = "" if layer.value is None else str(layer.plain())
    if before != after:
        out.append(LayerChange(".".join(path), before, after, layer.file, layer.line))


def missing_base(layer: Node, wanted: str, known: list[str]) -> Fault:
    """The fault of a layer whose base is not there."""
    return layer.fault(f"extends «{wanted}», which is not among {', '.join(known) or 'the files read'}", "extends")
