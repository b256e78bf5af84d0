"""From a line list and stated links to the likeliest forest, every candidate kept with its weight."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bihuan.engines.chains._arborescence import likeliest
from bihuan.engines.chains._values import Candidate, Case, ChainError, Forest, Link

_ROUNDS = 30
_FEWEST_PAIRS = 5
# A link that the days contradict is unlikely, not impossible: onsets are remembered wrongly.
_FLOOR = 1e-6


def build(cases: Iterable[Case], links: Iterable[Link], *, serial_days: tuple[float, float] | None = None) -> Forest:
    """Who infected whom: the likeliest forest, with all candidates and their probabilities.

    Where a case has several candidates, each counts by its stated weight times the density of the serial interval
    between the two onsets. The interval is `serial_days` (mean, standard deviation), or learned from the list itself:
    first from the cases with one candidate, then with all, each by its probability, until it stands still.

    Raises ChainError for two cases of one id.
    """
    by_id: dict[str, Case] = {}
    for case in cases:
        if case.id in by_id:
            raise ChainError(f"two cases have the id «{case.id}»")
        by_id[case.id] = case
    stated, kinds, loose = _stated(by_id, links)
    learned = serial_days or _learn(by_id, stated)
    chances = {target: _chances(by_id, target, sources, learned) for target, sources in stated.items()}
    infector = _forest(by_id, {t: {s: math.log(p) for s, p in c.items()} for t, c in chances.items()})
    candidates = {
        target: tuple(
            Candidate(s, p, kinds.get((s, target), ""))
            for s, p in sorted(found.items(), key=lambda pair: (pair[0] != infector[target], -pair[1], pair[0]))
        )
        for target, found in chances.items()
    }
    return _grown(by_id, infector, candidates, learned, loose)


def draw(forest: Forest, *, seed: int, draws: int) -> list[dict[str, str | None]]:
    """Forests drawn by the candidates' probabilities: how much hangs on infectors nobody is sure of.

    Each draw shifts every log probability by a Gumbel number, which makes the likeliest forest a random one.
    """
    random = np.random.default_rng(seed)
    certain = {t: c[0].source for t, c in forest.candidates.items() if len(c) == 1}
    open_ = {t: c for t, c in forest.candidates.items() if len(c) > 1}
    if not open_:
        return [dict(forest.infector) for _ in range(draws)]
    drawn = []
    for _ in range(draws):
        weights: dict[str, dict[str, float]] = {t: {s: 0.0} for t, s in certain.items()}
        for target, candidates in open_.items():
            shifts = random.gumbel(size=len(candidates))
            weights[target] = {
                c.source: math.log(c.probability) + float(g) for c, g in zip(candidates, shifts, strict=True)
            }
        drawn.append(_forest(forest.cases, weights))
    return drawn


def _stated(
    by_id: Mapping[str, Case], links: Iterable[Link]
) -> tuple[dict[str, dict[str, float]], dict[tuple[str, str], str], tuple[Link, ...]]:
    stated: dict[str, dict[str, float]] = {}
    kinds: dict[tuple[str, str], str] = {}
    loose = []
    for link in links:
        if link.weight <= 0 or link.source == link.target:
            continue
        if link.source not in by_id or link.target not in by_id:
            loose.append(link)
            continue
        sources = stated.setdefault(link.target, {})
        sources[link.source] = sources.get(link.source, 0.0) + link.weight
        kinds.setdefault((link.source, link.target), link.kind)
    return stated, kinds, tuple(loose)


def _gap(by_id: Mapping[str, Case], source: str, target: str) -> int | None:
    first, second = by_id[source].onset_on, by_id[target].onset_on
    return (second - first).days if first and second else None


def _chances(
    by_id: Mapping[str, Case], target: str, sources: Mapping[str, float], serial: tuple[float, float] | None
) -> dict[str, float]:
    raw = {}
    for source, weight in sources.items():
        gap = _gap(by_id, source, target)
        density = 1.0
        if serial:
            mean, sd = serial
            # an unknown onset speaks neither for nor against: it counts like a day one deviation from the mean
            away = 1.0 if gap is None else (gap - mean) / sd
            density = max(math.exp(-0.5 * away * away), _FLOOR)
        raw[source] = weight * density
    total = sum(raw.values())
    return {source: value / total for source, value in raw.items()}


def _learn(by_id: Mapping[str, Case], stated: Mapping[str, Mapping[str, float]]) -> tuple[float, float] | None:
    """Mean and deviation of the serial interval from the list itself, or None where too few onsets are known."""
    pairs = [
        (target, source, gap)
        for target, sources in stated.items()
        for source in sources
        if (gap := _gap(by_id, source, target)) is not None
    ]
    sure = [gap for target, _s, gap in pairs if len(stated[target]) == 1]
    if len(sure) < _FEWEST_PAIRS:
        return None
    gaps = np.array([gap for _t, _s, gap in pairs], dtype=float)
    serial = _spread(np.array(sure, dtype=float), np.ones(len(sure)))
    for _ in range(_ROUNDS):
        chances = {target: _chances(by_id, target, sources, serial) for target, sources in stated.items()}
        weights = np.array([chances[target][source] for target, source, _g in pairs])
        now = _spread(gaps, weights)
        if abs(now[0] - serial[0]) + abs(now[1] - serial[1]) < 1e-4:
            return now
        serial = now
    return serial


def _spread(gaps: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    mean = float(np.average(gaps, weights=weights))
    return mean, max(float(np.sqrt(np.average((gaps - mean) ** 2, weights=weights))), 1.0)


def _forest(by_id: Mapping[str, Case], weights: Mapping[str, Mapping[str, float]]) -> dict[str, str | None]:
    ids = list(by_id)
    number = {id_: at for at, id_ in enumerate(ids)}
    chosen = likeliest(
        {number[t]: {number[s]: w for s, w in sources.items()} for t, sources in weights.items()}, len(ids)
    )
    return {id_: None if chosen[at] < 0 else ids[chosen[at]] for at, id_ in enumerate(ids)}


def _grown(
    by_id: Mapping[str, Case],
    infector: Mapping[str, str | None],
    candidates: Mapping[str, Sequence[Candidate]],
    serial: tuple[float, float] | None,
    loose: Sequence[Link],
) -> Forest:
    children: dict[str, list[str]] = {}
    for target, source in infector.items():
        if source is not None:
            children.setdefault(source, []).append(target)
    for found in children.values():
        found.sort(key=lambda c: (by_id[c].day is None, str(by_id[c].day), c))
    generation: dict[str, int] = {}
    head: dict[str, str] = {}
    level = [(id_, id_, 0) for id_, source in infector.items() if source is None]
    while level:
        below = []
        for id_, top, depth in level:
            generation[id_] = depth
            head[id_] = top
            below += [(child, top, depth + 1) for child in children.get(id_, ())]
        level = below
    return Forest(by_id, dict(infector), candidates, generation, head, children, serial, loose)
