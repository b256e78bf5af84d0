"""The inside of an .xlsx before any parser is let at it: is it what it says, how big does it get, what is hidden.

A workbook is a zip of XML. Both can be made to explode: a zip entry by inflating a thousandfold, a sheet by one cell
in the last corner of a grid that readers then hold whole. Everything is measured here first, by inflating for real,
because the sizes written in a zip's directory can lie.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from bihuan.adapters.spreadsheets._values import SheetFault, Words

MOST_PARTS = 5_000
MOST_UNPACKED_BYTES = 1 << 30
SUSPICIOUS_BYTES, SUSPICIOUS_RATIO = 64 << 20, 150  # sheets of real lists inflate 8 to 30 times
MOST_CELLS = 30_000_000
_CHUNK = 1 << 20

_REFERENCE = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Z]+)(\d+)[\"'][^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d+)[\"']")
_HIDDEN = re.compile(rb"\b(?:hidden\s*=\s*[\"'](?:1|true)[\"']|ht\s*=\s*[\"']0(?:\.0*)?[\"'])")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)/?>")
_SPAN = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d+)[\"']")

BOMB = Words("压缩包解开后大得不合常理，可能是压缩炸弹", "it unpacks to an unreasonable size, like a zip bomb")
BOMB_MEND = Words("请用表格软件打开原表，另存为新的.xlsx再上传", "open the list and save it as a new .xlsx")
DAMAGED = Words("文件已损坏或没有传完", "the file is damaged or was cut short")
DAMAGED_MEND = Words("请向发送方重新索取，或另存一份再上传", "ask for it again, or save a fresh copy")


@dataclass(frozen=True, slots=True)
class SheetShape:
    """How far one sheet's filled cells reach, and what in it is hidden or computed. Rows and columns are 1-based."""

    last_row: int
    last_column: int
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    formulas: int


