"""Pushed lists as offices really send them: every ugly form is read, refused with its place, or told."""

# ruff: noqa: DTZ001 — cells of a sheet know no time zone

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlwt

from bihuan.adapters import spreadsheets
from bihuan.adapters.spreadsheets import SheetFault, SheetMapping
from tests.cast import LI, QIAN, SUN, ZHAO

RECEIVED = date(2022, 7, 2)
HEADER = ["序号", "姓名", "身份证号", "联系电话", "现住址", "到达日期"]
CHINA = ZoneInfo("Asia/Shanghai")


def row(at: int, who: Any, arrived: Any = "2022-07-01") -> list[Any]:
    return [at, who.name, who.id_number, who.phone, who.address, arrived]


def xlsx(rows: Sequence[Sequence[Any]], shape: Callable[[Any], None] | None = None, title: str = "名单") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for cells in rows:
        book.active.append(list(cells))
    if shape:
        shape(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Sequence[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for at, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(at, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def read(file: bytes, choice: Any = None, **more: Any) -> spreadsheets.Reading:
    reading = spreadsheets.read_rows(file, choice, received_on=RECEIVED, **more)
    assert reading.rows_read == len(reading.accepted) + len(reading.rejected)
    return reading


def words(file: bytes) -> dict[str, str]:
    return {c.label: c.word for c in spreadsheets.propose(file).columns}


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(xlsx([HEADER, row(1, ZHAO), row(2, QIAN)]), id="xlsx"),
        pytest.param(xls([HEADER, row(1, ZHAO), row(2, QIAN)]), id="xls"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)]), id="utf-8"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)], "utf-8-sig"), id="utf-8 with mark"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)], "gbk"), id="gbk"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)], "gb18030", "\t"), id="gb18030 with tabs"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)], "utf-16", ";"), id="utf-16 with semicolons"),
        pytest.param(text([HEADER, row(1, ZHAO), row(2, QIAN)], "utf-16-le", "\t"), id="utf-16 without mark"),
    ],
)
def test_the_same_list_is_the_same_list_in_every_format(file: bytes) -> None:
    reading = read(file)
    assert [(r.row, r.name, r.id_number, r.phone, r.arrived_on) for r in reading.accepted] == [
        (2, ZHAO.name, ZHAO.id_number, ZHAO.phone, date(2022, 7, 1)),
        (3, QIAN.name, QIAN.id_number, QIAN.phone, date(2022, 7, 1)),
    ]
    assert reading.content_hash == read(xlsx([HEADER, row(1, ZHAO), row(2, QIAN)])).content_hash


def test_the_content_mark_forgives_programs_and_order_but_not_content() -> None:
    dated = [[1, ZHAO.name, datetime(2022, 7, 1)], [2, QIAN.name, datetime(2022, 7, 1, 8, 30)]]
    header = ["序号", "姓名", "到达日期"]
    mark = spreadsheets.content_hash(xlsx([header, *dated]))
    saved_again = [["2", QIAN.name, "2022/7/1 8:30"], ["1", ZHAO.name, "2022/7/1"]]
    assert spreadsheets.content_hash(text([["某县名单"], [], header, *saved_again, []], "gbk")) == mark
    assert spreadsheets.content_hash(text([header, *saved_again[:1]])) != mark


def test_title_rows_and_merged_cells_stand_above_the_header() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("A2:F2")

    rows = [["青禾县重点人员姓名电话核查名单"], ["推送单位：省疫情防控处  2022年7月1日"], [], HEADER, row(1, ZHAO)]
    proposal = spreadsheets.propose(xlsx(rows, merge))
    assert (proposal.first_header_row, proposal.last_header_row) == (4, 4)
    assert [c.word for c in proposal.columns] == ["serial", "name", "id_number", "phone", "address", "arrived_on"]
    assert proposal.samples[0][0] == 5
    assert read(xlsx(rows, merge)).accepted[0].row == 5


