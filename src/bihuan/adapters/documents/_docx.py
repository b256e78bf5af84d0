"""Word documents with the same structure as the print: fonts by office convention, header rows that repeat."""

from datetime import date
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bihuan.adapters.documents._letter import Letter
from bihuan.adapters.documents._pdf import is_landscape, room_mm, widths_mm
from bihuan.adapters.documents._words import as_of_line, day_words, fixed, shown
from bihuan.reports._page import Page, Table

_TITLE, _BODY, _HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
# what a machine without the office fonts shows instead (Word and WPS read it from the font table)
_ALTERNATIVES = {
    _TITLE: "华文中宋,Noto Serif CJK SC",
    _BODY: "仿宋,FangSong,Noto Serif CJK SC",
    _HEAD: "SimHei,Noto Sans CJK SC",
}
_RED = RGBColor(0xC8, 0x16, 0x1D)
_RIGHT = {"number", "share", "minutes"}
_CENTER = {"date", "instant", "identifier"}


def page_docx(page: Page, locale: str) -> bytes:
    """A report as .docx."""
    document = _blank(page.title, page.issuer, size_pt=12)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if is_landscape(page):
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(26), Mm(24)
    section.left_margin = section.right_margin = Mm(22)
    _page_number(section)
    _line(document, page.title, _TITLE, 20, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER)
    if page.subtitle:
        _line(document, page.subtitle, _BODY, 13, align=WD_ALIGN_PARAGRAPH.CENTER)
    under = _line(
        document, as_of_line(page.as_of, page.area_name, locale), _BODY, 10.5, align=WD_ALIGN_PARAGRAPH.CENTER
    )
    _border(under, "bottom", "000000", 8)
    for part in page.sections:
        if part.heading:
            _line(document, part.heading, _HEAD, 13, bold=True, before_pt=10).paragraph_format.keep_with_next = True
        for words in part.paragraphs:
            _indent(_line(document, words, _BODY, 12), locale, 12)
        if part.table is not None:
            _table(document, part.table, room_mm(page), locale)
    definitions = page.all_definitions()
    if definitions:
        _line(document, fixed("definitions", locale), _HEAD, 9, bold=True, before_pt=8)
        for term, meaning in definitions.items():
            _line(document, f"{term}{fixed('colon', locale)}{meaning}", _BODY, 9)
    if page.signatures:
        blanks = "　　".join(f"{word}{fixed('colon', locale)}____________" for word in page.signatures)
        _line(document, blanks, _BODY, 12, before_pt=20)
    _sign(document, page.issuer, page.as_of.date(), locale, 12, before_pt=18)
    return _saved(document)


def letter_docx(letter: Letter, locale: str) -> bytes:
    """A letter as .docx, by the measures of GB/T 9704-2012."""
    document = _blank(letter.title, letter.issuer, size_pt=16)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _page_number(section)
    center = WD_ALIGN_PARAGRAPH.CENTER
    if letter.head:
        head = _line(document, letter.head, _TITLE, 26, bold=True, align=center)
        head.runs[0].font.color.rgb = _RED
        _border(head, "bottom", "C8161D", 18, kind="thickThinSmallGap")
    if letter.number:
        _line(document, letter.number, _BODY, 16, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, letter.title, _TITLE, 22, bold=True, align=center, before_pt=22, after_pt=22)
    if letter.addressee:
        _line(document, f"{letter.addressee}{fixed('colon', locale)}", _BODY, 16)
    for words in letter.body:
        _indent(_line(document, words, _BODY, 16), locale, 16)
    for at, attachment in enumerate(letter.attachments, start=1):
        word = f"{fixed('attachments', locale)}{fixed('colon', locale)}"
        number = f"{at}. " if len(letter.attachments) > 1 else ""
        lead = word if at == 1 else "　" * len(word)
        _indent(_line(document, f"{lead}{number}{attachment}", _BODY, 16, before_pt=14 if at == 1 else 0), locale, 16)
    _sign(document, letter.issuer, letter.signed_on, locale, 16, before_pt=56)
    if letter.contact:
        _indent(_line(document, letter.contact, _BODY, 16, before_pt=14), locale, 16)
    return _saved(document)


def _blank(title: str, author: str, *, size_pt: float) -> Any:
    document = Document()
    document.core_properties.title, document.core_properties.author = title, author
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(size_pt)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY)
    style.paragraph_format.space_after = Pt(0)
    return document


