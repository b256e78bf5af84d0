"""Rows into persons: every row below the header is accepted, rejected with its reasons, or told to be no person."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b

from bihuan.adapters.spreadsheets import _cells
from bihuan.adapters.spreadsheets._book import Book, Cell, Grid
from bihuan.adapters.spreadsheets._cells import Unclear, plain, text_of
from bihuan.adapters.spreadsheets._dates import Moment, read_moment, read_span
from bihuan.adapters.spreadsheets._header import Header, choose, columns_of
from bihuan.adapters.spreadsheets._values import (
    CellFault,
    ColumnProposal,
    Notice,
    Proposal,
    RawRow,
    Reading,
    Rejection,
    SheetFault,
    SheetMapping,
    Skipped,
    Words,
)
from bihuan.adapters.spreadsheets._words import FOOTERS, TOTALS, bare

_DATE_ALONE = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?")
_COUNT = re.compile(r"共\d+[人名条户]")
_MEND_DATE = Words("请写成2022-07-01这样的日期", "write the date like 2022-07-01")
_MEND_WHO = Words("请补上证件号码、联系电话、地址中至少一项", "add at least one of identity number, phone and address")
_SKIPS = {
    "blank": Words("空行", "a blank row"),
    "total": Words("合计行，不是人员", "a row of totals, no person"),
    "footer": Words("表尾说明，不是人员", "a remark below the list, no person"),
    "repeated_header": Words("重复的表头", "the header again"),
}


class _Reader:
    """One list's columns and year, and how to read one of its rows."""

    def __init__(self, columns: Sequence[ColumnProposal], received_on: date | None) -> None:
        self._received_on = received_on
        self._at: dict[str, list[int]] = {}
        self._label = {column.index: column.label for column in columns}
        for column in columns:
            if column.word:
                self._at.setdefault(column.word, []).append(column.index)
        self._first = {word: places[0] for word, places in self._at.items()}
        self.has_names = "name" in self._first
        # under «身份证号» stand resident numbers only; under «证件号码» any document
        id_label = self._label.get(self._first.get("id_number", -1), "")
        self._usual_kind = "身份证" if "身份证" in id_label and "证件" not in id_label else ""

    def label(self, word: str) -> str:
        """The sender's label of a word's first column."""
        return self._label.get(self._first.get(word, -1), "")

    def _text(self, row: Sequence[Cell], word: str) -> str:
        at = self._first.get(word)
        return plain(row[at]) if at is not None and at < len(row) else ""

    def _joined(self, row: Sequence[Cell], word: str, glue: str) -> str:
        pieces: list[str] = []
        for at in self._at.get(word, ()):
            piece = plain(row[at]) if at < len(row) else ""
            if piece and not any(piece in other for other in pieces):
                # a whole address in the last column repeats the county and township of those before it
                pieces = [other for other in pieces if other not in piece]
                pieces.append(piece)
        return glue.join(pieces)

    def read(self, number: int, row: Sequence[Cell], cells: tuple[str, ...], *, hidden: bool) -> RawRow | Rejection:
        """One row; rejected only when nobody can be sought by it (the rule stands in `read_rows`)."""
        faults: list[CellFault] = []

        def doubt(word: str, code: str, reason: Words, mend: Words, text: str) -> None:
            faults.append(CellFault(number, self.label(word), code, reason, mend, text))

        said = self._text(row, "name")
        name, masked = _cells.name_of(said) if said else ("", False)
        if self.has_names and not name:
            reason = Words(f"“{said}”不是姓名", f"«{said}» is no name") if said else Words("姓名为空", "no name")
            doubt("name", "name_missing", reason, Words("请填写姓名", "fill in the name"), said)
        elif masked:
            reason = Words("姓名有遮盖", "part of the name is masked")
            doubt("name", "name_masked", reason, Words("请提供完整姓名", "send the whole name"), said)

        id_number = id_kind = sex = ""
        birth: date | None = None
        at = self._first.get("id_number")
        id_said = self._text(row, "id_number")
        if at is not None and id_said:
            kind_said = self._text(row, "id_kind") or self._usual_kind
            try:
                found, differs = _cells.identity_of(row[at], kind_said, self._received_on)
                id_number, id_kind = found.number, found.kind.value
                birth, sex = found.birth_on, found.sex
                if differs and self._text(row, "id_kind"):
                    reason = Words(
                        f"证件类型写“{kind_said}”，号码却是{found.kind.chinese}",
                        f"said to be «{kind_said}», but the number is that of a {found.kind.value}",
                    )
                    doubt("id_kind", "id_kind_differs", reason, Words("请核对证件类型", "check the kind"), kind_said)
            except Unclear as unclear:
                doubt("id_number", unclear.code, unclear.reason, unclear.mend, text_of(row[at]))

        phones: list[str] = []
        for word in ("phone", "other_phones"):
            for place in self._at.get(word, ()):
                cell = row[place] if place < len(row) else ""
                if not plain(cell):
                    continue
                read = _cells.phones_of(cell)
                phones += [p for p in read if p not in phones]
                if not read:
                    reason = Words(f"“{text_of(cell)}”不是电话号码", f"«{text_of(cell)}» is no phone number")
                    mend = Words("请核对电话，长号码请设为文本", "check the phone; keep long numbers as text")
                    faults.append(CellFault(number, self._label[place], "phone_unclear", reason, mend, text_of(cell)))

        address = self._joined(row, "address", "")
        born = self._day(row, "birth_date", doubt)
        if born and birth and born.on != birth:
            reason = Words(f"出生日期与证件号码中的{birth}不符", f"differs from {birth} inside the identity number")
            doubt("birth_date", "birth_date_differs", reason, Words("请核对", "check which is right"), str(born.on))
        sex_said = self._text(row, "sex")
        sex_read = _cells.sex_of(sex_said) if sex_said else ""
        if sex_said and not sex_read:
            reason = Words(f"“{sex_said}”看不出性别", f"«{sex_said}» says no sex")
            doubt("sex", "sex_unclear", reason, Words("请写“男”或“女”", "write 男 or 女"), sex_said)
        elif sex_read and sex and sex_read != sex:
            reason = Words("性别与证件号码不符", "differs from the identity number")
            doubt("sex", "sex_differs", reason, Words("请核对", "check which is right"), sex_said)
        at = self._first.get("age")
        age_said = text_of(row[at]) if at is not None and at < len(row) else ""
        age = _cells.age_of(age_said) if age_said else None
        if age is None and plain(age_said):
            reason = Words(f"“{age_said}”不是年龄", f"«{age_said}» is no age")
            doubt("age", "age_unclear", reason, Words("请写周岁数字", "write whole years"), age_said)
        division_said = self._text(row, "division_code")
        division = _cells.division_of(division_said) if division_said else ""
        if division_said and not division:
            reason = Words(f"“{division_said}”不是区划代码", f"«{division_said}» is no division code")
            mend = Words("请填6、9或12位数字代码", "write 6, 9 or 12 digits")
            doubt("division_code", "division_code_unclear", reason, mend, division_said)
        arrived = self._day(row, "arrived_on", doubt)
        start, end = self._period(row, doubt)

        lost = self._lost(name, id_number, phones, address)
        if lost:
            first = self._first_reason(number, faults, name)
            others = tuple(fault for fault in faults if fault is not first)
            return Rejection(
                number, first.column, first.code, first.reason, first.mend, first.text, (first, *others), cells, hidden
            )
        told = (
            name, id_number, id_kind, phones[0] if phones else "", tuple(phones[1:]),
            born.on if born else birth, sex_read or sex, age, address, division,
            self._text(row, "from_place"), arrived.on if arrived else None,
            self._joined(row, "transport", " "), self._text(row, "exposure_place"),
            start.begin() if start else None, end.end() if end else None,
            self._joined(row, "note", "；"),
        )  # fmt: skip
        mark = blake2b(repr(told).encode(), digest_size=16).hexdigest()
        return RawRow(
            number,
            *told,
            self._text(row, "serial"),
            self._text(row, "household_relation"),
            self._text(row, "employer"),
            cells,
            tuple(faults),
            hidden,
            mark,
        )

    def _lost(self, name: str, id_number: str, phones: Sequence[str], address: str) -> bool:
        if not self.has_names:
            return not (id_number or phones)
        # A valid number names one person though the name is missing; a phone or an address without a name does not.
        return not id_number if not name else not (id_number or phones or len(address) > 1)

    def _first_reason(self, number: int, faults: Sequence[CellFault], name: str) -> CellFault:
        wanted = ("name_missing",) if self.has_names and not name else ("id_", "phone_")
        for fault in faults:
            if fault.code.startswith(wanted):
                return fault
        label = self.label("id_number") or self.label("phone") or self.label("address") or self.label("name")
        words = Words("证件号码、电话、地址都没有", "neither identity number nor phone nor address")
        return CellFault(number, label, "nobody", words, _MEND_WHO)

    def _day(self, row: Sequence[Cell], word: str, doubt: Callable[..., None]) -> Moment | None:
        at = self._first.get(word)
        if at is None or at >= len(row) or not plain(row[at]):
            return None
        moment = read_moment(row[at], self._received_on)
        if moment is None:
            text = text_of(row[at])
            doubt(
                word,
                f"{word}_unclear",
                Words(f"“{text}”不是确定的日期", f"«{text}» is no certain date"),
                _MEND_DATE,
                text,
            )
        return moment

    def _period(self, row: Sequence[Cell], doubt: Callable[..., None]) -> tuple[Moment | None, Moment | None]:
        ends: list[tuple[Moment, Moment | None] | None] = []
        for word in ("exposure_from", "exposure_until"):
            at = self._first.get(word)
            cell = row[at] if at is not None and at < len(row) else ""
            span = read_span(cell, self._received_on) if plain(cell) else None
            if plain(cell) and span is None:
                text = text_of(cell)
                doubt(
                    word,
                    f"{word}_unclear",
                    Words(f"“{text}”不是确定的时间", f"«{text}» is no certain time"),
                    _MEND_DATE,
                    text,
                )
            ends.append(span)
        start = ends[0][0] if ends[0] else None
        end = (ends[1][1] or ends[1][0]) if ends[1] else (ends[0][1] if ends[0] else None)
        if start and end and end.end() <= start.begin():
            reason = Words("结束早于开始", "it ends before it begins")
            doubt("exposure_until", "exposure_backwards", reason, Words("请核对时间", "check the times"), str(end.on))
            end = None
        return start, end

    def no_person(self, row: Sequence[Cell], cells: Sequence[str], header: Header) -> str:
        """`total`, `footer`, `repeated_header`, or "" for a row that may speak of somebody."""
        heads = [self._first[w] for w in ("name", "id_number", "phone") if w in self._first]
        if heads and all(cells[at] and bare(cells[at]) == _last_part(header, at) for at in heads):
            return "repeated_header"
        if len(self._text(row, "id_number")) > 9 or len(self._text(row, "phone")) > 6:
            return ""
        filled = [cell for cell in cells if cell]
        first = bare(filled[0])
        if first in TOTALS or _COUNT.match(first) or first.startswith(("合计", "总计", "小计")):
            return "total"
        name = self._text(row, "name")
        if name and name != plain(filled[0]) and bare(name) not in TOTALS:
            return ""
        if name and bare(name) in TOTALS:
            return "total"
        if _DATE_ALONE.fullmatch(filled[0]) and len(filled) == 1:
            return "footer"
        opened = re.split(r"[::]", filled[0], maxsplit=1)
        marked = len(opened) == 2 or len(filled) == 1
        return "footer" if marked and bare(opened[0]).startswith(FOOTERS) else ""


