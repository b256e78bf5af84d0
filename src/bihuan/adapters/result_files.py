"""A laboratory's result file, whatever it is: a sheet (.csv .xlsx .xls), HL7 or ASTM, read into rows of tube and value.

Nothing is decided here: a row that cannot be read is told with its number and why.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bihuan.adapters import hl7
from bihuan.adapters.spreadsheets import Book, SheetFault, Words
from bihuan.ledgers.lab.bridge import ToldResult
from bihuan.ledgers.lab.choices import Value

_WORDS: dict[str, str] = {
    Value.NEGATIVE: "阴性,未检出,阴,-,(-),neg,negative,not detected,nd,260415000,260385009",  # data
    Value.POSITIVE: "阳性,检出,阳,+,(+),pos,positive,detected,10828004,260373001",  # data
    Value.WEAK_POSITIVE: "弱阳性,弱阳,可疑,±,(±),weak positive,weakly positive,inconclusive",  # data
    Value.INVALID: "无效,重测,重采,invalid,error,repeat",  # data
}
_VALUES = {word: str(value) for value, words in _WORDS.items() for word in (*words.split(","), str(value))}
_HEADS = {
    "tube": "管号,采样管编号,采样管号,管码,条码,条形码,样本编号,标本编号,样本条码,tube,barcode,sample id,specimen",  # data
    "value": "结果,检测结果,结论,判定,检测结论,result,conclusion,value",  # data
    "time": "检测时间,完成时间,tested at,tested_at,date,time",  # data
    "batch": "批号,批次,板号,batch,run,plate",  # data
}
# Row, tube, words, detail, tested at, batch, fault.
_Line = tuple[int, str, str, dict[str, Any], datetime | None, str, str]
_GENES = ("orf1ab", "orf", "n", "e", "s", "rdrp", "ct")
_HEADER_ROWS = 20
_CHINA = timedelta(hours=8)


@dataclass(frozen=True)
class LabReading:
    """The file's rows: those with a tube and a value, and those without, each with its number and a code for why."""

    kind: str  # sheet, hl7 or astm
    content_hash: str
    rows: tuple[ToldResult, ...]
    unreadable: tuple[tuple[int, str, str], ...]  # (row, tube as far as it is known, why)

    @property
    def rows_read(self) -> int:
        """Rows with anything in them; always rows + unreadable."""
        return len(self.rows) + len(self.unreadable)


def read(raw: bytes) -> LabReading:
    """Read a laboratory's file. Raises SheetFault, ValueError when it is none."""
    if hl7.is_message(raw):
        found = [(s.line, s.tube, s.conclusion, dict(s.thresholds), s.tested_at, "", s.fault) for s in hl7.read(raw)]
        return _reading("hl7", raw, found)
    return _reading("sheet", raw, _sheet_rows(raw))


def _reading(kind: str, raw: bytes, found: Iterable[_Line]) -> LabReading:
    rows, unreadable = [], []
    for line, tube, words, detail, tested_at, batch, fault in found:
        value = _VALUES.get(words.strip().lower())
        if fault or not tube or value is None:
            why = "no_tube" if not tube else "no_value" if not words else "unknown_value"
            unreadable.append((line, tube, fault or why))
            continue
        rows.append(ToldResult(line, tube, value, detail, tested_at, batch))
    return LabReading(kind, hashlib.sha256(raw).hexdigest(), tuple(rows), tuple(unreadable))


def _sheet_rows(raw: bytes) -> Iterable[_Line]:
    """The rows below the header of the first sheet that has a column of tubes and one of results."""
    book = Book(raw)
    for name, hidden in book.names:
        if hidden:
            continue
        grid = book.grid(name).rows
        for start, cells in enumerate(grid[:_HEADER_ROWS]):
            columns = _columns(cells)
            if columns is not None:
                return _below(grid, start, columns)
    what = Words("没有找到“管号”和“结果”两栏", "there is no table with a column of tubes and one of results")  # data
    raise SheetFault("no_header", what, Words("请保留表头再上传", "keep the headings and send it again"))  # data


def _columns(cells: Sequence[Any]) -> dict[str, int] | None:
    heads = [str(c or "").strip().lower() for c in cells]
    found: dict[str, int] = {}
    for what, words in _HEADS.items():
        known = [word for word in words.split(",") if word in heads]
        if known:
            found[what] = heads.index(known[0])
    if "tube" not in found or "value" not in found:
        return None
    for index, head in enumerate(heads):
        gene = head.removesuffix("ct").strip(" _-()（）") or head
        if index not in found.values() and gene in _GENES:
            found[f"gene {head}"] = index
    return found


def _below(grid: Sequence[Sequence[Any]], start: int, columns: dict[str, int]) -> Iterable[_Line]:
    genes = [(name.removeprefix("gene "), index) for name, index in columns.items() if name.startswith("gene ")]
    tube_at, value_at = columns["tube"], columns["value"]
    time_at, batch_at = columns.get("time", -1), columns.get("batch", -1)
    for number, cells in enumerate(grid[start + 1 :], start=start + 2):
        if not any(c not in (None, "") for c in cells):
            continue
        width = len(cells)
        tube = _text(cells[tube_at]) if tube_at < width else ""
        words = _text(cells[value_at]) if value_at < width else ""
        detail = (
            {n: float(cells[i]) for n, i in genes if i < width and isinstance(cells[i], int | float)} if genes else {}
        )
        tested_at = _instant(cells[time_at]) if 0 <= time_at < width else None
        yield number, tube, words, detail, tested_at, _text(cells[batch_at]) if 0 <= batch_at < width else "", ""


def _text(cell: Any) -> str:
    """A code as it is printed: a whole number that a sheet keeps as 1.0 is 1."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell or "").strip()


def _instant(cell: Any) -> datetime | None:
    """A time in China; a cell that is none is left out."""
    if isinstance(cell, str):
        try:
            cell = datetime.fromisoformat(cell.strip().replace("/", "-"))
        except ValueError:
            return None
    if not isinstance(cell, datetime):
        return None
    return cell if cell.tzinfo else (cell - _CHINA).replace(tzinfo=UTC)
