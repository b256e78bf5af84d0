"""The superior's list of risk areas, from any sheet: which areas, which level, from when, and what could not be read.

    >>> found = risk_lists.read(Path("list.xlsx"), received_on=date(2022, 7, 2))
    >>> found.rows_read == len(found.areas) + len(found.rejected) + found.repeated
    True
"""  # fmt: skip

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.adapters.spreadsheets import Book, File, SheetFault, Words
from bihuan.adapters.spreadsheets._dates import read_moment
from bihuan.loop.flows.load_risk_areas import RiskAreaTold

# What a column is, by the words in its heading. The first that fits wins.
_COLUMNS = (
    ("code", ("区划代码", "行政区划", "代码", "code")),
    ("level", ("风险等级", "等级", "级别", "风险级别", "level", "risk")),
    ("until", ("解除", "结束", "截止", "until", "end")),
    ("since", ("起始", "开始", "调整时间", "生效", "划定", "since", "from", "start")),
    (
        "part",
        ("省", "市", "区", "县", "街道", "乡镇", "社区", "小区", "地址", "名称", "范围", "area", "place", "name", "address"),
    ),
)  # fmt: skip
_LEVELS = (("high", ("高", "high")), ("medium", ("中", "medium", "middle")), ("low", ("低", "low")))
_LOOKED_AT_ROWS = 30


@dataclass(frozen=True)
class RiskReading:
    """What a list says. Every row below the header is in `areas`, or in `rejected` with its reason, or `repeated`."""

    areas: tuple[RiskAreaTold, ...]
    rejected: tuple[dict[str, Any], ...]
    repeated: int
    rows_read: int
    sheet: str
    content_hash: str


def read(file: File | Book, *, received_on: date | None = None) -> RiskReading:
    """The areas of a list. A level may stand in a column, or over the rows as a line of its own («一、高风险区»).

    Raises SheetFault, with words in both languages, where no sheet has a column of areas.
    """
    book = file if isinstance(file, Book) else Book(file)
    for name in book.visible():
        rows = book.grid(name).rows
        for at, row in enumerate(rows[:_LOOKED_AT_ROWS]):
            columns = _columns(row)
            is_headed = "level" in columns.values() or (_filled_cells(row) > 1 and any(map(_heading, rows)))
            if "part" in columns.values() and is_headed:
                return _read(rows[at + 1 :], columns, at + 2, name, received_on)
    raise SheetFault(
        "no_header",
        Words("表中没有“地区”和“风险等级”这样的栏目", "no columns like «area» and «risk level» were found"),
        Words(
            "请保留表头一行，例如：地区、风险等级、起始时间",
            "keep one header row, for example: area, risk level, since",
        ),
    )


def _columns(row: list[Any]) -> dict[int, str]:
    """What each column is, from a row that may be the header."""
    found: dict[int, str] = {}
    for at, cell in enumerate(row):
        text = str(cell or "").strip().lower()
        if not text or len(text) > 20:
            continue
        for meaning, words in _COLUMNS:
            if any(w in text for w in words) and (meaning == "part" or meaning not in found.values()):
                found[at] = meaning
                break
    return found


def _read(
    rows: list[list[Any]], columns: dict[int, str], first: int, sheet: str, received_on: date | None
) -> RiskReading:
    areas: dict[str, RiskAreaTold] = {}
    rejected: list[dict[str, Any]] = []
    repeated = read_ = 0
    heading = ""  # the level a line of its own announced
    before: list[str] = []  # merged cells: a province stands only in the first of its rows
    parts_at = [at for at, meaning in columns.items() if meaning == "part"]
    for number, row in enumerate(rows, start=first):
        cells = [str(c).strip() if c is not None else "" for c in row]
        if not any(cells):
            continue
        if _heading(row):
            heading = _heading(row)
            continue
        read_ += 1
        at_ = {meaning: at for at, meaning in columns.items() if meaning != "part"}
        parts = [cells[at] if at < len(cells) else "" for at in parts_at]
        if len(parts) > 1 and before and parts[-1]:
            parts = _filled(parts, before)
        name = "".join(_without_repeats(parts))
        said = cells[at_["level"]] if "level" in at_ and at_["level"] < len(cells) else ""
        level = _level(said) or (heading if not said else "")
        if not name:
            rejected.append(_fault(number, "地区", "没有写地区", "the area is missing"))
            continue
        if not level:
            words = said or "空"
            zh, en = f"等级“{words}”不认识，应为高、中或低", f"level «{said}» is not high, medium or low"
            rejected.append(_fault(number, "风险等级", zh, en))
            continue
        times = {}
        for key in ("since", "until"):
            cell = row[at_[key]] if key in at_ and at_[key] < len(row) else None
            moment = read_moment(cell, received_on) if cell not in (None, "") else None
            if cell not in (None, "") and moment is None:
                rejected.append(_fault(number, "时间", f"时间“{cell}”看不懂", f"the time «{cell}» cannot be read"))
                break
            times[key] = (moment.begin() if key == "since" else moment.end()) if moment else None
        else:
            before = parts
            code = re.sub(r"\.0$", "", cells[at_["code"]]) if "code" in at_ and at_["code"] < len(cells) else ""
            if name in areas:
                repeated += 1
                if areas[name].level != level:
                    zh, en = f"“{name}”前面已列为另一等级", f"«{name}» stands above with another level"
                    rejected.append(_fault(number, "地区", zh, en))
                    repeated -= 1
                continue
            areas[name] = RiskAreaTold(name=name, level=level, code=code if code.isdigit() else "", **times)
    told = sorted((a.name, a.level, str(a.since), str(a.until)) for a in areas.values())
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    return RiskReading(tuple(areas.values()), tuple(rejected), repeated, read_, sheet, digest)


def _filled_cells(row: list[Any]) -> int:
    return sum(bool(str(c).strip()) for c in row if c is not None)


def _heading(row: list[Any]) -> str:
    """The level that a line of its own announces for the rows below it («一、高风险区»), or nothing."""
    told = [str(c).strip() for c in row if c is not None and str(c).strip()]
    return _level(told[0]) if len(told) == 1 and "风险" in told[0] and len(told[0]) <= 20 else ""


def _level(text: str) -> str:
    lowered = text.lower()
    return next((level for level, words in _LEVELS if any(w in lowered for w in words)), "")


def _filled(parts: list[str], before: list[str]) -> list[str]:
    """The row with the cells that stand only once above a merged block."""
    first = next(i for i, p in enumerate(parts) if p)
    return [*before[:first], *parts[first:]] if first else parts


def _without_repeats(parts: list[str]) -> list[str]:
    """Each part once where the finer one already begins with the wider (上海市, 上海市浦东新区 …)."""
    kept: list[str] = []
    for part in parts:
        joined = "".join(kept)
        kept.append(part[len(joined) :] if joined and part.startswith(joined) else part)
    return kept


def _fault(row: int, column: str, zh: str, en: str) -> dict[str, Any]:
    return {"row": row, "column": column, "zh": zh, "en": en}
