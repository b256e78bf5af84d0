"""Where the list begins inside a sheet, and what its columns mean: by their headers first, by their cells second."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bihuan.adapters.spreadsheets._book import Book, Cell, Grid, Range
from bihuan.adapters.spreadsheets._cells import plain, text_of
from bihuan.adapters.spreadsheets._values import (
    ColumnProposal,
    Notice,
    Proposal,
    SheetFault,
    SheetMapping,
    Words,
)
from bihuan.adapters.spreadsheets._words import MANY, OURS, WORDS, bare, word_of
from bihuan.engines import terms

_SEARCHED_ROWS = 40
_SAMPLES = 5
_TELLING = {"name", "id_number", "phone", "address"}
_DATA = re.compile(r"\d{7,}|(?:19|20)\d\d\s*[-/.年]\s*\d|^\d+(?:\.\d+)?$|^[男女]$")


@dataclass(frozen=True, slots=True)
class Header:
    """Header rows, 0-based and both included, with one label a column."""

    first: int
    last: int
    labels: tuple[str, ...]
    score: float


def find_header(grid: Grid, mapping: SheetMapping | None = None) -> Header | None:
    """The one to three rows that name the columns, or None. Title rows and merged cells above are passed over."""
    known = {bare(label): word for label, word in (mapping.columns if mapping else {}).items()}
    best: Header | None = None
    for first in range(min(_SEARCHED_ROWS, len(grid.rows))):
        if not any(text_of(cell) for cell in grid.rows[first]):
            continue
        for depth in (1, 2, 3):
            last = first + depth - 1
            if last >= len(grid.rows) or _looks_like_data(grid.rows[last]):
                break
            labels = _labels(grid, first, last)
            score = _score(labels, known) - 0.3 * (depth - 1)
            if score > 0 and (best is None or score > best.score + 1e-9):
                best = Header(first, last, labels, score)
    return best


def _looks_like_data(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if text_of(cell)]
    return any(not isinstance(cell, str) or _DATA.search(text_of(cell)) for cell in filled)


def _labels(grid: Grid, first: int, last: int) -> tuple[str, ...]:
    width = max(len(row) for row in grid.rows[first : last + 1])
    lines = [[_line(cell) for cell in [*row, *[""] * (width - len(row))]] for row in grid.rows[first : last + 1]]
    for at, line in enumerate(lines[:-1]):
        _spread(line, lines[at + 1], [m for m in grid.merges if m[0][0] == first + at])
    labels = []
    for column in range(width):
        parts: list[str] = []
        for line in lines:
            if line[column] and line[column] not in parts:
                parts.append(line[column])
        labels.append("/".join(parts))
    while labels and not labels[-1]:
        labels.pop()
    seen: Counter[str] = Counter()
    for at, label in enumerate(labels):
        seen[label] += 1
        if label and seen[label] > 1:
            labels[at] = f"{label}#{seen[label]}"
    return tuple(labels)


def _spread(line: list[str], below: list[str], merges: list[Range]) -> None:
    """Give a group's header to every column under it: by its merge, or (in a .csv) up to the next filled cell."""
    for (_, left), (_, right) in merges:
        for column in range(left + 1, min(right + 1, len(line))):
            line[column] = line[left]
    if not merges:
        for column in range(1, len(line)):
            if not line[column] and below[column] and below[column - 1]:
                line[column] = line[column - 1]


def _line(cell: Cell) -> str:
    return (
        "".join(text_of(cell).split())
        if re.search(r"[\u3400-\u9fff]", text_of(cell))
        else " ".join(text_of(cell).split())
    )


def _base(label: str) -> str:
    return label.rsplit("#", 1)[0] if re.search(r"#\d+$", label) else label


