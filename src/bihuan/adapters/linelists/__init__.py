"""Line lists, contacts, follow-ups, laboratory results and visits from any table, in our words, and back.

    >>> from bihuan.adapters import linelists
    >>> reading = linelists.read_plain(path, "linelist", key="", today=date(2022, 7, 2))   # ListFault if it is none
    >>> reading.rows_read == len(reading.records) + len(reading.rejected)
    True

Other systems' formats (`adapters/sormas`, `adapters/godata`) read into the same records.
"""  # fmt: skip

from bihuan.adapters.linelists._build import build, value_of, warnings
from bihuan.adapters.linelists._cells import ZONE, Days, Unread, is_blank, text_of
from bihuan.adapters.linelists._plain import csv_bytes, labelled, read_plain, shown, table_of, xlsx_bytes
from bihuan.adapters.linelists._table import ERROR, OURS, flat, grid_of, json_records, rejects_sheet
from bihuan.adapters.linelists._values import KINDS, ListFault, Reading, Record, Rejected, Words
from bihuan.adapters.linelists._words import CODES, WORDS, sheets, type_of

__all__ = [
    "CODES",
    "ERROR",
    "KINDS",
    "OURS",
    "WORDS",
    "ZONE",
    "Days",
    "ListFault",
    "Reading",
    "Record",
    "Rejected",
    "Unread",
    "Words",
    "build",
    "csv_bytes",
    "flat",
    "grid_of",
    "is_blank",
    "json_records",
    "labelled",
    "read_plain",
    "rejects_sheet",
    "sheets",
    "shown",
    "table_of",
    "text_of",
    "type_of",
    "value_of",
    "warnings",
    "xlsx_bytes",
]
