"""One report value on every paper: the same cells, dates as dates, codes as text, nothing live, pages that repeat."""

import csv
import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from bihuan.adapters import documents
from bihuan.adapters.documents import _pdf
from bihuan.reports._page import Column, Page, Section, Table
from tests.cast import QIAN, WANG, ZHAO

AS_OF = datetime(2022, 7, 2, 0, 30, tzinfo=UTC)
COLUMNS = (
    Column("name", "姓名", width_mm=20),
    Column("id_number", "证件号码", "identifier", 40),
    Column("arrived_on", "到达日期", "date"),
    Column("told_at", "告知时间", "instant", 32),
    Column("rows", "人数", "number", 16, "名单上的人数"),
    Column("share", "及时率", "share", 18),
    Column("lasted", "用时", "minutes", 24),
)
ATTACK = '=HYPERLINK("http://example.invalid")'


def people(count: int) -> list[dict[str, object]]:
    return [
        {
            "name": (ZHAO.name, QIAN.name, ATTACK)[at % 3],
            "id_number": ZHAO.id_number,
            "arrived_on": date(2022, 7, 1),
            "told_at": AS_OF,
            "rows": 1234,
            "share": 0.945,
            "lasted": 95,
        }
        for at in range(count)
    ]


def page(count: int = 3, **more: object) -> Page:
    table = Table(COLUMNS, people(count), {"name": "合计", "rows": 1234 * count})
    sections = (Section("一、名单", ("各项数字平衡。",), table),)
    return Page("排查日报", AS_OF, "青禾县", sections, issuer="青禾县指挥部", signatures=("制表",), **more)  # type: ignore[arg-type]


LETTER = documents.Letter(
    title="关于协查密切接触者的函",
    addressee="武河县疫情防控指挥部",
    body=("请协查下列人员。", "特此函达。"),
    issuer="青禾县疫情防控指挥部",
    signed_on=date(2022, 7, 2),
    attachments=("密切接触者名单", "调查摘要"),
    head="青禾县疫情防控指挥部",
    number="青疫指函〔2022〕18号",
    contact=f"（联系人：{WANG.name}）",
)


def pdf_text(raw: bytes) -> list[str]:
    return ["".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(raw)).pages]


def test_xlsx_keeps_kinds_and_is_never_live() -> None:
    book = openpyxl.load_workbook(io.BytesIO(documents.render(page(), ".xlsx")))
    sheet = book["一、名单"]
    assert [cell.value for cell in sheet[3]] == [column.label for column in COLUMNS]
    assert "2022年7月2日8时30分" in sheet["A2"].value
    first = sheet[4]
    assert [cell.value for cell in first] == [
        ZHAO.name, ZHAO.id_number, datetime(2022, 7, 1), datetime(2022, 7, 2, 8, 30), 1234, 0.945, 95,  # noqa: DTZ001
    ]  # fmt: skip
    assert sheet["A6"].value == ATTACK
    assert sheet["A6"].data_type == "s"
    assert sheet["A7"].value == "合计"
    assert sheet["E7"].value == 3702
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:G6"
    assert book["指标口径"]["B3"].value == "名单上的人数"


def test_a_hundred_thousand_rows_are_a_few_seconds() -> None:
    began = time.process_time()
    raw = documents.render(page(100_000), ".xlsx")
    assert time.process_time() - began < 20  # about 3 s on a quiet core
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    rows = book["一、名单"].iter_rows(max_row=4, values_only=True)
    assert next(rows)[:2] == ("姓名", "证件号码")
    assert next(rows)[:5] == (ZHAO.name, ZHAO.id_number, datetime(2022, 7, 1), datetime(2022, 7, 2, 8, 30), 1234)  # noqa: DTZ001
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml").decode()