def _score(labels: Sequence[str], known: Mapping[str, str]) -> float:
    """How much a row reads like a header: the words it names, each once; nothing unless it names somebody."""
    found: dict[str, float] = {}
    for label in labels:
        if not label or len(label) > 60:
            continue
        word, sure, _ = word_of(_base(label))
        if bare(label) in known:
            word, sure = known[bare(label)], 1.2
        if word:
            found[word] = max(found.get(word, 0.0), sure)
    if not _TELLING & set(found) or (len(found) < 2 and len([1 for label in labels if label]) > 2):
        return 0.0
    # a title in one merged cell («人员名单») may contain a word of ours: one word in a row of one cell is no header
    if len(found) < 2 and len(labels) <= 2 and max(found.values()) < 0.9:
        return 0.0
    return sum(found.values())


def choose(book: Book, mapping: SheetMapping | None, sheet: str | None) -> tuple[Grid, Header, list[Notice]]:
    """The sheet to read and its header: the one asked for, the mapping's, or the visible one that reads best.

    A hidden sheet is read only when it is asked for by name. Raises SheetFault.
    """
    notices: list[Notice] = []
    if sheet:
        names = [sheet]
        if dict(book.names).get(sheet):
            notices.append(
                Notice(
                    "sheet_is_hidden",
                    Words(
                        f"工作表“{sheet}”在文件里是隐藏的，按您的指定读取",
                        f"«{sheet}» is hidden in the file; read as you asked",
                    ),
                    sheet,
                )
            )
    else:
        names = book.visible()
        if mapping and mapping.sheet in names:
            names = [mapping.sheet, *(n for n in names if n != mapping.sheet)]
    if not names:
        raise SheetFault(
            "no_visible_sheet",
            Words("所有工作表都是隐藏的", "every sheet is hidden"),
            Words("请取消隐藏，或指定要读的工作表", "unhide the sheet, or name the one to read"),
        )
    found: list[tuple[float, Grid, Header]] = []
    for rank, name in enumerate(names):
        grid = book.grid(name)
        header = find_header(grid, mapping)
        if header:
            preferred = 2.0 if mapping and name == mapping.sheet else 0.0
            filled = len(grid.rows) > header.last + 1
            found.append((header.score + preferred + (3.0 if filled else 0.0) - rank * 1e-3, grid, header))
    if not found:
        grid = book.grid(names[0])
        if not any(text_of(cell) for row in grid.rows for cell in row):
            raise SheetFault(
                "no_rows",
                Words("表里没有内容", "the sheet is empty"),
                Words("请检查选对了工作表", "check the sheet"),
                sheet=names[0],
            )
        raise SheetFault(
            "no_header",
            Words(
                "没有找到表头（如姓名、证件号码、联系电话）", "no header row was found (name, identity number, phone)"
            ),
            Words("请在名单上方补一行列名", "write the column names above the list"),
            sheet=names[0],
        )
    found.sort(key=lambda option: -option[0])
    _, grid, header = found[0]
    if len(found) > 1 and any(len(g.rows) > h.last + 1 for _, g, h in found[1:]):
        others = "、".join(g.name for _, g, _ in found[1:])
        notices.append(
            Notice(
                "other_sheets",
                Words(
                    f"还有像名单的工作表没有读：{others}", f"other sheets look like lists and were not read: {others}"
                ),
                grid.name,
            )
        )
    return grid, header, notices


def columns_of(grid: Grid, header: Header, mapping: SheetMapping | None) -> tuple[ColumnProposal, ...]:
    """What every column means: remembered first, by header second, by its cells third; one word, one column."""
    known = {bare(label): word for label, word in (mapping.columns if mapping else {}).items()}
    width = max([len(header.labels), *(len(row) for row in grid.rows[header.last + 1 : header.last + 200])])
    below = grid.rows[header.last + 1 : header.last + 201]
    guesses: list[ColumnProposal] = []
    for index in range(width):
        label = header.labels[index] if index < len(header.labels) else ""
        cells = [row[index] for row in below if index < len(row) and text_of(row[index])]
        label_now = label or (f"({_letter(index)})" if cells else "")
        if not label_now:
            continue
        word, sure, reason = word_of(_base(label)) if label else ("", 0.0, Words("没有列名", "no header"))
        if bare(label_now) in known and bare(label) not in map(bare, OURS):
            word, sure = known[bare(label_now)], 1.0
            reason = Words("这家单位以前这样对应", "remembered for this sender")
        elif not any(other in bare(label) for other in map(bare, OURS)):
            word, sure, reason = _by_cells(word, sure, reason, cells)
        samples = tuple(text_of(cell) for cell in cells[:_SAMPLES])
        guesses.append(ColumnProposal(index, _letter(index), label_now, word, sure, reason, samples))
    return _one_each(guesses)


