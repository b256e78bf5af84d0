"""A paper sampling list typed into a sheet (.csv .xlsx .xls): who went into which tube, when. Rows are read or named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bihuan.adapters.spreadsheets import Book, SheetFault, Words

_HEADS = {
    "tube": "管号,采样管编号,条码,tube,barcode",  # data
    "name": "姓名,被采样人,name",  # data
    "id_number": "证件号,身份证号,证件号码,id number,id_number",  # data
    "phone": "电话,手机,联系电话,phone",  # data
    "at": "采样时间,时间,time,sampled at",  # data
}
_HEADER_ROWS = 20
_CHINA = timedelta(hours=8)


@dataclass(frozen=True)
class Line:
    """One line of the paper. `at` is None where the paper gives no time; `fault` says why the line cannot be taken."""

    row: int
    tube: str
    name: str
    id_number: str
    phone: str
    at: datetime | None
    fault: str = ""


def read(raw: bytes, *, day: datetime) -> list[Line]:
    """Every line with anything on it. day: what a bare hour (08:30) belongs to, an aware instant of that day in China.

    Raises SheetFault when the file is no sheet or has no columns for tube, name and document.
    """
    book = Book(raw)
    for name in book.visible():
        grid = book.grid(name).rows
        for start, cells in enumerate(grid[:_HEADER_ROWS]):
            columns = _columns(cells)
            if {"tube", "name", "id_number"} <= set(columns):
                rows = enumerate(grid[start + 1 :], start=start + 2)
                return [
                    _line(row, cells, columns, day)
                    for row, cells in rows
                    if any(c not in (None, "") for at, c in enumerate(cells) if at in columns.values())
                ]
    what = Words("没有找到“管号”“姓名”“证件号”三栏", "there are no columns for tube, name and document")  # data
    raise SheetFault("no_header", what, Words("请保留打印表的表头", "keep the headings of the printed list"))  # data


def _columns(cells: Sequence[Any]) -> dict[str, int]:
    heads = [str(c or "").strip().lower() for c in cells]
    found = {what: [heads.index(w) for w in words.split(",") if w in heads] for what, words in _HEADS.items()}
    return {what: places[0] for what, places in found.items() if places}


def _line(row: int, cells: Sequence[Any], columns: dict[str, int], day: datetime) -> Line:
    def text(what: str) -> str:
        at = columns.get(what, -1)
        cell = cells[at] if 0 <= at < len(cells) else None
        return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell or "").strip()

    at = _instant(cells[columns["at"]], day) if columns.get("at", len(cells)) < len(cells) else None
    tube, name, number = text("tube"), text("name"), text("id_number").upper()
    fault = "no_tube" if not tube else "" if name and number else "no_person"
    return Line(row, tube, name, number, text("phone"), at, fault)


def _instant(cell: Any, day: datetime) -> datetime | None:
    """A time in China: a whole instant, or an hour of the day."""
    if isinstance(cell, str):
        text = cell.strip().replace("：", ":").replace("/", "-")  # data
        try:
            cell = datetime.fromisoformat(text)
        except ValueError:
            try:
                hour = time.fromisoformat(text)
            except ValueError:
                return None
            return datetime.combine((day + _CHINA).date(), hour, UTC) - _CHINA
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC) - _CHINA
    if hasattr(cell, "hour"):
        return datetime.combine((day + _CHINA).date(), cell, UTC) - _CHINA
    return None