def _last_part(header: Header, at: int) -> str:
    return bare(header.labels[at].rsplit("/", 1)[-1]) if at < len(header.labels) else ""


def read_in(book: Book, choice: Proposal | SheetMapping | None, received_on: date | None, sheet: str | None) -> Reading:
    """Read one list; see `read_rows`."""
    mapping = choice.mapping if isinstance(choice, Proposal) else choice
    if isinstance(choice, Proposal):
        sheet = sheet or choice.sheet or None
    grid, header, notices = choose(book, mapping, sheet)
    columns = columns_of(grid, header, mapping)
    _fill_down(grid, header)
    reader = _Reader(columns, received_on)
    accepted: list[RawRow] = []
    rejected: list[Rejection] = []
    skipped: list[Skipped] = []
    digests: list[bytes] = []
    places = [column.index for column in columns]
    last = max((at for at, row in enumerate(grid.rows) if any(c != "" for c in row)), default=-1)
    for at in range(header.last + 1, last + 1):
        row, number = grid.rows[at], at + 1
        whole = [text_of(cell) if cell != "" else "" for cell in row]
        if not any(whole):
            skipped.append(Skipped(number, "blank", _SKIPS["blank"], ""))
            continue
        whole += [""] * (places[-1] + 1 - len(whole))
        code = reader.no_person(row, whole, header)
        if code:
            text = " ".join(cell for cell in whole if cell)
            skipped.append(Skipped(number, code, _SKIPS[code], text[:200]))
            continue
        digests.append(_digest(whole))
        read = reader.read(number, row, tuple([whole[place] for place in places]), hidden=number in grid.hidden_rows)
        if isinstance(read, RawRow):
            accepted.append(read)
        else:
            rejected.append(read)
    if not digests:
        raise SheetFault(
            "no_rows",
            Words("表头下面没有人员", "there is nobody below the header"),
            Words("请检查选对了工作表，或向发送方核对", "check the sheet, or ask the sender"),
            sheet=grid.name,
            row=header.last + 1,
        )
    digests.sort()
    return Reading(
        sheet=grid.name,
        labels=tuple(column.label for column in columns),
        mapping=SheetMapping(
            key=mapping.key if mapping else "",
            columns={column.label: column.word for column in columns},
            sheet=grid.name,
        ),
        accepted=accepted,
        rejected=rejected,
        skipped=skipped,
        notices=(*book.notices_of(grid.name), *notices, *_told(accepted, rejected, columns)),
        content_hash=blake2b(b"".join(digests), digest_size=32).hexdigest(),
    )


