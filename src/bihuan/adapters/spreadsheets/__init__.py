"""Pushed lists from any office's spreadsheet: what the file holds, what its columns mean, who is on it.

    >>> from bihuan.adapters import spreadsheets
    >>> book = spreadsheets.Book(path)                      # SheetFault if it is no list
    >>> proposal = spreadsheets.propose(book, spreadsheets.mappings().get("neighbour-letter"))
    >>> reading = spreadsheets.read_rows(book, proposal, received_on=date(2022, 7, 2))
    >>> reading.rows_read == len(reading.accepted) + len(reading.rejected)
    True
"""  # fmt: skip

from datetime import date

from bihuan.adapters.spreadsheets._book import Book, File
from bihuan.adapters.spreadsheets._header import propose_in
from bihuan.adapters.spreadsheets._read import read_in
from bihuan.adapters.spreadsheets._rejects import rejects_file
from bihuan.adapters.spreadsheets._values import (
    CellFault,
    ColumnProposal,
    Look,
    Notice,
    Proposal,
    RawRow,
    Reading,
    Rejection,
    SheetFault,
    SheetLook,
    SheetMapping,
    Skipped,
    Words,
)
from bihuan.adapters.spreadsheets._words import WORDS, mappings, remember

__all__ = [
    "WORDS",
    "Book",
    "CellFault",
    "ColumnProposal",
    "File",
    "Look",
    "Notice",
    "Proposal",
    "RawRow",
    "Reading",
    "Rejection",
    "SheetFault",
    "SheetLook",
    "SheetMapping",
    "Skipped",
    "Words",
    "content_hash",
    "look",
    "mappings",
    "propose",
    "read_rows",
    "remember",
    "write_rejects",
]


def look(file: File | Book) -> Look:
    """What a pushed file holds: its kind, its sheets (hidden ones too), and what a receiver must know.

    file: bytes, a path, or a Book already open (open once when several questions follow).
    Raises SheetFault for a file that cannot be a list: its `code`, and the words in both languages.
    """
    return _opened(file).look()


def propose(file: File | Book, mapping: SheetMapping | None = None, *, sheet: str | None = None) -> Proposal:
    """How the file would be read: sheet, header rows, each column's meaning with reason and confidence, sample rows.

    mapping: what we remember of this sender; its labels win over what we would guess.
    sheet: read this sheet, even a hidden one; without it the visible sheet that reads best as a list.
    Raises SheetFault.
    """
    return propose_in(_opened(file), mapping, sheet)


def read_rows(
    file: File | Book,
    choice: Proposal | SheetMapping | None = None,
    *,
    received_on: date | None = None,
    sheet: str | None = None,
) -> Reading:
    """Everybody on the list, row by row: `rows_read == len(accepted) + len(rejected)`, always.

    The rule: a row is accepted when its person can still be sought, that is when it has a valid identity number, or a
    usable name with a phone or an address. Cells of an accepted row that could not be taken stand in its `faults`
    (row, column, reason, mend). A row is rejected, once, with all its faults, when it has neither. On a list that has
    no column of names at all, a valid identity number or a phone is needed.
    Totals, remarks below the list, repeated headers and blank rows are no persons: they are told in `skipped` and not
    counted as read. Rows keep the numbers the spreadsheet shows. Hidden rows are read and marked. A cell merged down
    a column belongs to all its rows. Formulas count by their stored results. Duplicates within the list are not
    judged here; equal rows have equal `fingerprint`.

    choice: a Proposal (as corrected) or a SheetMapping; None reads by headers alone.
    received_on: the day the list came, in China; dates without a year are read by it, births after it are refused.
    Raises SheetFault when there is no list, no header or nobody below it.
    """
    return read_in(_opened(file), choice, received_on, sheet)


def content_hash(file: File | Book, *, sheet: str | None = None) -> str:
    """A mark of the list's content: the same rows in any order, saved again by any program, have the same mark.

    The same value as `Reading.content_hash`; 64 hexadecimal digits. Raises SheetFault.
    """
    return read_in(_opened(file), None, None, sheet).content_hash


def write_rejects(reading: Reading) -> bytes:
    """The rejected rows as an .xlsx under the sender's own header, with 行号, 栏目, 原因 and 如何修改 beside them.

    All cells are text, so nothing is computed and no digit is lost. Mended there, it is read again by the same mapping.
    """
    return rejects_file(reading)


def _opened(file: File | Book) -> Book:
    return file if isinstance(file, Book) else Book(file)