def _by_cells(word: str, sure: float, reason: Words, cells: Sequence[Cell]) -> tuple[str, float, Words]:
    if not cells:
        return word, sure, reason
    texts = [text_of(cell) for cell in cells]
    ids = sum(_is_resident(text) for text in texts) / len(texts)
    phones = sum(bool(re.fullmatch(r"(?:\+?86)?1[3-9]\d{9}", re.sub(r"[\s-]", "", t))) for t in texts) / len(texts)
    if word == "serial" and ids > 0.6:
        word = ""  # «编号» above identity numbers
    if not word and reason.en == "it speaks of somebody or something else":
        return word, sure, reason
    if not word and ids > 0.6:
        return "id_number", 0.6, Words("内容像身份证号", "its cells look like identity numbers")
    if not word and phones > 0.6:
        return "phone", 0.5, Words("内容像手机号", "its cells look like mobile numbers")
    if word == "id_number" and phones > 0.6:
        return "phone", 0.5, Words("表头说证件号，内容像手机号", "headed as identity number, but its cells are phones")
    if word == "phone" and ids > 0.6:
        return (
            "id_number",
            0.5,
            Words("表头说电话，内容像身份证号", "headed as phone, but its cells are identity numbers"),
        )
    return word, sure, reason


def _is_resident(text: str) -> bool:
    return len(text) == 18 and terms.is_resident_number(text.upper())


def _one_each(guesses: list[ColumnProposal]) -> tuple[ColumnProposal, ...]:
    """Leave each word to its surest column; a second phone becomes another phone, other losers are left alone."""
    best: dict[str, ColumnProposal] = {}
    for guess in guesses:
        if guess.word and (guess.word not in best or guess.confidence > best[guess.word].confidence):
            best[guess.word] = guess
    settled = []
    for guess in guesses:
        word, reason = guess.word, guess.reason
        if word and word not in MANY and best[word] is not guess:
            if word == "phone":
                word, reason = "other_phones", Words("第二个电话列", "a second column of phones")
            else:
                shown = WORDS[word]
                reason = Words(f"已有另一列是“{shown.zh}”", f"another column is the {shown.en}")
                word = ""
        settled.append(
            ColumnProposal(
                guess.index, guess.letter, guess.label, word, guess.confidence if word else 0.0, reason, guess.samples
            )
        )
    return tuple(settled)


def propose_in(book: Book, mapping: SheetMapping | None, sheet: str | None) -> Proposal:
    """How the file would be read; see `propose`."""
    grid, header, notices = choose(book, mapping, sheet)
    columns = columns_of(grid, header, mapping)
    samples = []
    for number in range(header.last + 1, min(header.last + 60, len(grid.rows))):
        cells = [text_of(cell) for cell in grid.rows[number]]
        if any(plain(cell) for cell in cells):
            samples.append((number + 1, tuple(cells[c.index] if c.index < len(cells) else "" for c in columns)))
        if len(samples) == _SAMPLES:
            break
    return Proposal(
        kind=book.kind,
        sheet=grid.name,
        first_header_row=header.first + 1,
        last_header_row=header.last + 1,
        columns=columns,
        samples=tuple(samples),
        notices=(*book.notices_of(grid.name), *notices),
        key=mapping.key if mapping else "",
    )


def _letter(index: int) -> str:
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