def _fill_down(grid: Grid, header: Header) -> None:
    """Give a cell merged down a column to all its rows: one address written once for a household."""
    for (top, left), (bottom, right) in grid.merges:
        if bottom > top > header.last and left == right and left < len(grid.rows[top]):
            for at in range(top + 1, min(bottom + 1, len(grid.rows))):
                if left < len(grid.rows[at]) and grid.rows[at][left] == "":
                    grid.rows[at][left] = grid.rows[top][left]


def _digest(cells: Sequence[str]) -> bytes:
    """A mark of one row's content that does not depend on the program that saved it."""
    same = []
    for cell in cells:
        if len(cell) > 7 and cell[:2] in ("19", "20") and cell[4] in "-/.年":
            moment = read_moment(cell)
            if moment:
                cell = f"{moment.on}" if moment.at is None else f"{moment.on} {moment.at}"
        same.append(cell)
    while same and not same[-1]:
        same.pop()
    return blake2b("\x1f".join(same).encode(errors="surrogatepass"), digest_size=16).digest()


def _told(accepted: Sequence[RawRow], rejected: Sequence[Rejection], columns: Sequence[ColumnProposal]) -> list[Notice]:
    told = []
    hidden = sum(row.hidden for row in accepted) + sum(row.hidden for row in rejected)
    if hidden:
        told.append(
            Notice(
                "hidden_persons",
                Words(f"其中{hidden}人在隐藏或筛掉的行里", f"{hidden} persons stand in hidden or filtered rows"),
            )
        )
    unknown = [column.label for column in columns if not column.word]
    if unknown:
        listed = "、".join(unknown)
        told.append(
            Notice(
                "columns_kept",
                Words(f"未认识的列原样保留：{listed}", f"columns not understood are kept as written: {listed}"),
            )
        )
    return told
