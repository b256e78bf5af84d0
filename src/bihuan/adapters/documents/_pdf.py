"""PDF by typst: the template is data, the values go in as JSON, nothing of a report is ever read as markup."""

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from bihuan.adapters.documents._card import PassCard
from bihuan.adapters.documents._letter import Letter
from bihuan.adapters.documents._words import DocumentFault, as_of_line, day_words, fixed, shown
from bihuan.reports._page import Page, Table

FONTS = Path(__file__).with_name("fonts")
_PORTRAIT_MM, _LANDSCAPE_MM = 166.0, 253.0
_RIGHT = {"number", "share", "minutes"}
_CENTER = {"date", "instant", "identifier"}


@cache
def _compiler_fonts() -> typst.Fonts:
    """The machine's fonts, and the typeface set-up put beside this module for a machine without Chinese ones."""
    fonts = typst.Fonts(font_paths=[FONTS])
    told = " ".join(fonts.families()).lower()
    if not any(f in told for f in ("serif sc", "cjk sc", "han serif", "han sans", "fangsong", "songti", "wenquanyi")):
        raise DocumentFault(
            "本机没有中文字体，打印出来会是空白；请运行 python -m bihuan.config.frontend，或安装 fonts-noto-cjk",
            "this machine has no Chinese font and would print blanks; "
            "run python -m bihuan.config.frontend, or install fonts-noto-cjk",
        )
    return fonts


def _compile(template: str, data: dict[str, Any]) -> bytes:
    source = resources.files("bihuan.adapters.documents").joinpath(template).read_bytes()
    made = typst.compile(
        source, format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, font_paths=_compiler_fonts()
    )
    return bytes(made)


def wide(table: Table) -> float:
    """The width in mm a table asks for on paper."""
    return sum(column.width_mm for column in table.columns)


def is_landscape(page: Page) -> bool:
    """Whether the widest table needs the long side of the paper."""
    return any(wide(table) > _PORTRAIT_MM * 1.1 for _, table in page.tables())


def widths_mm(table: Table, room_mm: float) -> list[float]:
    """Column widths that fill the room: words take what numbers leave, and all shrink alike where it is too narrow."""
    asked = [column.width_mm for column in table.columns]
    spare = room_mm - sum(asked)
    words = sum(column.width_mm for column in table.columns if column.kind == "text")
    if spare < 0 or not words:
        return [width * room_mm / sum(asked) for width in asked]
    return [c.width_mm * (1 + spare / words) if c.kind == "text" else c.width_mm for c in table.columns]


def room_mm(page: Page) -> float:
    """The width between the margins of the report's paper."""
    return _LANDSCAPE_MM if is_landscape(page) else _PORTRAIT_MM


def page_pdf(page: Page, locale: str) -> bytes:
    """A report as PDF."""
    landscape = is_landscape(page)
    sections = []
    for section in page.sections:
        table = None
        if section.table is not None:
            total = section.table.total_cells()
            rows = [*section.table.cells(), *([total] if total else [])]
            kinds = [column.kind for column in section.table.columns]
            table = {
                "labels": [column.label for column in section.table.columns],
                "widths": widths_mm(section.table, room_mm(page)),
                "right": [kind in _RIGHT for kind in kinds],
                "center": [kind in _CENTER for kind in kinds],
                "rows": [[shown(v, k, locale) for v, k in zip(row, kinds, strict=True)] for row in rows],
                "total": total is not None,
            }
        sections.append({"heading": section.heading, "paragraphs": section.paragraphs, "table": table})
    return _compile(
        "page.typ",
        {
            "title": page.title,
            "subtitle": page.subtitle,
            "asof": as_of_line(page.as_of, page.area_name, locale),
            "issuer": page.issuer,
            "day": day_words(page.as_of.date(), locale),
            "lang": "zh" if locale.startswith("zh") else "en",
            "landscape": landscape,
            "dense": any(wide(table) > _LANDSCAPE_MM + 10 for _, table in page.tables()),
            "sections": sections,
            "definitions": list(page.all_definitions().items()),
            "definitionsword": fixed("definitions", locale),
            "norows": fixed("no_rows", locale),
            "colon": fixed("colon", locale),
            "signatures": page.signatures,
        },
    )


def card_pdf(card: PassCard, locale: str) -> bytes:
    """A pass as PDF."""
    return _compile(
        "card.typ",
        {
            "title": card.title,
            "status": card.status,
            "colour": card.colour,
            "facts": card.facts,
            "svg": card.qr_svg,
            "notes": card.notes,
            "issuer": card.issuer,
            "lang": "zh" if locale.startswith("zh") else "en",
        },
    )


def letter_pdf(letter: Letter, locale: str) -> bytes:
    """A letter as PDF."""
    return _compile(
        "letter.typ",
        {
            "head": letter.head,
            "number": letter.number,
            "title": letter.title,
            "addressee": letter.addressee,
            "body": letter.body,
            "attachments": letter.attachments,
            "attachmentsword": fixed("attachments", locale),
            "issuer": letter.issuer,
            "day": day_words(letter.signed_on, locale),
            "contact": letter.contact,
            "colon": fixed("colon", locale),
            "lang": "zh" if locale.startswith("zh") else "en",
        },
    )


def picture_png(svg: str, width: float, height: float) -> bytes:
    """A picture of that size in points as PNG, one and a half dots a point; its Chinese is drawn by the printer's fonts."""
    source = (
        f"#set page(width: {width:.0f}pt, height: {height:.0f}pt, margin: 0pt)\n"
        f'#image(bytes(sys.inputs.svg), format: "svg", width: {width:.0f}pt)'
    ).encode()
    made = typst.compile(source, format="png", ppi=108.0, sys_inputs={"svg": svg}, font_paths=_compiler_fonts())
    return bytes(made)
