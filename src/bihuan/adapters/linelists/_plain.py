"""Plain tables: one header row, columns tagged by their names or by a known list; read and written."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bihuan.adapters.linelists._build import build, warnings
from bihuan.adapters.linelists._cells import ZONE, Days, text_of
from bihuan.adapters.linelists._table import OURS, flat, grid_of, json_records
from bihuan.adapters.linelists._values import ListFault, Reading, Record, Rejected, Words
from bihuan.adapters.linelists._words import NO_SHEET, WORDS, sheet_named, type_of, word_of


def labelled(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the numbered rows of a table or JSON file. Raises ListFault where there is nothing."""
    if path.suffix.lower() in (".json", ".jsonl"):
        records = [flat(record) for record in json_records(path)]
        labels = list(dict.fromkeys(label for record in records for label in record))
        rows = [(at, [record.get(label, "") for label in labels]) for at, record in enumerate(records, start=1)]
    else:
        grid = grid_of(path)
        at = next((i for i, row in enumerate(grid) if sum(map(bool, row)) > 0), None)
        labels = grid[at] if at is not None else []
        rows = [(i + 1, row) for i, row in enumerate(grid) if at is not None and i > at and any(row)]
    while labels and not labels[-1]:
        labels = labels[:-1]
    if not labels or not rows:
        raise ListFault(
            Words("表头下面没有数据", "there is no row below the header"), Words("请检查文件", "check the file")
        )
    return list(labels), rows


def read_plain(path: Path, kind: str, *, key: str, today: date, dates: str = "") -> Reading:
    """Read a line list, contacts, follow-ups, labs or visits from a plain table.

    key: a list we know (`sheets/linelists/KEY.yaml`), or "" to go by the headers alone. dates: `dmy` or `mdy`.
    Raises ListFault where no column is understood.
    """
    sheet = sheet_named(key) if key else NO_SHEET
    labels, rows = labelled(path)
    words = {at: word_of(kind, label, sheet) for at, label in enumerate(labels) if label not in OURS}
    if not any(words.values()):
        heads = ", ".join(str(told["heads"][0]) for told in WORDS[kind].values())
        raise ListFault(
            Words(f"没有一列看得懂：{'、'.join(labels[:8])}", f"no column is understood: {', '.join(labels[:8])}"),
            Words(f"请用这些表头：{heads}", f"head them like {heads}"),
        )
    dated = [at for at, word in words.items() if word and type_of(kind, word) in ("date", "time")]
    days = Days.of((row[at] for _n, row in rows for at in dated if at < len(row)), dates)
    records: list[Record] = []
    rejected: list[Rejected] = []
    unused: dict[str, int] = {}
    for number, row in rows:
        filled = [(at, row[at]) for at in words if at < len(row) and row[at]]
        if not filled:
            continue
        kept = {labels[at]: text for at, text in filled if not words[at]}
        for label in kept:
            unused[label] = unused.get(label, 0) + 1
        cells = [(words[at], labels[at], text) for at, text in filled if words[at]]
        found = build(kind, number, cells, kept, days, today=today, sheet=sheet)
        if isinstance(found, Record):
            records.append(found)
        else:
            rejected.append(found)
    return Reading(
        kind, sheet.key or "csv", [labels], dict(rows), records, rejected, unused,
        (*_days_notice(days, rows, dated), *warnings(kind, records)), sheet.disease,
    )  # fmt: skip


def _days_notice(days: Days, rows: Sequence[tuple[int, Sequence[str]]], dated: Sequence[int]) -> list[Words]:
    """Say so when the order of day and month was assumed, not seen."""
    from bihuan.adapters.linelists._cells import _ISO, _LOCAL

    local = any(_LOCAL.match(row[at]) and not _ISO.match(row[at]) for _n, row in rows for at in dated if at < len(row))
    if not local or days.is_sure or days.contradicts:
        return []
    return [
        Words(
            "日期按日在前读取；若是月在前，请加 --dates mdy",
            "days were read with the day first; say --dates mdy if not",
        )
    ]


def shown(value: Any) -> str:
    """A value as a plain table writes it."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="minutes")
    return text_of(value)


def table_of(
    kind: str, records: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, str]]
) -> tuple[list[str], list[list[str]]]:
    """Header and rows in our own words, every word used at least once, then what was kept, by its own label."""
    words = [word for word in WORDS[kind] if any(record.get(word) not in (None, "", []) for record in records)]
    more = list(dict.fromkeys(label for own in kept for label in own if label not in words))
    rows = [
        [*(shown(record.get(word)) for word in words), *(own.get(label, "") for label in more)]
        for record, own in zip(records, kept, strict=True)
    ]
    return [*words, *more], rows


def csv_bytes(rows: Sequence[Sequence[str]], *, delimiter: str = ",") -> bytes:
    """UTF-8 CSV with a mark, so that office programs read its Chinese."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of text cells: nothing is computed, no digit is lost."""
    import xlsxwriter

    whole = io.BytesIO()
    with xlsxwriter.Workbook(
        whole, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    ) as book:
        sheet = book.add_worksheet("data")
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)
    return whole.getvalue()
