"""Reports for programs and spreadsheets: .xlsx, .csv and .json."""

import csv
import json
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import rustpy_xlsxwriter
import xlsxwriter

from bihuan.adapters.documents._words import CHINA, as_of_line, fixed, shown
from bihuan.reports._page import Page, Table

_LONG_ROWS = 20_000  # past this the plain, much quicker writer is used
_FORMATS = {"number": "#,##0.##", "share": "0.0%", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm", "minutes": "0"}
_LIVE = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?%?$")


def _native(value: Any, kind: str, locale: str) -> Any:
    """A cell as a spreadsheet keeps it: numbers and days as such, codes as text, times in China's time."""
    if kind in ("identifier", "text") or value is None:
        return shown(value, kind, locale)
    if isinstance(value, datetime):
        local = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        return local.date() if kind == "date" else local.replace(microsecond=0)
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        return shown(value, kind, locale)
    return value


def page_xlsx(page: Page, locale: str) -> bytes:
    """A report as .xlsx: one sheet a table, and one with what every column means."""
    tables = page.tables()
    if sum(len(table.rows) for _, table in tables) > _LONG_ROWS:
        return _long_xlsx(page, locale)
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": page.title, "author": page.issuer})
        names: set[str] = set()
        for heading, table in tables:
            _sheet(book, _sheet_name(heading or page.title, names, locale), page, table, locale)
        if not tables or page.all_definitions() or any(section.paragraphs for section in page.sections):
            _words_sheet(book, _sheet_name(fixed("definitions", locale), names, locale), page, locale)
    return out.getvalue()


def _sheet(book: Any, name: str, page: Page, table: Table, locale: str) -> None:
    sheet = book.add_worksheet(name)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    under = book.add_format({"font_color": "#444444", "align": "center"})
    head = book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1, "align": "center", "text_wrap": True})
    last = len(table.columns) - 1
    for row, (words, look) in enumerate(
        ((page.title, title), (_subtitle(page, locale), under)),
    ):
        if last > 0:
            sheet.merge_range(row, 0, row, last, words, look)
        else:
            sheet.write_string(row, 0, words, look)
    sheet.set_row(0, 28)
    looks, strong = [], []
    for at, column in enumerate(table.columns):
        style = {"num_format": _FORMATS.get(column.kind, "@"), "border": 1, "border_color": "#BBBBBB"}
        looks.append(book.add_format(style))
        strong.append(book.add_format({**style, "bold": True, "top": 2, "bg_color": "#F6F6F6"}))
        sheet.set_column(at, at, max(column.width_mm / 2.1, 2.2 * len(column.label) + 2))
        sheet.write_string(2, at, column.label, head)
        if column.definition:
            sheet.write_comment(2, at, column.definition)
    row = 3
    for cells in table.cells():
        _write(sheet, row, cells, table, looks, locale)
        row += 1
    sheet.freeze_panes(3, 0)
    if row > 3:
        sheet.autofilter(2, 0, row - 1, last)
    total = table.total_cells()
    if total is not None:
        _write(sheet, row, total, table, strong, locale)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C— &P —")


def _write(sheet: Any, row: int, cells: tuple[Any, ...], table: Table, looks: list[Any], locale: str) -> None:
    for at, (value, column) in enumerate(zip(cells, table.columns, strict=True)):
        cell = _native(value, column.kind, locale)
        if isinstance(cell, str):
            sheet.write_string(row, at, cell, looks[at])
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, cell, looks[at])
        else:
            sheet.write_number(row, at, cell, looks[at])


def _words_sheet(book: Any, name: str, page: Page, locale: str) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, page.title, bold)
    sheet.write_string(0, 1, _subtitle(page, locale), wrap)
    row = 1
    for section in page.sections:
        for words in section.paragraphs:
            sheet.write_string(row, 0, section.heading, bold)
            sheet.write_string(row, 1, words, wrap)
            row += 1
    for term, meaning in page.all_definitions().items():
        sheet.write_string(row, 0, term, bold)
        sheet.write_string(row, 1, meaning, wrap)
        row += 1


