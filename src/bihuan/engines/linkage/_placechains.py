"""Place names found in a text are strung into chains that run down the tree: county, township, village."""

from bisect import bisect_left
from typing import NamedTuple

from bihuan.engines.linkage._divisions import LEVELS, Level
from bihuan.engines.linkage._placenames import LONGER, STREET, SUFFIX, suffix_group

DEPTH: dict[Level, int] = {level: depth for depth, level in enumerate(LEVELS)}
COUNTY, TOWNSHIP, VILLAGE = DEPTH["county"], DEPTH["township"], DEPTH["village"]

# Judgement, tuned on the trees of 邱县 and 武安市: a character passed over costs a third of one understood,
# and the home area outweighs a rival elsewhere that explains up to one and a half characters more.
_SKIP_COST = 0.35
_HOME_BONUS = 1.5
_MOST_CHAINS = 6


class Entry(NamedTuple):
    """The units of one level and kind that share a core name."""

    level: Level
    group: str
    alias: bool
    codes: tuple[str, ...]


class Mention(NamedTuple):
    """One place name in the text: where, how deep, how plainly written, and which units it may mean."""

    start: int
    end: int
    depth: int
    weight: float
    codes: tuple[str, ...]
    note: str
    bare: bool


class Chain(NamedTuple):
    """Mentions from left to right, each inside the one before."""

    score: float
    start: int
    end: int
    depth: int
    codes: tuple[str, ...]
    mentions: tuple[Mention, ...]
    skipped: tuple[tuple[int, int], ...]


def mention_of(text: str, start: int, core_end: int, entry: Entry) -> Mention | None:
    """The mention made by a core name at `start`, its suffix included; None when it only looks like one."""
    level, group, alias, codes = entry
    depth = DEPTH[level]
    tail = SUFFIX[level].match(text, core_end)
    end, weight, note, bare = core_end, 1.0, "", False
    if start and text[start].isdigit() and text[start - 1].isdigit():
        return None
    if not group:
        if tail and level == "village":
            end = tail.end()
    elif tail:
        end = tail.end()
        if suffix_group(level, tail[0]) != group:
            weight, note = 0.9, f"kind_differs:{text[start:end]}"
    else:
        if (LONGER if depth == VILLAGE else STREET).match(text, core_end):
            return None
        if (depth == TOWNSHIP and text[core_end - 1] in "路街道巷") or text[start].isdigit():
            return None
        weight, note, bare = 0.8, f"short_form:{text[start:end]}", True
    if alias:
        weight, note = weight * 0.95, f"alias:{text[start:end]}"
    return Mention(start, end, depth, weight, codes, note, bare)


def chains_of(mentions: list[Mention]) -> list[Chain]:
    """Every sensible chain, at most a handful ending at each mention."""
    chains: list[Chain] = []
    for mention in mentions:
        start, end, depth, weight, codes, _, bare = mention
        gain = weight * (end - start)
        upper = bare and depth <= COUNTY
        ending: list[Chain] = []
        if start == 0 or not upper:
            gaps: tuple[tuple[int, int], ...] = ((0, start),) if start else ()
            ending.append(Chain(gain - _SKIP_COST * start, start, end, depth, codes, (mention,), gaps))
        for chain in chains:
            if chain.end > start or chain.depth > depth or (upper and chain.end != start):
                continue
            if chain.depth == depth:
                same = set(codes)
                kept = tuple(c for c in chain.codes if c in same)
            else:
                kept = _inside(chain.codes, codes)
            if not kept:
                continue
            gaps = chain.skipped if chain.end == start else (*chain.skipped, (chain.end, start))
            score = chain.score + gain - _SKIP_COST * (start - chain.end)
            ending.append(Chain(score, chain.start, end, depth, kept, (*chain.mentions, mention), gaps))
        if len(ending) > _MOST_CHAINS:
            ending.sort(key=lambda chain: -chain.score)
            del ending[_MOST_CHAINS:]
        chains.extend(ending)
    return chains


def _inside(above: tuple[str, ...], codes: tuple[str, ...]) -> tuple[str, ...]:
    if len(above) > len(codes):
        fronts = set(above)
        return tuple(c for c in codes if any(c[:n] in fronts for n in (2, 4, 6, 9)))
    kept: list[str] = []
    for front in above:
        at = bisect_left(codes, front)
        while at < len(codes) and codes[at].startswith(front):
            kept.append(codes[at])
            at += 1
    return tuple(kept)


def choose(chains: list[Chain], home: str) -> tuple[Chain | None, bool]:
    """The chain that explains the text best, and whether it leads outside the home area."""
    best: Chain | None = None
    best_rank: tuple[float, int] = (-1e9, -1)
    best_outside = False
    for chain in chains:
        codes, outside, rank = chain.codes, False, chain.score
        if home:
            codes = tuple(c for c in chain.codes if same_line(c, home))
            if codes:
                rank += _HOME_BONUS
            else:
                codes, outside = chain.codes, True
                front = chain.mentions[0]
                named = front.depth <= COUNTY and (front.weight >= 0.9 or len(chain.mentions) > 1)
                rank -= 0.0 if named else 4.0
        if (rank, chain.depth) > best_rank:
            best_rank, best_outside = (rank, chain.depth), outside
            best = chain._replace(codes=codes)
    return best, best_outside


def same_line(one: str, other: str) -> bool:
    """Whether one area lies inside the other, or both are the same."""
    return one.startswith(other) or other.startswith(one)


def contradicts(mention: Mention, best: Chain, codes: tuple[str, ...]) -> bool:
    """Whether a plainly written name right beside the chain names a place the chain excludes."""
    if mention.weight < 0.9 or mention.end - mention.start < 3 or mention.depth < COUNTY:
        return False
    beside = mention.start == best.end or any(a <= mention.start < b for a, b in best.skipped)
    return beside and not any(same_line(a, b) for a in mention.codes for b in codes)


def base_confidence(depth: int, depths: set[int], home: bool) -> tuple[float, tuple[str, ...]]:
    """The confidence of a faultless mention by the levels written above it, and what is missing.

    Judgement values: they order the cases, they are not frequencies.
    """
    county = min(depths) <= COUNTY
    if depth == VILLAGE:
        if TOWNSHIP in depths:
            return (1.0, ()) if county else (0.97, ("no_county",))
        if county:
            return 0.92, ("no_township",)
        return (0.88 if home else 0.75), ("no_county", "no_township")
    if depth == TOWNSHIP:
        return (0.95, ()) if county else (0.92 if home else 0.8, ("no_county",))
    return {COUNTY: 0.9, DEPTH["city"]: 0.6}.get(depth, 0.4), ()