def test_two_header_rows_are_read_together() -> None:
    def merge(sheet: Any) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:G2"):
            sheet.merge_cells(cells)

    upper = ["序号", "姓名", "联系方式", None, "暴露时间", None, "现住址"]
    lower = [None, None, "本人", "家属", "开始", "结束", None]
    rows = [upper, lower, [1, ZHAO.name, ZHAO.phone, QIAN.phone, "7月1日8时30分", "7月1日", ZHAO.address]]
    mapping = spreadsheets.mappings()["neighbour-letter"]
    for file in (xlsx(rows, merge), text([[c or "" for c in r] for r in rows])):
        found = read(file, mapping).accepted[0]
        assert (found.row, found.phone, found.other_phones) == (3, ZHAO.phone, (QIAN.phone,))
        assert found.exposure_from == datetime(2022, 7, 1, 8, 30, tzinfo=CHINA)
        assert found.exposure_until == datetime(2022, 7, 2, tzinfo=CHINA)  # a day alone ends at its midnight


def test_hidden_sheets_are_not_chosen_and_hidden_rows_are_read_and_marked() -> None:
    book = openpyxl.Workbook()
    book.active.title = "旧名单"
    for cells in (HEADER, row(1, SUN), row(2, LI)):
        book.active.append(cells)
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("新名单")
    for cells in (HEADER, row(1, ZHAO), row(2, QIAN)):
        shown.append(cells)
    shown.row_dimensions[3].hidden = True
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    look = spreadsheets.look(out.getvalue())
    assert [(s.name, s.hidden, s.rows) for s in look.sheets] == [("旧名单", True, 3), ("新名单", False, 3)]
    reading = read(out.getvalue())
    assert reading.sheet == "新名单"
    assert [(r.name, r.hidden) for r in reading.accepted] == [(ZHAO.name, False), (QIAN.name, True)]
    assert {"hidden_sheets", "hidden_rows", "hidden_persons"} <= {n.code for n in reading.notices}
    asked = read(out.getvalue(), sheet="旧名单")
    assert [r.name for r in asked.accepted] == [SUN.name, LI.name]
    assert "sheet_is_hidden" in {n.code for n in asked.notices}


def test_what_is_no_person_is_told_and_not_counted() -> None:
    rows = [
        HEADER, row(1, ZHAO), [], HEADER, row(2, QIAN), ["小计", "", "", "", "", 2],
        ["合计：2人"], ["填表人：王录    联系电话：0999-1234567"], ["2022年7月1日"], ["说明：本表一式两份"],
    ]  # fmt: skip
    reading = read(xlsx(rows))
    assert [r.name for r in reading.accepted] == [ZHAO.name, QIAN.name]
    assert not reading.rejected
    assert [(s.row, s.code) for s in reading.skipped] == [
        (3, "blank"), (4, "repeated_header"), (6, "total"), (7, "total"), (8, "footer"), (9, "footer"), (10, "footer"),
    ]  # fmt: skip


def test_a_person_with_a_note_is_no_footer() -> None:
    reading = read(
        text([["备注", "姓名", "电话"], ["备注：从市里来", ZHAO.name, ZHAO.phone], ["", "合小计", QIAN.phone]])
    )
    assert [r.name for r in reading.accepted] == [ZHAO.name, "合小计"]


def test_a_cell_merged_down_a_column_belongs_to_the_household() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("C2:C4")

    rows = [["姓名", "联系电话", "现住址"], [ZHAO.name, ZHAO.phone, ZHAO.address], [QIAN.name], [SUN.name], [LI.name]]
    reading = read(xlsx(rows, merge))
    assert [r.address for r in reading.accepted] == [ZHAO.address] * 3
    assert [r.row for r in reading.rejected] == [5]


def test_formulas_are_neither_computed_nor_written_live() -> None:
    attack = '=HYPERLINK("http://example.invalid","点我")'
    reading = read(text([["姓名", "电话", "备注"], [ZHAO.name, ZHAO.phone, attack], ["@SUM(1)", "-1+1", attack]]))
    assert reading.accepted[0].note == attack
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheets.write_rejects(reading))).active
    assert {cell.data_type for line in sheet.iter_rows(max_col=3) for cell in line} == {"s"}
    live = xlsx([["姓名", "电话"], [ZHAO.name, ZHAO.phone], ["=1+1", "=2+2"]])
    assert "formulas" in {n.code for n in spreadsheets.look(live).notices}


