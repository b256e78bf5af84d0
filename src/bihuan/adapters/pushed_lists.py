"""From a pushed file as it was read to the arguments of the act `receive_list`, and back to a file that can be mended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bihuan.adapters import spreadsheets
from bihuan.adapters.spreadsheets import (
    CellFault,
    Notice,
    Proposal,
    RawRow,
    Reading,
    Rejection,
    SheetMapping,
    Words,
)
from bihuan.ledgers.intake.bridge import Told, ToldRejection
from bihuan.ledgers.people.choices import IdentityKind

# What a row may tell beyond who the person is; kept sealed beside the sender's own words.
_MORE = (
    "from_place",
    "arrived_on",
    "transport",
    "exposure_place",
    "exposure_from",
    "exposure_until",
    "serial",
    "household_relation",
    "employer",
    "age",
)
# The kinds of document, in the words of the people room.
_KINDS = {
    "resident-identity-card": IdentityKind.RESIDENT_CARD,
    "hong-kong-macao-travel-permit": IdentityKind.HK_MACAO_PERMIT,
    "taiwan-travel-permit": IdentityKind.TAIWAN_PERMIT,
    "hong-kong-macao-taiwan-residence-permit": IdentityKind.HMT_RESIDENCE,
    "foreign-permanent-resident-card": IdentityKind.FOREIGN_RESIDENCE,
    "passport": IdentityKind.PASSPORT,
}


@dataclass(frozen=True)
class Incoming:
    """A list ready to be received. Always: rows of the list that speak of somebody = `rows` + `rejected`."""

    rows: tuple[Told, ...]
    rejected: tuple[ToldRejection, ...]
    skipped: tuple[dict[str, str], ...]
    sheet: str
    content_hash: str
    notices: tuple[Notice, ...] = ()

    def arguments(self, *, source: str, purpose: str, basis: str, file_name: str = "") -> dict[str, Any]:
        """The arguments of `receive_list`: who sent it, what for and on what ground are the receiver's to say."""
        return {
            "source": source,
            "purpose": purpose,
            "basis": basis,
            "rows": self.rows,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "sheet": self.sheet,
            "file_name": file_name,
            "content_hash": self.content_hash,
        }


def incoming(reading: Reading) -> Incoming:
    """A reading in the words of the intake room."""
    return Incoming(
        rows=tuple(_told(reading, row) for row in reading.accepted),
        rejected=tuple(_rejection(reading, row) for row in reading.rejected),
        # What such a row said stays in the file: remarks below a list name people too.
        skipped=tuple(
            {"row": str(s.row), "code": s.code, "zh": s.reason.zh, "en": s.reason.en} for s in reading.skipped
        ),
        sheet=reading.sheet,
        content_hash=reading.content_hash,
        notices=reading.notices,
    )


def mapping_of(source: str, known: Iterable[SheetMapping]) -> SheetMapping | None:
    """The remembered way of writing of the sender of this name, by key or by the words we call them."""
    name = source.strip()
    for mapping in known:
        if name and name in {mapping.key, *mapping.source, *mapping.label}:
            return mapping
    return None


def corrected(proposal: Proposal, words: Sequence[str]) -> Proposal:
    """The proposal with a person's words for its columns, one a column, "" for a column to be left alone.

    Raises ValueError when there are not as many words as columns, or a word is none of ours.
    """
    unknown = sorted({w for w in words if w and w not in spreadsheets.WORDS})
    if unknown or len(words) != len(proposal.columns):
        raise ValueError(f"{len(words)} words for {len(proposal.columns)} columns; unknown: {', '.join(unknown)}")
    said = Words("由接收人指定", "set by the receiver")
    columns = tuple(
        column if column.word == word else replace(column, word=word, confidence=1.0, reason=said)
        for column, word in zip(proposal.columns, words, strict=True)
    )
    return replace(proposal, columns=columns)


def mend_file(sheet: str, rejected: Iterable[tuple[int, dict[str, str], Sequence[dict[str, str]]]]) -> bytes:
    """The rejects file of a list received before, from what was kept: (row number, cells, faults) of each row."""
    kept = list(rejected)
    labels = tuple(dict.fromkeys(label for _row, cells, _faults in kept for label in cells))
    rows = []
    for row, cells, told in kept:
        faults = tuple(
            CellFault(
                row,
                f.get("column", ""),
                f.get("code", ""),
                Words(f.get("zh", ""), f.get("en", "")),
                Words(f.get("mend_zh", ""), f.get("mend_en", "")),
            )
            for f in told
        )
        first = faults[0] if faults else CellFault(row, "", "", Words("", ""), Words("", ""))
        rows.append(
            Rejection(
                row,
                first.column,
                first.code,
                first.reason,
                first.mend,
                "",
                faults,
                tuple(cells.get(label, "") for label in labels),
            )
        )
    return spreadsheets.write_rejects(Reading(sheet, labels, SheetMapping(), (), tuple(rows), (), (), ""))


def _told(reading: Reading, row: RawRow) -> Told:
    more = {name: str(value) for name in _MORE if (value := getattr(row, name)) not in (None, "")}
    if row.hidden:
        more["hidden"] = "1"
    return Told(
        row_number=row.row,
        sheet=reading.sheet,
        cells=reading.sender_words(row),
        name=row.name,
        id_number=row.id_number,
        id_kind=str(_KINDS.get(row.id_kind, IdentityKind.OTHER)) if row.id_number else "",
        phones=tuple(p for p in (row.phone, *row.other_phones) if p),
        birth_on=row.birth_date.isoformat() if row.birth_date else "",
        sex=row.sex,
        address=row.address,
        division_code=row.division_code,
        note=row.note,
        more=more,
        faults=tuple(_fault(f) for f in row.faults),
    )


def _rejection(reading: Reading, row: Rejection) -> ToldRejection:
    return ToldRejection(
        row_number=row.row,
        sheet=reading.sheet,
        column=row.column,
        reason_code=row.reason_code,
        zh=row.reason.zh,
        en=row.reason.en,
        # Empty cells too: whoever mends the row needs the column where a name was missing.
        cells=dict(zip(reading.labels, row.cells, strict=True)),
        faults=tuple(_fault(f) for f in row.faults),
    )


def _fault(fault: CellFault) -> dict[str, str]:
    """A fault without what the cell said, which is the sender's and stays sealed."""
    return {
        "column": fault.column,
        "code": fault.code,
        "zh": fault.reason.zh,
        "en": fault.reason.en,
        "mend_zh": fault.mend.zh,
        "mend_en": fault.mend.en,
    }