def _subtitle(page: Page, locale: str) -> str:
    line = as_of_line(page.as_of, page.area_name, locale)
    return f"{page.subtitle}　{line}" if page.subtitle else line


def _sheet_name(words: str, taken: set[str], locale: str) -> str:
    base = re.sub(r"[\[\]:*?/\\']", " ", words).strip()[:28] or fixed("sheet", locale)
    name, at = base, 1
    while name.lower() in taken:
        at += 1
        name = f"{base[:26]} {at}"
    taken.add(name.lower())
    return name


def _long_xlsx(page: Page, locale: str) -> bytes:
    out = BytesIO()
    names: set[str] = set()
    # inside the module its buffer is the only target; sheets are streamed, never held whole
    book = rustpy_xlsxwriter.FastExcel(out).format(bold_headers=True, datetime_format="yyyy-mm-dd hh:mm")
    book.freeze(row=1)
    for heading, table in page.tables():
        kinds = [column.kind for column in table.columns]
        labels = _unlike([column.label for column in table.columns])
        rows = [*table.cells(), *([table.total_cells()] if table.total is not None else [])]
        records = (
            {label: _native(v, k, locale) for label, v, k in zip(labels, cells or (), kinds, strict=True)}
            for cells in rows
        )
        book.sheet(_sheet_name(heading or page.title, names, locale), records)
    told = [{fixed("term", locale): page.title, fixed("meaning", locale): _subtitle(page, locale)}]
    told += [{fixed("term", locale): t, fixed("meaning", locale): m} for t, m in page.all_definitions().items()]
    book.sheet(_sheet_name(fixed("definitions", locale), names, locale), told)
    book.save()
    return out.getvalue()


def _unlike(labels: list[str]) -> list[str]:
    return [
        f"{label} {labels[: at + 1].count(label)}" if label in labels[:at] else label for at, label in enumerate(labels)
    ]


def page_csv(page: Page, locale: str) -> bytes:
    """A report's tables as .csv (UTF-8 with mark, for offices), one below the other under their headings.

    A cell that a spreadsheet would compute is kept from it by an apostrophe; numbers are plain, shares 0 to 1.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    tables = page.tables()
    for at, (heading, table) in enumerate(tables):
        if len(tables) > 1:
            writer.writerows([[], [heading]] if at else [[heading]])
        writer.writerow([_tame(column.label) for column in table.columns])
        rows = [*table.cells(), *([table.total_cells()] if table.total is not None else [])]
        for cells in rows:
            kinds = [column.kind for column in table.columns]
            writer.writerow([_flat(v, k, locale) for v, k in zip(cells or (), kinds, strict=True)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _flat(value: Any, kind: str, locale: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _tame(shown(value, kind, locale))


def _tame(words: str) -> str:
    return f"'{words}" if _LIVE.match(words) and not _NUMBER.match(words) else words


def page_json(page: Page, locale: str) -> bytes:
    """A report as JSON: everything the page holds, values as they are, times with their offset."""
    return json.dumps(
        {
            "title": page.title,
            "subtitle": page.subtitle,
            "as_of": page.as_of,
            "area": page.area_name,
            "issuer": page.issuer,
            "locale": locale,
            "sections": [
                {
                    "heading": section.heading,
                    "paragraphs": list(section.paragraphs),
                    "table": _plain_table(section.table) if section.table else None,
                }
                for section in page.sections
            ],
            "definitions": page.all_definitions(),
        },
        ensure_ascii=False,
        indent=1,
        default=lambda value: value.isoformat() if isinstance(value, date) else str(value),
    ).encode()


def _plain_table(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    total = table.total_cells()
    return {
        "columns": [
            {"key": c.key, "label": c.label, "kind": c.kind, "definition": c.definition} for c in table.columns
        ],
        "rows": [dict(zip(keys, cells, strict=True)) for cells in table.cells()],
        "total": dict(zip(keys, total, strict=True)) if total is not None else None,
    }
