"""Free-text Chinese addresses are found in the tree of divisions, with a confidence and its reasons."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bihuan.engines.linkage._divisions import LEVELS, Division, Level, ancestors_of, short_code
from bihuan.engines.linkage._placechains import (
    COUNTY,
    DEPTH,
    TOWNSHIP,
    VILLAGE,
    Chain,
    Entry,
    Mention,
    base_confidence,
    chains_of,
    choose,
    contradicts,
    mention_of,
    same_line,
)
from bihuan.engines.linkage._placenames import (
    BARE_SEGMENT,
    NOT_PLACES,
    SEGMENT,
    SUFFIX,
    UPPER,
    clean_address,
    cores_of,
    near_miss,
)

REASONS: Mapping[str, tuple[str, str]] = {
    "full": ("逐级写全", "every level is written"),
    "no_county": ("未写县区", "the county is not written"),
    "no_township": ("未写乡镇街道", "the township is not written"),
    "short_form": ("简写", "written without its suffix"),
    "kind_differs": ("名称后缀与登记不同", "written as another kind of unit than listed"),
    "alias": ("曾用名或俗称", "an old or local name"),
    "homophone": ("同音字", "a homophone, probably a slip"),
    "one_edit": ("一字之差", "one character differs, probably a slip"),
    "perhaps": ("可能是", "perhaps this unit; too far to decide"),
    "skipped": ("有未识别的文字", "some text in between was not understood"),
    "conflict": ("与另一地名矛盾", "contradicts another place in the same address"),
    "ambiguous": ("重名", "several units bear this name"),
    "outside": ("在辖区以外", "lies outside the area asked for"),
    "outside_unknown": ("在辖区以外,区划表中没有", "lies outside, in a place the tables do not hold"),
    "code": ("按区划代码", "by its division code"),
    "code_agrees": ("地址与区划代码一致", "text and division code agree"),
    "code_differs": ("地址与区划代码不一致", "text and division code disagree"),
    "code_unknown": ("区划代码不在表中", "the division code is not in the tables"),
    "bad_code": ("区划代码无法读取", "the division code cannot be read"),
    "nothing": ("没有认出地名", "no place was recognised"),
    "empty": ("地址为空", "the address is empty"),
}

_MOST_CODES = 400


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """Where an address lies: the deepest certain division, how certain, why, and what the text says below it.

    `code` is None when nothing was recognised. `candidates` holds the units between which the text leaves a
    doubt (then `code` is the area that holds them all, or the one more likely). `outside` says the place
    is not in the area asked for: hand it over. `confidence` is a judgement between 0 and 1, not a frequency.
    """

    code: str | None
    level: Level | None
    confidence: float
    reason: str
    rest: str
    candidates: tuple[str, ...] = ()
    outside: bool = False

    def explain(self, language: str = "zh") -> str:
        """The reasons as a person reads them, in Chinese ("zh") or English ("en")."""
        said = []
        for token in self.reason.split("; "):
            word, _, detail = token.partition(":")
            text = REASONS[word][0 if language == "zh" else 1]
            said.append(f"{text}「{detail}」" if detail and language == "zh" else f"{text} ({detail})"
                        if detail else text)  # fmt: skip
        return (";" if language == "zh" else "; ").join(said)


class Gazetteer:
    """The division tree made ready for matching addresses.

    `divisions` may hold any part of the country; levels above the part are useful but not needed.
    `aliases` maps old, local or merged names to codes: {"城关": "130430100", "老河乡": "…"}; a name may stand
    for several codes. Names of townships need no alias for 乡 having become 镇 or 街道, nor villages for
    村委会, 居委会 and 社区.
    """

    def __init__(self, divisions: Iterable[Division], aliases: Mapping[str, str | Sequence[str]] | None = None) -> None:
        self._by_code = {d.code: d for d in divisions}
        grouped: dict[str, dict[tuple[Level, str, bool], list[str]]] = {}
        for division in self._by_code.values():
            for core in cores_of(division):
                place = grouped.setdefault(core.text, {})
                place.setdefault((division.level, core.group, False), []).append(division.code)
        for name, target in (aliases or {}).items():
            for code in (target,) if isinstance(target, str) else target:
                known = self._by_code.get(short_code(code))
                if known is None:
                    raise ValueError(f"the alias {name} names {code}, which is in no division table")
                alias = replace(known, name=name)
                for core in cores_of(alias) if known.level in SUFFIX else ():
                    place = grouped.setdefault(core.text, {})
                    place.setdefault((known.level, core.group, True), []).append(known.code)
        self._index: dict[str, tuple[Entry, ...]] = {
            text: tuple(
                Entry(level, group, alias, tuple(sorted(set(codes)))) for (level, group, alias), codes in place.items()
            )
            for text, place in grouped.items()
        }
        lengths: dict[str, set[int]] = {}
        for text in self._index:
            lengths.setdefault(text[:2], set()).add(len(text))
        self._lengths = {front: tuple(sorted(found)) for front, found in lengths.items()}
        self._near: dict[tuple[str, int], dict[str, list[tuple[str, str]]]] = {}
        self._codes_by_depth = {
            depth: sorted(code for code, d in self._by_code.items() if DEPTH[d.level] == depth)
            for depth in range(VILLAGE + 1)
        }

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    def full_name(self, code: str) -> str:
        """A division's name behind those of all areas above it that the tables hold: 河北省邯郸市邱县…

        Fillers such as 市辖区, which stand in the city's place, are left out, as people leave them out.
        """
        chain = (*ancestors_of(code), code)
        names = [self._by_code[c].name for c in chain if c in self._by_code]
        return "".join(name for name in names if name not in NOT_PLACES)

    def match(self, address_text: str, *, within: str | None = None, division_code: str | None = None) -> PlaceMatch:
        """Where an address lies.

        `within` is the code of the area whose desk asks: names are looked for there first, and a place
        elsewhere comes back with `outside` set. `division_code` is the code the sender wrote beside the
        address, if any; it settles doubts, and a contradiction with the text lowers the confidence.
        """
        home = short_code(within) if within else ""
        text = clean_address(address_text)
        if not division_code or not division_code.strip():
            return self._read(text, home)
        try:
            given = short_code(division_code)
        except ValueError:
            return _note(self._read(text, home), "bad_code")
        known = given
        while known and known not in self._by_code:
            known = next(reversed(ancestors_of(known)), "")
        if not known:
            found = self._read(text, home)
            inside = found.code is not None and not found.outside and DEPTH[found.level or "province"] >= TOWNSHIP
            away = bool(home) and given[: len(home)] != home[: len(given)]
            if inside or not away:
                return _note(found, f"code_unknown:{given}", 0.7 if inside else 1.0)
            return PlaceMatch(None, None, 0.6, f"outside_unknown:{given}", text, (), outside=True)
        found = self._with_code(text, home, known)
        return found if known == given else _note(found, f"code_unknown:{given}", 0.95)

    def _with_code(self, text: str, home: str, code: str) -> PlaceMatch:
        level = self._by_code[code].level
        away = bool(home) and not same_line(code, home)
        by_code = PlaceMatch(code, level, 0.95, "outside; code" if away else "code", text, (), away)
        if not text:
            return by_code
        found = self._read(text, home)
        if found.candidates or found.code is None or not same_line(found.code, code):
            nearer = self._read(text, code)
            if nearer.code is not None and same_line(nearer.code, code) and not nearer.candidates:
                found = replace(nearer, outside=away)
        if found.code is None:
            return by_code
        if found.code.startswith(code):
            return _note(replace(found, confidence=max(found.confidence, 0.97)), "code_agrees")
        if code.startswith(found.code):
            return replace(by_code, rest=found.rest)
        both = (found.code, code)
        certain = replace(found, confidence=min(found.confidence, 0.5), candidates=both)
        return _note(certain, f"code_differs:{code}")

    def _read(self, text: str, home: str) -> PlaceMatch:
        if not text:
            return PlaceMatch(None, None, 0.0, "empty", "")
        mentions = self._mentions(text)
        chains = chains_of(mentions)
        best, outside = choose(chains, home)
        stranger = self._stranger(text, home, best)
        if stranger:
            return PlaceMatch(None, None, 0.6, f"outside_unknown:{stranger}", text, (), outside=True)
        if best is None:
            return self._misspelt(text, 0, home, ()) or PlaceMatch(None, None, 0.0, "nothing", text)
        return self._judge(text, home, best, outside, mentions)

    def _mentions(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        index, lengths = self._index, self._lengths
        for start in range(len(text) - 1):
            for length in lengths.get(text[start : start + 2], ()):
                core_end = start + length
                entries = index.get(text[start:core_end])
                if entries is None or core_end > len(text):
                    continue
                for entry in entries:
                    mention = mention_of(text, start, core_end, entry)
                    if mention is not None:
                        found.append(mention)
        return found

    def _judge(self, text: str, home: str, best: Chain, outside: bool, mentions: list[Mention]) -> PlaceMatch:
        notes = [m.note for m in best.mentions if m.note]
        factor = 1.0
        for note in notes:
            factor *= 0.95 if note.startswith(("kind", "alias")) else 0.93
        codes = best.codes
        depths = {m.depth for m in best.mentions}
        for start, end in best.skipped:
            gap = text[start:end]
            solved = self._gap(gap, codes)
            if solved:
                codes, note, depth = solved
                depths.add(depth)
                notes.append(note)
                factor *= 0.88 if note.startswith("homophone") else 0.75
            else:
                # A village found in the middle of a word: perhaps the whole word is another village, misspelt.
                within = self._common(codes) if start else home
                whole = self._misspelt(text, start, within, tuple(depths)) if best.depth == VILLAGE else None
                if whole is not None and not whole.candidates and whole.level == "village":
                    return whole
                notes.append(f"skipped:{gap}")
                factor *= 0.75
        rest = text[best.end :]
        if best.depth < VILLAGE and best.depth >= COUNTY and len(codes) == 1 and rest:
            deeper = self._misspelt(text, best.end, codes[0], tuple(depths))
            if deeper is not None:
                joined = "; ".join((*notes, deeper.reason))
                return replace(
                    deeper,
                    confidence=round(deeper.confidence * factor, 3),
                    reason=("outside; " if outside else "") + joined,
                    outside=outside,
                )
        clash = next((m for m in mentions if contradicts(m, best, codes)), None)
        candidates: tuple[str, ...] = ()
        if clash:
            notes.append(f"conflict:{text[clash.start : clash.end]}")
            factor *= 0.6
            candidates = (codes[0], *clash.codes[:3]) if len(codes) == 1 else ()
        code = codes[0]
        if len(codes) > 1:
            notes.append(f"ambiguous:{len(codes)}")
            candidates = codes[:20]
            code = self._common(codes)
            factor *= 0.5
            if not code:
                return PlaceMatch(None, None, 0.3, "; ".join(notes), text, candidates, outside)
        if outside and min(depths) > COUNTY:
            factor *= 0.5
        confidence, missing = base_confidence(best.depth, depths, bool(home))
        reason = "; ".join(([*["outside"] * outside, *missing, *notes]) or ["full"])
        return PlaceMatch(
            code,
            self._by_code[code].level if code in self._by_code else None,
            round(confidence * factor, 3),
            reason,
            rest,
            candidates,
            outside,
        )

    def _gap(self, gap: str, codes: tuple[str, ...]) -> tuple[tuple[str, ...], str, int] | None:
        """A skipped stretch read as the misspelt name of an area above the place that follows it."""
        for segment in SEGMENT.finditer(gap):
            for depth in (TOWNSHIP, COUNTY):
                kept: list[str] = []
                note = ""
                for code in codes[:_MOST_CODES]:
                    above = [a for a in ancestors_of(code) if DEPTH.get(self._level(a), -1) == depth]
                    for core in cores_of(self._by_code[above[0]]) if above else ():
                        miss = near_miss(segment["core"], core.text)
                        if miss:
                            kept.append(code)
                            note = f"{miss}:{segment[0]}→{self._by_code[above[0]].name}"
                if kept:
                    return tuple(kept), note, depth
        return None

    def _misspelt(self, text: str, start: int, anchor: str, depths: tuple[int, ...]) -> PlaceMatch | None:
        """The text from `start` on read as a misspelt township or village inside the anchor."""
        if not anchor or anchor not in self._by_code or DEPTH[self._by_code[anchor].level] < COUNTY:
            return None
        segment = SEGMENT.match(text, start) or BARE_SEGMENT.match(text, start)
        if segment is None:
            return None
        suffix = segment.groupdict().get("suffix") or ""
        below_county = DEPTH[self._by_code[anchor].level] == COUNTY
        wanted = [VILLAGE]
        if below_county:
            wanted = [TOWNSHIP, VILLAGE]
        for depth in wanted:
            level = LEVELS[depth]
            if suffix and not SUFFIX[level].fullmatch(suffix):
                continue
            hits = self._near_names(anchor, depth, segment["core"])
            if not hits:
                continue
            sounds = [hit for hit in hits if hit[1] == "homophone"]
            chosen = sounds or hits
            plain = bool(suffix) or (bool(sounds) and len(segment["core"]) > 2)
            if len(chosen) > 1 or not plain:
                return self._perhaps(text, start, anchor, [code for code, _ in chosen], depths)
            code, miss = chosen[0]
            found = f"{miss}:{segment[0]}→{self._by_code[code].name}"
            confidence, missing = base_confidence(depth, {*depths, depth}, True)
            factor = 0.85 if miss == "homophone" else 0.7 if len(segment["core"]) > 2 else 0.6
            here = PlaceMatch(
                code,
                level,
                round(confidence * factor, 3),
                "; ".join((*missing, found)),
                text[segment.end() :],
            )
            if depth == TOWNSHIP:
                return self._deeper(here, code, home=anchor)
            return here
        return None

    def _deeper(self, here: PlaceMatch, code: str, *, home: str) -> PlaceMatch:
        """A village written behind a misspelt township, when there is one."""
        below = self._read(here.rest, code) if here.rest else None
        if below is None or below.code is None or below.outside or not below.code.startswith(code):
            return here
        if below.code == code:
            return here
        township_note = here.reason.split("; ")[-1]
        kept = [t for t in below.reason.split("; ") if t not in ("full", "no_county", "no_township")]
        return replace(
            below,
            confidence=round(min(below.confidence, 0.95) * 0.85, 3),
            reason="; ".join((township_note, *kept)),
        )

    def _perhaps(self, text: str, start: int, anchor: str, codes: list[str], depths: tuple[int, ...]) -> PlaceMatch:
        division = self._by_code[anchor]
        confidence, _ = base_confidence(DEPTH[division.level], {*depths, DEPTH[division.level]}, True)
        names = ",".join(self._by_code[c].name for c in codes[:3])
        return PlaceMatch(
            anchor,
            division.level,
            round(confidence * 0.7, 3),
            f"perhaps:{names}",
            text[start:],
            tuple(codes[:20]),
        )

    def _near_names(self, anchor: str, depth: int, written: str) -> list[tuple[str, str]]:
        key = (anchor, depth)
        names = self._near.get(key)
        if names is None:
            names = {}
            codes = self._codes_by_depth[depth]
            for at in range(bisect_left(codes, anchor), len(codes)):
                if not codes[at].startswith(anchor):
                    break
                for core in cores_of(self._by_code[codes[at]]):
                    for front in {core.text[0], *core.text[1:2], core.text[-1]}:
                        names.setdefault(front, []).append((core.text, codes[at]))
            self._near[key] = names
        found: dict[str, str] = {}
        for front in {written[0], *written[1:2], written[-1]}:
            for listed, code in names.get(front, ()):
                if code not in found and abs(len(listed) - len(written)) <= 1:
                    miss = near_miss(written, listed)
                    if miss:
                        found[code] = miss
        return sorted(found.items())

    def _stranger(self, text: str, home: str, best: Chain | None) -> str | None:
        """The name of a county or province at the front that no table holds, when the text names one."""
        if not home or (best is not None and best.start == 0):
            return None
        upper = UPPER.match(text)
        if upper is None or not upper[0]:
            return None
        if upper["county"] and self._near_home(upper["county"], home):
            return None
        if upper["province"] or (upper["city"] and upper["county"]):
            return upper[0]
        return upper["county"] if upper["county"] and upper["county"].endswith("县") and best is None else None

    def _near_home(self, written: str, home: str) -> bool:
        listed = self._by_code.get(home[:6])
        return listed is not None and (written in listed.name or near_miss(written, listed.name) == "homophone")

    def _level(self, code: str) -> Level:
        return self._by_code[code].level if code in self._by_code else "building"

    def _common(self, codes: Sequence[str]) -> str:
        lines = [(*ancestors_of(code), code) for code in codes]
        shared = ""
        for parts in zip(*lines, strict=False):
            if len(set(parts)) > 1:
                break
            shared = parts[0]
        return shared


def _note(found: PlaceMatch, token: str, factor: float = 1.0) -> PlaceMatch:
    kept = [] if found.reason in ("full", "empty", "nothing") else [found.reason]
    return replace(found, confidence=round(found.confidence * factor, 3), reason="; ".join((token, *kept)))