def _font(run: Any, name: str, size_pt: float, *, bold: bool = False) -> None:
    run.font.size, run.font.bold = Pt(size_pt), bold
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(
    document: Any,
    words: str,
    font: str,
    size_pt: float,
    *,
    bold: bool = False,
    align: Any = None,
    before_pt: float = 0,
    after_pt: float = 0,
) -> Any:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(words), font, size_pt, bold=bold)
    shape = paragraph.paragraph_format
    shape.alignment, shape.space_before, shape.space_after = align, Pt(before_pt), Pt(after_pt)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(size_pt * 1.75, 14))
    return paragraph


def _indent(paragraph: Any, locale: str, size_pt: float) -> None:
    if locale.startswith("zh"):
        paragraph.paragraph_format.first_line_indent = Pt(2 * size_pt)


def _sign(document: Any, issuer: str, on: date, locale: str, size_pt: float, *, before_pt: float) -> None:
    """Issuer above date, centred on each other, four characters from the right edge."""
    if not issuer:
        return
    for at, words in enumerate((issuer, day_words(on, locale))):
        line = _line(
            document, words, _BODY, size_pt, align=WD_ALIGN_PARAGRAPH.RIGHT, before_pt=before_pt if at == 0 else 0
        )
        short = max(len(issuer) - len(words) * 0.75, 0) / 2 if at else 0
        line.paragraph_format.right_indent = Pt(size_pt * (4 + short))
        line.paragraph_format.keep_with_next = at == 0


def _border(paragraph: Any, side: str, colour: str, eighths: int, kind: str = "single") -> None:
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", kind), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")


def _page_number(section: Any) -> None:
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(words)
        _font(run, "宋体", 14)
        for kind in ("begin", "instr", "end") if field else ():
            if kind == "instr":
                mark = OxmlElement("w:instrText")
                mark.text = field
            else:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)


def _table(document: Any, table: Table, room: float, locale: str) -> None:
    kinds = [column.kind for column in table.columns]
    rows = [[shown(v, k, locale) for v, k in zip(cells, kinds, strict=True)] for cells in table.cells()]
    total = table.total_cells()
    if total is not None:
        rows.append([shown(v, k, locale) for v, k in zip(total, kinds, strict=True)])
    grid = document.add_table(rows=len(rows) + 1, cols=len(kinds), style="Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Mm(width) for width in widths_mm(table, room)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    head = grid.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
    # python-docx finds a row's cells by walking the table: asking once a row keeps long tables quick
    for at, line in enumerate(grid._tbl.tr_lst):
        words = [column.label for column in table.columns] if at == 0 else rows[at - 1]
        strong = at == 0 or (total is not None and at == len(rows))
        keep = OxmlElement("w:cantSplit")
        line.get_or_add_trPr().append(keep)
        for place, cell in enumerate(line.tc_lst):
            cell.width = widths[place]
            align = "center" if at == 0 or kinds[place] in _CENTER else "right" if kinds[place] in _RIGHT else "left"
            _cell(cell, words[place], align, strong=strong, shaded=at == 0)
    if not rows:
        _line(document, fixed("no_rows", locale), _BODY, 10, align=WD_ALIGN_PARAGRAPH.CENTER)


def _cell(cell: Any, words: str, align: str, *, strong: bool, shaded: bool) -> None:
    paragraph = cell.p_lst[0]
    shape = paragraph.get_or_add_pPr()
    jc = OxmlElement("w:jc")
    jc.set(qn("w:val"), align)
    shape.append(jc)
    run = paragraph.add_r()
    text = run.add_t(words)
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    fonts = run.get_or_add_rPr()
    fonts.get_or_add_rFonts().set(qn("w:eastAsia"), _HEAD if strong else _BODY)
    if strong:
        fonts.append(OxmlElement("w:b"))
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "20")
    fonts.append(size)
    if shaded:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", "EEF1F5")):
            shade.set(qn(f"w:{key}"), value)
        cell.get_or_add_tcPr().append(shade)


def _saved(document: Any) -> bytes:
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            told = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
                for name, other in _ALTERNATIVES.items()
            )
            part._blob = part.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")
    out = BytesIO()
    document.save(out)
    return out.getvalue()
