"""The likeliest forest: each case one infector, nobody their own ancestor (Chu and Liu 1965, Edmonds 1967)."""

from collections.abc import Mapping

# Choosing no infector at all costs more than any stated link: a head is made only where a ring must be cut.
NOBODY = -1e6


def likeliest(weights: Mapping[int, Mapping[int, float]], count: int) -> list[int]:
    """The infector of each of `count` cases, −1 for heads: the forest of the largest sum of weights.

    weights: case → possible infector → log weight. A case without an entry is a head.
    """
    root = count
    arcs = {v: {**weights.get(v, {}), root: NOBODY} for v in range(count)}
    for v, sources in arcs.items():
        sources.pop(v, None)
    chosen = _solve(arcs, root)
    return [-1 if chosen[v] == root else chosen[v] for v in range(count)]


def _ring(best: Mapping[int, int], root: int) -> list[int]:
    """The nodes of one ring among the best arcs, or nothing."""
    done: set[int] = {root}
    for start in best:
        path: list[int] = []
        here: dict[int, int] = {}
        node = start
        while node not in done and node not in here:
            here[node] = len(path)
            path.append(node)
            node = best[node]
        if node in here:
            return path[here[node] :]
        done.update(path)
    return []


def _solve(arcs: dict[int, dict[int, float]], root: int) -> dict[int, int]:
    """Rings are contracted one by one, then opened again in reverse: no recursion, however long a ring is."""
    steps: list[tuple[int, list[int], dict[int, int], dict[int, tuple[int, int]], dict[tuple[int, int], int]]] = []
    fresh = root + 1
    best = {v: max(sources, key=lambda u: (sources[u], -u)) for v, sources in arcs.items()}
    while ring := _ring(best, root):
        inside = set(ring)
        entry: dict[int, tuple[int, int]] = {}  # outside source → (its source, the ring node it enters)
        into: dict[int, float] = {}
        for v in ring:
            for u, weight in arcs[v].items():
                gain = weight - arcs[v][best[v]]
                if u not in inside and (u not in into or gain > into[u]):
                    into[u] = gain
                    entry[u] = (u, v)
        left: dict[tuple[int, int], int] = {}  # (target, new node) → the ring node that leaves towards it
        for v, sources in arcs.items():
            if v in inside:
                continue
            leaving = [u for u in sources if u in inside]
            if leaving:
                u = max(leaving, key=lambda n: (sources[n], -n))
                left[v, fresh] = u
                weight = sources[u]
                for gone in leaving:
                    del sources[gone]
                sources[fresh] = weight
                if best[v] in inside:
                    best[v] = fresh
        steps.append((fresh, ring, {v: best[v] for v in ring}, entry, left))
        for v in ring:
            del arcs[v]
            del best[v]
        arcs[fresh] = into
        best[fresh] = max(into, key=lambda u: (into[u], -u))
        fresh += 1
    for node, ring, within, entry, left in reversed(steps):
        source, opened = entry[best.pop(node)]
        for v in ring:
            best[v] = within[v]
        best[opened] = source
        for (target, _node), u in left.items():
            if best.get(target) == node:
                best[target] = u
    return best