class Package:
    """An .xlsx that has been found safe to parse. `sheets` holds (name, hidden, part) in the workbook's order."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
            self._parts = {part.filename: part for part in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise SheetFault("truncated", DAMAGED, DAMAGED_MEND) from None
        self._refuse_bombs()
        if "xl/workbook.xml" not in self._parts:
            raise SheetFault(
                "wrong_type",
                Words("这是压缩包，但不是.xlsx工作簿", "a zip archive, but no .xlsx workbook"),
                Words("请另存为.xlsx、.xls或.csv", "save the list as .xlsx, .xls or .csv"),
            )
        self.sheets = tuple(self._read_sheets())
        on_their_own = {part for _, _, part in self.sheets}
        for name in self._parts:
            if name.startswith("xl/") and name.endswith((".xml", ".rels")) and name not in on_their_own:
                for _ in self._inflate(name):
                    pass

    def _refuse_bombs(self) -> None:
        parts = self._zip.infolist()
        total = sum(part.file_size for part in parts)
        starts = {part.header_offset for part in parts}
        swollen = any(
            part.file_size > SUSPICIOUS_BYTES and part.file_size > SUSPICIOUS_RATIO * max(part.compress_size, 1)
            for part in parts
        )
        if len(parts) > MOST_PARTS or total > MOST_UNPACKED_BYTES or swollen or len(starts) < len(parts):
            raise SheetFault("zip_bomb", BOMB, BOMB_MEND)
        if any(part.flag_bits & 1 for part in parts):
            raise encrypted()

    def _inflate(self, name: str) -> Iterator[bytes]:
        """The bytes of one part, chunk by chunk, no more than its entry declared."""
        part = self._parts[name]
        at = part.header_offset
        head = self._raw[at : at + 30]
        at += 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        packed = memoryview(self._raw)[at : at + part.compress_size]
        if part.compress_type == zipfile.ZIP_STORED:
            yield bytes(packed)
            return
        if part.compress_type != zipfile.ZIP_DEFLATED or len(packed) < part.compress_size:
            raise SheetFault("truncated", DAMAGED, DAMAGED_MEND)
        inflater, size, rest = zlib.decompressobj(-15), 0, bytes(packed)
        try:
            while not inflater.eof:
                chunk = inflater.decompress(rest, _CHUNK)
                rest = inflater.unconsumed_tail
                size += len(chunk)
                if size > part.file_size:
                    raise SheetFault("zip_bomb", BOMB, BOMB_MEND)
                if not chunk and not rest:
                    break
                yield chunk
        except zlib.error:
            raise SheetFault("truncated", DAMAGED, DAMAGED_MEND) from None
        if size != part.file_size:
            raise SheetFault("truncated", DAMAGED, DAMAGED_MEND)

    def _xml(self, name: str) -> etree._Element:
        safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(b"".join(self._inflate(name)), safe)
        except etree.XMLSyntaxError:
            raise SheetFault("truncated", DAMAGED, DAMAGED_MEND) from None

    def _read_sheets(self) -> Iterator[tuple[str, bool, str]]:
        rels = {}
        if "xl/_rels/workbook.xml.rels" in self._parts:
            for rel in self._xml("xl/_rels/workbook.xml.rels").iter("{*}Relationship"):
                rels[rel.get("Id", "")] = rel.get("Target", "")
        for sheet in self._xml("xl/workbook.xml").iter("{*}sheet"):
            ids = [value for key, value in sheet.attrib.items() if str(key).endswith("}id")]
            target = str(rels.get(str(ids[0]) if ids else "", ""))
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if "worksheets/" in part and part in self._parts:
                yield str(sheet.get("name", "")), sheet.get("state", "visible") != "visible", part

    def shape(self, name: str) -> SheetShape:
        """Measure one sheet in a single pass over its bytes. Raises SheetFault `too_wide` for a hostile grid."""
        part = next(p for n, _, p in self.sheets if n == name)
        columns: set[bytes] = set()
        hidden_rows: set[int] = set()
        hidden_columns: set[int] = set()
        last_row = row_at = formulas = 0
        tail = b""
        for chunk in self._inflate(part):
            text = tail + chunk
            cut = text.rfind(b"<")
            text, tail = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
            found = _REFERENCE.findall(text)
            if found:
                columns.update({letters for letters, _ in found})
                last_row = max(last_row, max(map(int, {number for _, number in found})))
            formulas += text.count(b"<f>") + text.count(b"<f ")
            for attributes in _ROW.findall(text):
                number = _ROW_NUMBER.search(attributes)
                row_at = int(number.group(1)) if number else row_at + 1
                if b"h" in attributes and _HIDDEN.search(attributes):
                    hidden_rows.add(row_at)
            if b"<col" in text:
                for attributes in _COLUMN.findall(text):
                    span = dict(_SPAN.findall(attributes))
                    if b"hidden" in attributes and _HIDDEN.search(attributes) and len(span) == 2:
                        hidden_columns.update(range(int(span[b"min"]), min(int(span[b"max"]), 16_384) + 1))
        last_column = max((_column_number(letters) for letters in columns), default=0)
        if last_row * last_column > MOST_CELLS:
            raise SheetFault(
                "too_wide",
                Words(
                    f"表格拉到第{last_row}行、第{last_column}列，远超一份名单的范围",
                    f"its cells reach row {last_row} and column {last_column}, far beyond any list",
                ),
                Words("请删去表外的零散单元格后另存", "delete the stray cells and save it again"),
                sheet=name,
            )
        shown = frozenset(n for n in hidden_rows if n <= max(last_row, row_at))
        return SheetShape(last_row, last_column, shown, frozenset(hidden_columns), formulas)


def encrypted() -> SheetFault:
    """The fault of a workbook with a password."""
    return SheetFault(
        "encrypted",
        Words("工作簿加了密码，无法读取", "the workbook is locked with a password"),
        Words("请去掉打开密码后另存再上传", "save it without a password"),
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