def test_an_xls_that_is_full_may_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [HEADER, *[[n, f"甲{n}", "", "", "", ""] for n in range(65_535)]]
    notices = spreadsheets.look(xls(rows)).notices
    assert [n.code for n in notices] == ["list_may_be_cut"]
    assert "65,536" in notices[0].words.zh


def test_rejects_are_mended_and_read_again_by_the_same_mapping() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("C1:D1")

    rows = [
        ["姓名", "身份证号", "联系方式", None, "现住址", "特别说明"],
        [None, None, "本人", "家属", None, None],
        [ZHAO.name, 991027198503120016, "无", "", "", "甲"],
        ["", "", QIAN.phone, "", QIAN.address, "乙"],
        ["", SUN.id_number, SUN.phone, "", SUN.address, "丙"],
    ]
    first = read(xlsx(rows, merge), spreadsheets.mappings()["neighbour-letter"])
    assert [(r.row, r.column, r.reason_code) for r in first.rejected] == [
        (3, "身份证号", "id_digits_lost"), (4, "姓名", "name_missing"),
    ]  # fmt: skip
    # A valid number names its person though the name is missing; the fault stands on the row.
    assert [(r.id_number, [f.code for f in r.faults]) for r in first.accepted] == [(SUN.id_number, ["name_missing"])]
    book = openpyxl.load_workbook(io.BytesIO(spreadsheets.write_rejects(first)))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][-4:] == ["行号", "栏目", "原因", "如何修改"]
    assert sheet.cell(2, 7).value == 3
    sheet.cell(2, 2).value = ZHAO.id_number
    sheet.cell(3, 1).value = QIAN.name
    out = io.BytesIO()
    book.save(out)
    again = read(out.getvalue(), first.mapping)
    assert [(r.name, r.id_number) for r in again.accepted] == [
        (ZHAO.name, ZHAO.id_number), (QIAN.name, ""),
    ]  # fmt: skip
    assert again.sender_words(again.accepted[1])["特别说明"] == "乙"


# --- faults -----------------------------------------------------------------------------------------------------


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", bytes(80 << 20))
    return out.getvalue()


