"""Presences ↔ the tracing engine: a look around one person that reads only the rows its answer can hang on.

PostgreSQL finds the rows, the engine decides: so the definition of a contact is written once, and what is found here is
what `bihuan trace` finds in a file of the same rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines import tracing
from bihuan.ledgers.intake.presences import reads
from bihuan.ledgers.intake.presences.reads import Numbers
from bihuan.ledgers.territory.scope import Scope

_ID = pa.binary(16)
_TIME = pa.timestamp("us", "UTC")


class _Sources(NamedTuple):
    """Whose places are looked at: ids of 16 bytes, each with a window; a person may come more than once."""

    id: pa.Array
    since: Numbers
    until: Numbers


Told = tuple[UUID, UUID, datetime, datetime]  # person, place, from, until


def contacts_around(
    scope: Scope,
    windows: Sequence[tuple[UUID, datetime, datetime | None]],
    *,
    until: datetime,
    min_overlap_minutes: float,
    depth: int = 2,
    other_cases: Collection[UUID] = (),
    told: Sequence[Told] = (),
    wide_above: int = 200,
) -> tracing.Trace:
    """Contacts of these cases to `depth`, from the presences inside the scope: `tracing.trace`, with ids of 16 bytes.

    windows: (person, infectious from, until); until None is `until`, where the windows of contacts end too.
    other_cases: known cases, who are nobody's contacts.
    told: stays known from elsewhere, an interview for one, that count as presences do.
    """
    look = _Look(scope, windows, until, min_overlap_minutes, other_cases, told)
    level = 0
    while True:
        level += 1
        look.gather()
        found = look.traced(level, wide_above)
        if level == depth or not found.levels[level - 1].person.size:
            return found
        look.follow(found, level)


def presences_around(
    scope: Scope,
    window: tuple[UUID, datetime, datetime],
    *,
    until: datetime,
    min_overlap_minutes: float,
    depth: int,
    other_cases: Collection[UUID] = (),
    told: Sequence[Told] = (),
) -> list[Told]:
    """The presences that the answer of `contacts_around` hangs on, each once; without what was told."""
    look = _Look(scope, [window], until, min_overlap_minutes, other_cases, told)
    look.gather()
    for level in range(1, depth):
        found = look.traced(level, 1)
        if not found.levels[level - 1].person.size:
            break
        look.follow(found, level)
        look.gather()
    zone = until.tzinfo
    epoch = datetime.fromtimestamp(0, zone)
    rows = {
        (person, place, begin, end)
        for part in look.seen[1:]
        for person, place, begin, end in zip(
            part[0].to_pylist(), part[1].to_pylist(), part[2].tolist(), part[3].tolist(), strict=True
        )
    }
    return [
        (UUID(bytes=p), UUID(bytes=q), epoch + timedelta(microseconds=a), epoch + timedelta(microseconds=b))
        for p, q, a, b in sorted(rows)
    ]


class _Look:
    """One look: whose places are asked next, and every row seen so far, what was told first."""

    def __init__(
        self,
        scope: Scope,
        windows: Sequence[tuple[UUID, datetime, datetime | None]],
        until: datetime,
        min_overlap_minutes: float,
        other_cases: Collection[UUID],
        told: Sequence[Told],
    ) -> None:
        self.scope, self.until, self.least = scope, until, min_overlap_minutes
        self.given = [(person.bytes, start, end or until) for person, start, end in windows]
        self.sources = _Sources(
            pa.array([person for person, *_ in self.given], _ID),
            np.array([_us(start) for _, start, _ in self.given], np.int64),
            np.array([_us(end) for _, _, end in self.given], np.int64),
        )
        self.given += [(person.bytes, until, until) for person in other_cases]
        self.seen = [
            (
                pa.array([row[0].bytes for row in told], _ID),
                pa.array([row[1].bytes for row in told], _ID),
                np.array([_us(row[2]) for row in told], np.int64),
                np.array([_us(row[3]) for row in told], np.int64),
            )
        ]

    def gather(self) -> None:
        """See where the sources were within their windows, and who else was there then."""
        sources = self.sources
        theirs = reads.of_people(self.scope, sources.id, sources.since, self.until)
        told_of = pc.index_in(self.seen[0][0], value_set=sources.id)
        told = np.flatnonzero(pc.is_valid(told_of).to_numpy(zero_copy_only=False))
        which = np.concatenate([theirs.which, told_of.take(pa.array(told)).to_numpy().astype(np.int64)])
        last = np.minimum(sources.until, _us(self.until))
        first = sources.since
        if len(set(sources.id.to_pylist())) < len(sources.id):  # several windows: one from first to last sees enough
            first, last = np.full_like(first, first.min()), np.full_like(last, last.max())
        places, begin, end = _spans(
            pa.concat_arrays([theirs.id, self.seen[0][1].take(pa.array(told))]),
            np.maximum(np.concatenate([theirs.t_in, self.seen[0][2][told]]), first[which]),
            np.minimum(np.concatenate([theirs.t_out, self.seen[0][3][told]]), last[which]),
        )
        here = reads.at_places(self.scope, places, begin, end)
        self.seen.append((sources.id.take(pa.array(theirs.which)), theirs.id, theirs.t_in, theirs.t_out))
        self.seen.append((here.id, places.take(pa.array(here.which)), here.t_in, here.t_out))

    def traced(self, depth: int, wide_above: int) -> tracing.Trace:
        """The engine's answer from what was seen."""
        return _traced(self.seen, self.given, self.until, self.least, depth, wide_above)

    def follow(self, found: tracing.Trace, level: int) -> None:
        """Ask next for the contacts of this level, each from their first meeting on."""
        self.sources = _next_sources(found, level, _us(self.until))


