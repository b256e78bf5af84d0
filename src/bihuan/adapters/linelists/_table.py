"""A file as labelled rows of text, whatever it is: csv, xlsx, xls by the spreadsheet reader, json by its records."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bihuan.adapters import spreadsheets
from bihuan.adapters.linelists._cells import text_of
from bihuan.adapters.linelists._values import ListFault, Rejected, Words

# Our own columns in a file of rejected rows: they say what was wrong, and are left alone when it is sent again.
OURS = ("行号", "栏目", "原因", "如何修改")
ERROR = "ImportError"


def grid_of(path: Path) -> list[list[str]]:
    """All rows of a table file as text, first row first. Raises ListFault.

    In a text file the header alone says what parts the cells: free words below may hold any mark.
    """
    raw = path.read_bytes()
    if path.suffix.lower() in (".csv", ".tsv", ".txt") and raw[:2] not in (b"PK", b"\xd0\xcf"):
        return _text_rows(raw)
    try:
        book = spreadsheets.Book(path)
        name = book.visible()[0] if book.visible() else ""
        rows = book.grid(name).rows
    except spreadsheets.SheetFault as fault:
        raise ListFault(
            Words(fault.what.zh, fault.what.en), Words(fault.mend.zh, fault.mend.en), row=fault.row
        ) from None
    return [[text_of(cell) for cell in row] for row in rows]


def _text_rows(raw: bytes) -> list[list[str]]:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            break
    else:
        raise ListFault(
            Words("不是UTF-8、GBK或UTF-16的文本", "text in neither UTF-8, GBK nor UTF-16"),
            Words("请另存为UTF-8的CSV", "save it as CSV in UTF-8"),
        )
    head = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", head)
    delimiter = max(",;\t|", key=bare.count)
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as fault:
        raise ListFault(
            Words(f"不是CSV（{fault}）", f"not CSV ({fault})"), Words("请重新导出", "export it again")
        ) from None


def json_records(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON file: an array of objects, or one object a line. Raises ListFault."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        if text.lstrip().startswith("["):
            found = json.loads(text)
        else:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as fault:
        raise ListFault(
            Words(f"不是JSON（{fault}）", f"not JSON ({fault})"), Words("请重新导出", "export it again")
        ) from None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise ListFault(
            Words("不是记录的数组", "not an array of records"), Words("每条记录一个对象", "write one object a record")
        )
    return found


def flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """A nested record as dotted labels: {"age": {"years": 3}} → {"age.years": "3"}; arrays by position, `x[0].y`."""
    found: dict[str, str] = {}
    for name, value in record.items():
        label = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{label}.")
        elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
            for at, part in enumerate(value):
                found |= (
                    flat(part, f"{label}[{at}].") if isinstance(part, Mapping) else {f"{label}[{at}]": text_of(part)}
                )
        else:
            found[label] = text_of(value)
    return found


def rejects_sheet(
    heads: Sequence[Sequence[str]], cells: Mapping[int, Sequence[str]], rejected: Sequence[Rejected], path: Path
) -> None:
    """Write rejected rows under their own header, with row, column, reason and mend beside them; fit to be sent again."""
    import xlsxwriter

    wide = max((len(row) for row in heads), default=0)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("rejected")
        plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        for at, row in enumerate(heads):
            for column, text in enumerate([*row, *[""] * (wide - len(row)), *(OURS if at == len(heads) - 1 else ())]):
                sheet.write_string(at, column, text, bold)
        for at, fault in enumerate(rejected, start=len(heads)):
            own = list(cells.get(fault.number, ()))[:wide]
            told = [
                str(fault.number),
                fault.column,
                f"{fault.reason.zh} {fault.reason.en}",
                f"{fault.mend.zh} {fault.mend.en}",
            ]
            for column, text in enumerate([*own, *[""] * (wide - len(own)), *told]):
                sheet.write_string(at, column, text, plain)