def _lying(raw: bytes) -> bytes:
    """The same package, its directory claiming that the workbook's part inflates to a quarter."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        size = package.getinfo("xl/workbook.xml").file_size
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"xl/workbook.xml"))
    return raw[: at + 24] + (size // 4).to_bytes(4, "little") + raw[at + 28 :]


def _far_cell(sheet: Any) -> None:
    sheet.cell(1_048_576, 16_384).value = "远"


def _protected() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


GOOD = xlsx([HEADER, row(1, ZHAO)])


# Files that are no list, and why not.
NO_LISTS = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"\xef\xbb\xbf\r\n", "empty", id="only a mark"),
    pytest.param(b"%PDF-1.7 ...", "wrong_type", id="pdf"),
    pytest.param(b"\x89PNG\r\n\x1a\n....", "wrong_type", id="picture"),
    pytest.param(b"\n<html><table><tr><td>x", "wrong_type", id="web page named .xls"),
    pytest.param(b"\x00\x01\x02\x03" * 300, "bad_encoding", id="noise"),
    pytest.param(GOOD[: len(GOOD) // 2], "truncated", id="half an xlsx"),
    pytest.param(xls([HEADER, row(1, ZHAO)])[:1500], "truncated", id="half an xls"),
    pytest.param(_bomb(), "zip_bomb", id="zip bomb"),
    pytest.param(_lying(GOOD), "zip_bomb", id="zip that lies about its size"),
    pytest.param(xlsx([HEADER, row(1, ZHAO)], _far_cell), "too_wide", id="a cell in the last corner"),
    pytest.param(_protected(), "encrypted", id="password"),
    pytest.param(xlsx([]), "no_rows", id="empty sheet"),
    pytest.param(xlsx([HEADER]), "no_rows", id="only a header"),
    pytest.param(xlsx([HEADER, [], ["合计", "0人"]]), "no_rows", id="only a total"),
    pytest.param(xlsx([["a", "b"], [1, 2]]), "no_header", id="no header"),
    pytest.param(text([row(1, ZHAO), row(2, QIAN)]), "no_header", id="data at once"),
    pytest.param('姓名,电话\n赵,"1'.encode() + b"x" * 200_000, "bad_quotes", id="open quote"),
]


@pytest.mark.parametrize(("file", "code"), NO_LISTS)
def test_a_file_that_is_no_list_says_why_and_how_to_mend(file: bytes, code: str) -> None:
    with pytest.raises(SheetFault) as caught:
        read(file)
    assert caught.value.code == code
    assert caught.value.zh.endswith("。")
    assert caught.value.mend.en in str(caught.value)


def test_places_of_faults(tmp_path: Path) -> None:
    with pytest.raises(SheetFault, match=r"there is no sheet «别的» .there: 名单.; choose one"):
        read(GOOD, sheet="别的")
    with pytest.raises(SheetFault, match="sheet 名单, row 1: there is nobody"):
        read(xlsx([HEADER]))
    with pytest.raises(SheetFault, match="No such file"):
        spreadsheets.look(tmp_path / "没有.xlsx")
    big = tmp_path / "big.csv"
    with big.open("wb") as out:
        out.truncate((100 << 20) + 1)
    with pytest.raises(SheetFault, match="limit is 100 MB"):
        spreadsheets.look(big)


def test_a_parser_that_dies_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os\nos.abort()\n")
    monkeypatch.setattr("bihuan.adapters.spreadsheets._xls_child.__file__", str(child))
    with pytest.raises(SheetFault, match="damaged"):
        spreadsheets.look(xls([HEADER, row(1, ZHAO)]))


# --- columns and senders ----------------------------------------------------------------------------------------


def test_columns_are_told_by_header_then_by_cells_and_each_word_goes_once() -> None:
    header = ["编号", "人员\n姓名*", "证件号码（18位）", "本人电话", "家属电话", "户主姓名", "", "健康码颜色"]
    rows = [header, *[["甲", w.name, w.id_number, w.phone, QIAN.phone, SUN.name, w.phone, "绿"] for w in (ZHAO, LI)]]
    found = words(xlsx(rows))
    assert list(found.values()) == [
        "serial", "name", "id_number", "phone", "other_phones", "", "other_phones", "",
    ]  # fmt: skip
    proposal = spreadsheets.propose(xlsx(rows))
    assert proposal.not_understood == ("户主姓名", "健康码颜色")
    assert all(0 <= c.confidence <= 1 and c.reason.zh and c.reason.en for c in proposal.columns)


def test_an_address_in_several_columns_is_one_address() -> None:
    header = ["姓名", "手机", "省", "市", "县区", "乡镇", "详细地址"]
    cells = [ZHAO.name, ZHAO.phone, "某省", "某市", "青禾县", "柳泉镇", "青禾县柳泉镇河湾村3组12号"]
    assert read(xlsx([header, cells])).accepted[0].address == "某省某市青禾县柳泉镇河湾村3组12号"


def test_a_correction_is_remembered_for_the_sender(tmp_path: Path) -> None:
    file = text([["甲", "乙", "姓名"], [ZHAO.phone[:5], "青禾县城", ZHAO.name]])
    with pytest.raises(SheetFault, match="no header"):
        read(file)
    mapping = SheetMapping(key="some-office", columns={"甲": "", "乙": "address", "姓名": "name"})
    spreadsheets.remember(mapping, tmp_path)
    known = spreadsheets.mappings(tmp_path)
    assert known["some-office"] == mapping
    assert read(file, known["some-office"]).accepted[0].address == "青禾县城"
    with pytest.raises(ValueError, match="no key"):
        spreadsheets.remember(SheetMapping(key="../x"), tmp_path)


def test_a_list_without_names_needs_a_number_or_a_phone() -> None:
    reading = read(text([["手机号", "停留地点"], [ZHAO.phone, "市场"], ["无", "车站"]]))
    assert [r.phone for r in reading.accepted] == [ZHAO.phone]
    assert [(r.row, r.reason_code) for r in reading.rejected] == [(3, "nobody")]