def _us(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, at.tzinfo)) // timedelta(microseconds=1)


def _spans(places: pa.Array, begin: Numbers, end: Numbers) -> tuple[pa.Array, Numbers, Numbers]:
    """Stays as spans of their places, those that overlap or touch made one, empty ones left out."""
    keep = np.flatnonzero(end > begin)
    coded = places.take(pa.array(keep)).dictionary_encode()
    code, begin, end = coded.indices.to_numpy().astype(np.int64), begin[keep], end[keep]
    if not keep.size:
        return coded.dictionary, begin, end
    low = int(begin.min())
    apart = code * (int(end.max()) - low + 2)  # one axis for all places, one after the other
    order = np.argsort(begin - low + apart)
    starts, reach = (begin - low + apart)[order], np.maximum.accumulate((end - low + apart)[order])
    first = np.concatenate([[True], starts[1:] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    at = order[first]
    return coded.dictionary.take(pa.array(code[at])), begin[at], reach[last] + low - apart[at]


def _traced(
    seen: list[tuple[pa.Array, pa.Array, Numbers, Numbers]],
    given: Sequence[tuple[bytes, datetime, datetime]],
    until: datetime,
    min_overlap_minutes: float,
    depth: int,
    wide_above: int,
) -> tracing.Trace:
    people, person = _numbered([part[0] for part in seen], pa.array(sorted({g[0] for g in given}), _ID))
    places, place = _numbered([part[1] for part in seen], pa.array([], _ID))
    table = pa.table({"person_id": person, "place_id": place})
    for name, column in (("t_in", 2), ("t_out", 3)):
        values: Any = np.concatenate([part[column] for part in seen])
        table = table.append_column(name, pa.array(values).cast(_TIME))
    numbers = pc.index_in(pa.array([g[0] for g in given], _ID), value_set=people).to_pylist()
    found = tracing.trace(
        tracing.index_visits(table, zone="UTC"),
        [tracing.Window(number, start, end) for number, (_, start, end) in zip(numbers, given, strict=True)],
        min_overlap_minutes=min_overlap_minutes,
        depth=depth,
        until=until,
        wide_above=wide_above,
    )
    rows = found.contacts
    for name in ("source_id", "person_id"):
        rows = rows.set_column(rows.column_names.index(name), name, people.take(rows[name].combine_chunks()))
    at = rows["places"].combine_chunks()
    met_at = pa.ListArray.from_arrays(at.offsets, places.take(at.values), mask=at.is_null())
    rows = rows.set_column(rows.column_names.index("places"), "places", met_at)
    wide = tuple(replace(w, place_id=str(UUID(bytes=places[w.place_id].as_py()))) for w in found.wide_places)
    return replace(found, contacts=rows, wide_places=wide)


def _numbered(parts: Sequence[pa.Array], more: pa.Array) -> tuple[pa.Array, pa.Array]:
    """All ids once, ascending, and each row's position among them."""
    coded = pa.concat_arrays([more, *parts]).dictionary_encode()
    ids = coded.dictionary
    halves = np.frombuffer(ids.buffers()[1], ">u8", count=2 * len(ids), offset=16 * ids.offset).reshape(-1, 2)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    rank = np.empty(len(ids), np.int32)
    rank[order] = np.arange(len(ids), dtype=np.int32)
    return ids.take(pa.array(order)), pa.array(rank[coded.indices.to_numpy()[len(more) :]])


def _next_sources(found: tracing.Trace, level: int, until_us: int) -> _Sources:
    name = found.levels[level - 1].name
    rows = found.contacts.filter(pc.equal(found.contacts["class"], name))
    first = rows.group_by("person_id").aggregate([("first_at", "min")])
    since = first["first_at_min"].combine_chunks().view(pa.int64()).to_numpy()
    return _Sources(first["person_id"].combine_chunks(), since, np.full(since.size, until_us))
