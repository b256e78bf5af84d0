"""The definition in the plainest words, slow on purpose: what every fast path must agree with, row by row."""

from collections.abc import Iterable
from typing import NamedTuple


class Stay(NamedTuple):
    """One person at one place, half-open in whole ticks."""

    person: str | int
    place: str | int
    t_in: int
    t_out: int


class Contact(NamedTuple):
    """One row of the answer; `source` None and no places below the close contacts."""

    level: int
    source: str | int | None
    person: str | int
    first: int
    last: int
    overlap: int
    n: int
    places: tuple[str | int, ...]


Span = tuple[int, int]
Encounter = tuple[str | int, str | int, int, int]  # other person, place, from, to


def joined(spans: Iterable[Span]) -> list[Span]:
    """Half-open spans, those that overlap or touch made one; empty spans are nothing."""
    out: list[Span] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def merged(stays: Iterable[Stay]) -> list[Stay]:
    """Visits of one person to one place that overlap or touch are merged first."""
    groups: dict[tuple[str | int, str | int], list[Span]] = {}
    for stay in stays:
        groups.setdefault((stay.person, stay.place), []).append((stay.t_in, stay.t_out))
    return [Stay(*who, *span) for who, spans in groups.items() for span in joined(spans)]


def encounters(stays: list[Stay], source: str | int, windows: list[Span], least: int) -> list[Encounter]:
    """Counting encounters of a source: its visits clipped to its windows, met with others' visits there."""
    found = []
    for own in stays:
        if own.person != source:
            continue
        for window in windows:
            start, end = max(own.t_in, window[0]), min(own.t_out, window[1])
            for other in stays:
                if other.person == source or other.place != own.place:
                    continue
                begin, stop = max(start, other.t_in), min(end, other.t_out)
                if stop - begin >= least and stop - begin > 0:
                    found.append((other.person, own.place, begin, stop))
    return found


def contacts(
    visits: Iterable[Stay],
    windows: Iterable[tuple[str | int, int, int]],
    *,
    least: int,
    depth: int = 2,
    until: int | None = None,
) -> list[Contact]:
    """Every contact of every level; `least` and all times in ticks, `until` None is the end of the data."""
    rows = list(visits)
    end = until if until is not None else max((row.t_out for row in rows), default=0)
    stays = merged(rows)
    spans: dict[str | int, list[Span]] = {}
    for case, start, stop in windows:
        spans.setdefault(case, []).append((start, stop))
    sources = {case: joined(own) for case, own in spans.items()}
    known = set(sources)  # nobody is a contact who is a case or a contact of an earlier level
    answer: list[Contact] = []
    for level in range(1, depth + 1):
        met: dict[str | int, list[tuple[str | int, Encounter]]] = {}
        for source, own_windows in sources.items():
            for encounter in encounters(stays, source, own_windows, least):
                if encounter[0] not in known:
                    met.setdefault(encounter[0], []).append((source, encounter))
        for person, pairs in met.items():
            if level == 1:
                answer.extend(
                    _contact(level, source, person, [e for s, e in pairs if s == source])
                    for source in {source for source, _ in pairs}
                )
            else:
                answer.append(_contact(level, None, person, [e for _, e in pairs]))
        known |= set(met)
        sources = {person: [(min(e[2] for _, e in pairs), end)] for person, pairs in met.items()}
    return answer


def source_contacts(answer: list[Contact], visits: Iterable[Stay], *, least: int, until: int) -> list[Contact]:
    """One row per (source, person) below the close contacts, from the answer of `contacts`."""
    stays = merged(visits)
    first: dict[int, dict[str | int, int]] = {}
    for row in answer:
        opens = first.setdefault(row.level, {})
        opens[row.person] = min(row.first, opens.get(row.person, row.first))
    out: list[Contact] = []
    for level in sorted(first)[1:]:
        for source, opened in first[level - 1].items():
            pairs = [e for e in encounters(stays, source, [(opened, until)], least) if e[0] in first[level]]
            out.extend(
                _contact(level, source, person, [e for e in pairs if e[0] == person])
                for person in {e[0] for e in pairs}
            )
    return out


def _contact(level: int, source: str | int | None, person: str | int, found: list[Encounter]) -> Contact:
    places = tuple(sorted({e[1] for e in found})) if level == 1 else ()
    return Contact(
        level,
        source,
        person,
        min(e[2] for e in found),
        max(e[3] for e in found),
        sum(e[3] - e[2] for e in found),
        len(found),
        places,
    )