def test_csv_opens_in_an_office_and_computes_nothing() -> None:
    raw = documents.render(page(), ".csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[1] == [ZHAO.name, ZHAO.id_number, "2022-07-01", "2022-07-02 08:30", "1234", "0.945", "95"]
    assert rows[3][0] == f"'{ATTACK}"
    assert rows[4][0] == "合计"
    assert len(rows) == 5


def test_json_says_everything_with_offsets() -> None:
    told = json.loads(documents.render(page(), ".json"))
    assert told["as_of"] == "2022-07-02T00:30:00+00:00"
    assert told["sections"][0]["table"]["rows"][0]["id_number"] == ZHAO.id_number
    assert told["sections"][0]["table"]["total"]["rows"] == 3702
    assert told["definitions"] == {"人数": "名单上的人数"}


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with no font of its own: only what set-up put in place."""
    _pdf._compiler_fonts.cache_clear()
    monkeypatch.setattr(_pdf.typst, "Fonts", partial(_pdf.typst.Fonts, include_system_fonts=False))
    yield
    _pdf._compiler_fonts.cache_clear()


@pytest.mark.usefixtures("bare_machine")
def test_a_machine_without_chinese_fonts_sets_every_paper_in_the_typeface_of_set_up() -> None:
    raw = documents.render(page(1), ".pdf")
    assert ZHAO.name in pdf_text(raw)[0].replace(" ", "")
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for leaf in PdfReader(io.BytesIO(raw)).pages
        for font in leaf["/Resources"]["/Font"].values()
    }
    assert fonts == {"NotoSerifSC-Regular", "NotoSerifSC-Bold"}


@pytest.mark.usefixtures("bare_machine")
def test_without_any_chinese_font_nothing_is_printed_blank(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_pdf, "FONTS", tmp_path)
    with pytest.raises(documents.DocumentFault, match="frontend"):
        documents.render(page(1), ".pdf")


def test_pdf_repeats_its_header_on_every_page_and_numbers_them() -> None:
    pages = pdf_text(documents.render(page(90), ".pdf"))
    assert len(pages) > 2
    for at, words in enumerate(pages[:-1], start=1):
        assert "证件号码" in words
        assert f"—{at}—" in words
    assert "排查日报" in pages[0]
    assert "数据截至：2022年7月2日8时30分" in pages[0]
    assert "1小时35分" in pages[0]
    assert "94.5%" in pages[0]
    assert "青禾县指挥部2022年7月2日" in pages[-1]


def test_markup_in_a_name_stays_a_name() -> None:
    table = Table((Column("name", "姓名"),), [{"name": '#panic("x") *a* $y$'}])
    made = documents.render(Page("日报", AS_OF, "", (Section(table=table),)), ".pdf")
    assert '#panic("x")*a*$y$' in pdf_text(made)[0]


def test_docx_has_the_same_cells_office_fonts_and_a_repeating_header() -> None:
    document = Document(io.BytesIO(documents.render(page(), ".docx")))
    grid = document.tables[0]
    assert [cell.text for cell in grid.rows[1].cells] == [
        ZHAO.name, ZHAO.id_number, "2022-07-01", "2022-07-02 08:30", "1,234", "94.5%", "1小时35分",
    ]  # fmt: skip
    assert grid.rows[4].cells[0].text == "合计"
    assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    fonts = {f.get(qn("w:eastAsia")) for f in document.element.iter(qn("w:rFonts"))}
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体"} <= fonts
    assert "PAGE" in document.sections[0].footer._element.xml


def test_a_wide_table_turns_the_paper() -> None:
    columns = tuple(Column(f"c{n}", f"第{n}列", "number", 25) for n in range(12))
    wide = Page("日报", AS_OF, "", (Section(table=Table(columns, [range(12)])),))
    box = PdfReader(io.BytesIO(documents.render(wide, ".pdf"))).pages[0].mediabox
    assert box.width > box.height
    section = Document(io.BytesIO(documents.render(wide, ".docx"))).sections[0]
    assert section.page_width > section.page_height


@pytest.mark.parametrize("suffix", documents.LETTER_SUFFIXES)
def test_a_letter_says_all_its_parts_in_order(suffix: str) -> None:
    raw = documents.render_letter(LETTER, suffix)
    if suffix == ".pdf":
        words = "".join(pdf_text(raw))
    else:
        words = "".join("".join(p.text.split()) for p in Document(io.BytesIO(raw)).paragraphs)
    parts = [
        LETTER.head, LETTER.number, LETTER.title, "武河县疫情防控指挥部：", *LETTER.body, "附件：1.密切接触者名单",
        "2.调查摘要", LETTER.issuer, "2022年7月2日", LETTER.contact,
    ]  # fmt: skip
    at = -1
    for part in parts:
        assert part in words[at + 1 :], part
        at = words.index(part, at + 1)


def test_english_fixed_words() -> None:
    made = pdf_text(documents.render(page(), ".pdf", locale="en"))[0]
    assert "Asof:2July2022,08:30" in made
    assert "1h35min" in made
    assert "Definitions" in made


@pytest.mark.parametrize("suffix", documents.REPORT_SUFFIXES)
def test_a_report_without_rows_is_still_a_report(suffix: str) -> None:
    empty = Page("日报", AS_OF, "", (Section(table=Table(COLUMNS, [])),))
    assert documents.render(empty, suffix)
    assert documents.render(Page("日报", AS_OF, "", ()), suffix)


def test_an_unknown_suffix_is_refused_in_words() -> None:
    with pytest.raises(documents.DocumentFault, match=r"use one of .xlsx .docx .pdf .csv .json"):
        documents.render(page(), ".odt")
