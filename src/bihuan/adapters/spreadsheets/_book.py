"""Any pushed file as sheets of cells: the kind is told by the first bytes, never by the suffix."""

import csv
import os
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import python_calamine as calamine

from bihuan.adapters.spreadsheets import _package, _xls_child
from bihuan.adapters.spreadsheets._values import Look, Notice, SheetFault, SheetLook, Words

Cell = str | float | int | bool | date | datetime | time | timedelta | None
File = bytes | bytearray | str | os.PathLike[str]
Range = tuple[tuple[int, int], tuple[int, int]]

MOST_BYTES = 100 << 20
XLS_ROWS = 65_536
_XLS_SECONDS = 120
XLSX_ROWS = 1_048_576
SUPPORTED = Words("请另存为.xlsx、.xls或.csv再上传", "save the list as .xlsx, .xls or .csv")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"%PDF": Words("这是PDF，不是表格", "a PDF, not a spreadsheet"),
    b"\x89PNG": Words("这是图片，不是表格", "a picture, not a spreadsheet"),
    b"\xff\xd8\xff": Words("这是图片，不是表格", "a picture, not a spreadsheet"),
    b"Rar!": Words("这是RAR压缩包，不是表格", "a RAR archive, not a spreadsheet"),
    b"7z\xbc\xaf": Words("这是7z压缩包，不是表格", "a 7z archive, not a spreadsheet"),
    b"\x1f\x8b": Words("这是gzip压缩包，不是表格", "a gzip archive, not a spreadsheet"),
    b"{\\rtf": Words("这是RTF文档，不是表格", "an RTF document, not a spreadsheet"),
}
_MARKUP = re.compile(rb"\s*(?:<!doctype|<html|<head|<meta|<table|<style|<\?xml|<\?mso)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet's cells, row 1 first, with what the sheet hides. `merges` are 0-based, both corners included."""

    name: str
    hidden: bool
    rows: list[list[Cell]]
    merges: tuple[Range, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    formulas: int


class Book:
    """A pushed file, opened once and read lazily; give it to `look`, `propose` and `read_rows` in place of the file."""

    def __init__(self, file: "File | Book") -> None:
        raw = _bytes(file)
        self._grids: dict[str, Grid] = {}
        self._package: _package.Package | None = None
        self._calamine: calamine.CalamineWorkbook | None = None
        self._text: list[list[Cell]] | None = None
        self.names: list[tuple[str, bool]] = []
        self.notices: list[Notice] = []
        if raw[:4] == b"PK\x03\x04":
            self.kind = "xlsx"
            self._package = _package.Package(raw)
            self.names = [(name, hidden) for name, hidden, _ in self._package.sheets]
            self._calamine = _open(raw)
        elif raw[:8] == _OLE:
            self.kind = "xls"
            for name, hidden, rows, merges in _read_xls(raw):
                self.names.append((name, hidden))
                self._grids[name] = Grid(name, hidden, rows, merges, frozenset(), frozenset(), 0)
        else:
            _refuse_foreign(raw)
            self.kind = "csv"
            self.names = [("", False)]
            self._text = _read_text(raw)
        if not self.names:
            raise SheetFault("empty", Words("工作簿里没有工作表", "the workbook has no sheet"), SUPPORTED)

    def visible(self) -> list[str]:
        """The sheets a reader sees, in order."""
        return [name for name, hidden in self.names if not hidden]

    def grid(self, name: str) -> Grid:
        """The cells of one sheet. Raises SheetFault for a name the file does not have."""
        if name not in self._grids:
            hidden = dict(self.names).get(name)
            if hidden is None:
                there = "、".join(n for n, _ in self.names)
                raise SheetFault(
                    "no_such_sheet",
                    Words(f"没有名为“{name}”的工作表（有：{there}）", f"there is no sheet «{name}» (there: {there})"),
                    Words("请改选其中一张", "choose one of them"),
                )
            self._grids[name] = self._read(name, hidden)
        return self._grids[name]

    def _read(self, name: str, hidden: bool) -> Grid:
        if self._text is not None:
            return Grid(name, hidden, self._text, (), frozenset(), frozenset(), 0)
        shape = None
        if self._package is not None:
            shape = self._package.shape(name)
        assert self._calamine is not None
        try:
            sheet = self._calamine.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            merges = tuple(sheet.merged_cell_ranges or ())
        except BaseException as fault:
            if not _is_parsers(fault):
                raise
            raise SheetFault("truncated", _package.DAMAGED, _package.DAMAGED_MEND, sheet=name) from None
        return Grid(
            name,
            hidden,
            rows,  # type: ignore[arg-type]
            merges,
            shape.hidden_rows if shape else frozenset(),
            shape.hidden_columns if shape else frozenset(),
            shape.formulas if shape else 0,
        )

    def notices_of(self, name: str) -> list[Notice]:
        """What a receiver should know before trusting this sheet."""
        grid = self.grid(name)
        told = []
        limit = {"xls": XLS_ROWS, "xlsx": XLSX_ROWS}.get(self.kind, 0)
        if limit and len(grid.rows) >= limit:
            told.append(
                Notice(
                    "list_may_be_cut",
                    Words(
                        f".{self.kind}最多{limit:,}行，本表已写满，名单可能被截断，请向发送方核对总人数",
                        f"an .{self.kind} sheet holds {limit:,} rows and this one is full: the list may have been "
                        "cut; check the total with the sender",
                    ),
                    name,
                )
            )
        if grid.hidden_rows:
            count = len(grid.hidden_rows)
            told.append(
                Notice(
                    "hidden_rows",
                    Words(f"有{count}行被隐藏或筛掉，已照常读取并标明", f"{count} hidden rows were read and marked"),
                    name,
                )
            )
        if grid.hidden_columns:
            told.append(Notice("hidden_columns", Words("有隐藏的列，已照常读取", "hidden columns were read"), name))
        if grid.formulas:
            told.append(
                Notice(
                    "formulas",
                    Words(
                        f"有{grid.formulas}个公式，取其保存的结果，不重新计算",
                        f"{grid.formulas} formulas: their stored results were used, nothing was computed",
                    ),
                    name,
                )
            )
        others = [n for n, h in self.names if h]
        if others:
            listed = "、".join(others)
            told.append(
                Notice("hidden_sheets", Words(f"有隐藏的工作表：{listed}", f"there are hidden sheets: {listed}"))
            )
        return told

    def look(self) -> Look:
        """What the file holds, with every warning, before anything is decided."""
        sheets, notices = [], {}
        for name, hidden in self.names:
            grid = self.grid(name)
            sheets.append(SheetLook(name, hidden, len(grid.rows), max((len(row) for row in grid.rows), default=0)))
            for notice in self.notices_of(name):
                notices[notice.code, notice.sheet] = notice
        return Look(self.kind, tuple(sheets), tuple(notices.values()))


def _bytes(file: "File | Book") -> bytes:
    if isinstance(file, Book):
        raise TypeError("already open")
    if isinstance(file, bytes | bytearray):
        raw, size = bytes(file), len(file)
    else:
        path = Path(file)
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= MOST_BYTES else b""
        except OSError as fault:
            raise SheetFault(
                "unreadable",
                Words(f"文件读不出来（{fault.strerror}）", f"the file cannot be read ({fault.strerror})"),
                Words("请检查路径和权限", "check the path and the rights"),
            ) from None
    if size > MOST_BYTES:
        raise SheetFault(
            "too_large",
            Words(
                f"文件有{size >> 20} MB，上限{MOST_BYTES >> 20} MB",
                f"{size >> 20} MB; the limit is {MOST_BYTES >> 20} MB",
            ),
            Words("请拆成几份，或去掉图片后另存", "split the list, or save it without pictures"),
        )
    if not raw.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise SheetFault("empty", Words("文件是空的", "the file is empty"), SUPPORTED)
    return raw


def _is_parsers(fault: BaseException) -> bool:
    """Whether the parser gave up on the file; its panics come as exceptions outside `Exception`."""
    expected = (calamine.CalamineError, OSError, ValueError)
    return isinstance(fault, expected) or type(fault).__name__ == "PanicException"


def _open(raw: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_object(BytesIO(raw))
    except calamine.PasswordError:
        raise _package.encrypted() from None
    except BaseException as fault:
        if not _is_parsers(fault):
            raise
        raise SheetFault("truncated", _package.DAMAGED, _package.DAMAGED_MEND) from None


def _read_xls(raw: bytes) -> list[tuple[str, bool, list[list[Cell]], tuple[Range, ...]]]:
    """The sheets of an .xls, read in a process of its own: see `_xls_child.py` for why."""
    child = [sys.executable, "-I", str(Path(_xls_child.__file__))]
    try:
        ended = subprocess.run(child, input=raw, capture_output=True, timeout=_XLS_SECONDS, check=False)
        told = pickle.loads(ended.stdout) if ended.returncode == 0 else {}  # noqa: S301 — our own child wrote it
    except (subprocess.TimeoutExpired, pickle.UnpicklingError, EOFError):
        told = {}
    if "sheets" in told:
        return list(told["sheets"])
    # an encrypted .xlsx is an OLE file too, and so is a Word document
    start = raw[: 1 << 20]
    if told.get("fault") == "encrypted" or "EncryptedPackage".encode("utf-16-le") in start:
        raise _package.encrypted()
    if "WordDocument".encode("utf-16-le") in start:
        raise SheetFault("wrong_type", Words("这是Word文档，不是表格", "a Word document, not a spreadsheet"), SUPPORTED)
    raise SheetFault("truncated", _package.DAMAGED, _package.DAMAGED_MEND)


def _refuse_foreign(raw: bytes) -> None:
    for magic, what in _FOREIGN.items():
        if raw.startswith(magic):
            raise SheetFault("wrong_type", what, SUPPORTED)
    if _MARKUP.match(raw[:512].removeprefix(b"\xef\xbb\xbf")):
        raise SheetFault(
            "wrong_type",
            Words("这是网页格式的表（常被改名为.xls），不是真正的工作簿", "a web page named like a workbook"),
            Words("请用Excel或WPS打开，另存为.xlsx", "open it in a spreadsheet program and save it as .xlsx"),
        )


def _read_text(raw: bytes) -> list[list[Cell]]:
    text = _decode(raw)
    rows: list[list[Cell]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            rows.append([_untrick(cell) for cell in row])  # noqa: PERF401 — the row number is told on a fault
    except csv.Error:
        raise SheetFault(
            "bad_quotes",
            Words("引号没有成对，后面的内容连成了一片", "a quotation mark is never closed"),
            Words("请检查该行的引号，或改存为.xlsx", "check the quotes there, or save it as .xlsx"),
            row=len(rows) + 1,
        ) from None
    while rows and not any(cell for cell in rows[-1]):
        rows.pop()
    return rows


def _untrick(cell: str) -> str:
    """A cell without the tricks that keep a spreadsheet from eating digits: ="0012", a tab or an apostrophe."""
    if cell[:2] == '="' and cell[-1:] == '"' and len(cell) > 2:
        return cell[2:-1]
    return cell.strip("\t")


def _decode(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\x00" in raw[:4096]:
        encodings = ["utf-16-le", "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    at = 0
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as fault:
            at = fault.start
            continue
        # anything decodes as UTF-16: a list has lines, parted into cells
        if "\x00" not in text and (b"\x00" not in raw or ("\n" in text and re.search("[\t,;]", text))):
            return text
    raise SheetFault(
        "bad_encoding",
        Words("不是表格，也不是UTF-8、GBK或UTF-16的文本", "neither a workbook nor text in UTF-8, GBK or UTF-16"),
        SUPPORTED,
        row=raw[:at].count(b"\n") + 1,
    )


def _delimiter(text: str) -> str:
    """The mark that parts the cells: the one that stands equally often in the most of the first lines."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:65_536].splitlines()[:40] if line.strip()]
    best, best_score = ",", 0.0
    for mark in ",\t;，；|":
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=lambda c: (counts.count(c) if c else 0, c), default=0)
        score = counts.count(usual) * usual / (usual + 1) if usual else 0.0
        if score > best_score:
            best, best_score = mark, score
    return best
