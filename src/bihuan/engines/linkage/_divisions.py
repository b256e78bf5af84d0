"""Official division tables become one tree of codes, from the province down to the building.

The statistical division codes of the National Bureau of Statistics (统计用区划代码) have 12 digits:
2 province, 2 city, 2 county, 3 township, 3 village. Tables write them short (13, 1304, 130430 …) or padded
with zeros (130430000000). Both shapes are read here; grids and buildings hang below the village by a suffix.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["province", "city", "county", "township", "village", "grid", "building"]
LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "village", "grid", "building")

_LEVEL_BY_LENGTH: dict[int, Level] = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
_ZEROS_TO_LENGTH = ((10, 2), (8, 4), (6, 6), (3, 9))
_DEEP = re.compile(r"(?P<village>\d{12})(?P<grid>g\d{2,4})?(?P<building>b\d{2,4})?", re.ASCII)

CODE_COLUMNS = ("统计用区划代码", "区划代码", "行政区划代码", "代码", "code")
NAME_COLUMNS = ("名称", "区划名称", "单位名称", "name")
PARENT_COLUMNS = (
    "上级代码",
    "父级代码",
    "parent_code",
    "parent",
    "streetCode",
    "areaCode",
    "cityCode",
    "provinceCode",
)
CLASS_COLUMNS = ("城乡分类代码", "城乡分类", "urban_rural")

_Columns = tuple[str, str, tuple[str, ...], str | None]


@dataclass(frozen=True, slots=True)
class Division:
    """One unit of the tree: its short code, name, level, parent and kind.

    `code` has 2, 4, 6, 9 or 12 digits; below the village `g01` and `b03` suffixes follow. `kind` is
    镇 乡 街道 for townships, 社区 村 for villages, 省 市 区 县 旗 above, otherwise "other".
    `urban_rural` is the bureau's class code (111 main urban … 220 village) where the table gives one.
    """

    code: str
    name: str
    level: Level
    parent_code: str | None
    kind: str
    urban_rural: str | None = None


@dataclass(frozen=True, slots=True)
class DivisionFault:
    """Where a division table cannot be read, and how to mend it; `row` counts as a spreadsheet does."""

    row: int
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class DivisionTable:
    """What was read from one or several tables: divisions in code order, faults in row order."""

    divisions: tuple[Division, ...]
    faults: tuple[DivisionFault, ...]


def short_code(code: str) -> str:
    """The code without its padding zeros: 130430000000 and 130430 both become 130430.

    Raises ValueError, saying what is wrong, when the text is no division code.
    """
    text = code.strip()
    deep = _DEEP.fullmatch(text)
    if deep and (deep["grid"] or deep["building"]):
        return text
    if not (text.isascii() and text.isdigit()):
        raise ValueError("a division code has digits only; format the column as text")
    if len(text) == 12:
        for zeros, length in _ZEROS_TO_LENGTH:
            if text.endswith("0" * zeros):
                return _no_empty_code(text[:length])
        return text
    if len(text) == 9:
        return short_code(text + "000")
    if len(text) == 6:
        return short_code(text + "000000")
    if len(text) in (2, 4):
        return _no_empty_code(text)
    raise ValueError(f"a division code has 2, 4, 6, 9 or 12 digits, this one has {len(text)}")


def _no_empty_code(code: str) -> str:
    if code == "00" * (len(code) // 2):
        raise ValueError("a division code cannot be all zeros")
    return code


def level_of(code: str) -> Level:
    """The level a code stands for, told from its shape alone."""
    short = short_code(code)
    deep = _DEEP.fullmatch(short)
    if deep and deep["building"]:
        return "building"
    if deep and deep["grid"]:
        return "grid"
    return _LEVEL_BY_LENGTH[len(short)]


def parent_of(code: str) -> str | None:
    """The code one level up, or None for a province.

    A city without counties (东莞 4419, 中山 4420 …) holds its townships itself: 441900003 belongs to 4419.
    """
    short = short_code(code)
    deep = _DEEP.fullmatch(short)
    if deep and (deep["grid"] or deep["building"]):
        return deep["village"] + (deep["grid"] or "" if deep["building"] else "")
    if len(short) == 12:
        return short[:9]
    if len(short) == 9:
        return short[:4] if short[4:6] == "00" else short[:6]
    return short[:-2] or None


def ancestors_of(code: str) -> tuple[str, ...]:
    """The codes above this one, from the province down; the code itself is not among them."""
    up: list[str] = []
    above = parent_of(code)
    while above is not None:
        up.append(above)
        above = parent_of(above)
    return tuple(reversed(up))


def path_of(code: str) -> str:
    """The scope path of a code: /13/1304/130430/130430100/130430100001/, grids and buildings as g01/b03/.

    One area lies inside another exactly when its path starts with the other's path.
    """
    short = short_code(code)
    deep = _DEEP.fullmatch(short)
    if deep and (deep["grid"] or deep["building"]):
        tail = [part for part in (deep["grid"], deep["building"]) if part]
        return path_of(deep["village"]) + "".join(f"{part}/" for part in tail)
    return "/" + "".join(f"{part}/" for part in (*ancestors_of(short), short))


def code_of_path(path: str) -> str:
    """The code a scope path ends in: the way back from `path_of`."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        raise ValueError("an empty path stands for the whole country and has no code")
    digits = [part for part in parts if part[0].isdigit()]
    return digits[-1] + "".join(part for part in parts if not part[0].isdigit())


def kind_of(code: str, name: str) -> str:
    """Whether a unit is a 镇 乡 街道, a 社区 or 村, told from its name and, where that is silent, its code.

    Village codes: 001–199 and 400–499 are residents' committees, 200–399 and 500–599 villagers' committees
    (rules of the bureau's code set).
    """
    level = level_of(code)
    if level == "village":
        if name.endswith(("社区", "居委会", "居民委员会")):
            return "社区"
        if name.endswith(("村", "村委会", "村民委员会")):
            return "村"
        return {"0": "社区", "1": "社区", "4": "社区", "2": "村", "3": "村", "5": "村"}.get(code[9], "other")
    if level == "township":
        if name.endswith("镇"):
            return "镇"
        if name.endswith(("乡", "苏木")):
            return "乡"
        return "街道" if name.endswith(("街道", "办事处")) else "other"
    if level == "province":
        return "市" if name.endswith("市") else "省"
    if level in ("city", "county"):
        return name[-1] if name[-1:] in ("市", "区", "县", "旗", "州", "盟") else "other"
    return "other"


def read_divisions(rows: Iterable[Mapping[str, object]], *, first_row: int = 2) -> DivisionTable:
    """The divisions of one table whose rows are mappings from column name to text.

    `first_row` is the number of the first data row as a spreadsheet shows it, for the faults. The code and
    name columns may be called as in CODE_COLUMNS and NAME_COLUMNS; the parent column is optional and only
    checked, because the code itself says where a unit lies. Rows repeating a code and its name are merged.
    """
    found: dict[str, Division] = {}
    faults: list[DivisionFault] = []
    columns: _Columns | None = None
    for number, row in enumerate(rows, first_row):
        if columns is None:
            chosen = _columns(tuple(str(key) for key in row))
            if isinstance(chosen, DivisionFault):
                return DivisionTable((), (chosen,))
            columns = chosen
        _read_row(row, number, columns, found, faults)
    return DivisionTable(tuple(found[code] for code in sorted(found)), tuple(faults))


def read_division_csv(text: str) -> DivisionTable:
    """The divisions of one table given as CSV text with a header line (comma, tab or semicolon)."""
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=header.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    return read_divisions({str(k).strip(): v for k, v in row.items() if k} for row in reader)


def join_tables(tables: Iterable[DivisionTable]) -> DivisionTable:
    """One table out of several (provinces, cities, counties …): the first name of a code wins."""
    found: dict[str, Division] = {}
    faults: list[DivisionFault] = []
    for table in tables:
        faults.extend(table.faults)
        for division in table.divisions:
            found.setdefault(division.code, division)
    return DivisionTable(tuple(found[code] for code in sorted(found)), tuple(faults))


def missing_parents(divisions: Iterable[Division]) -> tuple[str, ...]:
    """The codes that units name as their parent but no row of the table describes, in order."""
    known = {d.code: d for d in divisions}
    return tuple(sorted({d.parent_code for d in known.values() if d.parent_code and d.parent_code not in known}))


def below(divisions: Iterable[Division], code: str, *, level: Level | None = None) -> tuple[Division, ...]:
    """The units inside an area, the area itself left out, of one level or of all, in code order."""
    root = path_of(code)
    inside = (d for d in divisions if path_of(d.code).startswith(root) and path_of(d.code) != root)
    return tuple(sorted((d for d in inside if level in (None, d.level)), key=lambda d: d.code))


def repeated_names(divisions: Iterable[Division]) -> dict[str, tuple[str, ...]]:
    """The names that several units of one level and county share, with their codes: the code is the key."""
    seen: dict[tuple[str, str, str], list[str]] = {}
    for division in divisions:
        seen.setdefault((division.code[:6], division.level, division.name), []).append(division.code)
    return {name: tuple(sorted(codes)) for (_, _, name), codes in seen.items() if len(codes) > 1}


def roll_up(counts: Mapping[str, int], *, levels: Sequence[Level] = LEVELS) -> dict[str, int]:
    """Counts per code summed into every area above: each area's total includes its own count.

    `counts` maps a code of any level to a number; only areas of the wanted `levels` are returned.
    """
    wanted = set(levels)
    total: dict[str, int] = {}
    for code, count in counts.items():
        for area in (*ancestors_of(code), short_code(code)):
            total[area] = total.get(area, 0) + count
    return {area: total[area] for area in sorted(total) if level_of(area) in wanted}


def grid_of(village: Division, number: int, *, name: str | None = None) -> Division:
    """The numbered grid (网格) below a village: its code is the village's plus g01, g02 …"""
    code = f"{village.code}g{number:02d}"
    return Division(code, name or f"第{number}网格", "grid", village.code, "other")


def building_of(above: Division, number: int, *, name: str | None = None) -> Division:
    """The numbered building (楼栋) below a grid or a village: its code is the parent's plus b01, b02 …"""
    code = f"{above.code}b{number:02d}"
    return Division(code, name or f"{number}号楼", "building", above.code, "other")


def _columns(header: tuple[str, ...]) -> _Columns | DivisionFault:
    by_plain = {name.strip().lstrip("\ufeff").lower(): name for name in header}

    def pick(wanted: Sequence[str]) -> list[str]:
        return [by_plain[name.lower()] for name in wanted if name.lower() in by_plain]

    code, name = pick(CODE_COLUMNS), pick(NAME_COLUMNS)
    shown = ", ".join(header)
    if not code:
        return DivisionFault(1, "code", f"no code column: name one of {', '.join(CODE_COLUMNS)}", shown)
    if not name:
        return DivisionFault(1, "name", f"no name column: name one of {', '.join(NAME_COLUMNS)}", shown)
    return code[0], name[0], tuple(pick(PARENT_COLUMNS)), next(iter(pick(CLASS_COLUMNS)), None)


def _read_row(
    row: Mapping[str, object],
    number: int,
    columns: _Columns,
    found: dict[str, Division],
    faults: list[DivisionFault],
) -> None:
    code_column, name_column, parent_columns, class_column = columns
    raw_code, name = _text(row.get(code_column)), _text(row.get(name_column))
    if not raw_code and not name:
        return
    try:
        code = short_code(raw_code)
    except ValueError as why:
        mend = "the code is missing" if not raw_code else str(why)
        faults.append(DivisionFault(number, code_column, mend, raw_code))
        return
    if not name:
        faults.append(DivisionFault(number, name_column, f"the name of {code} is missing", ""))
        return
    for column in parent_columns:
        named = _text(row.get(column))
        if not named:
            continue
        try:
            above = short_code(named)
        except ValueError as why:
            faults.append(DivisionFault(number, column, str(why), named))
            return
        # A city without counties repeats itself one level down (441900): it is its own parent in such tables.
        if above != code and above not in ancestors_of(code):
            faults.append(DivisionFault(number, column, f"{above} is not above {code}; correct one of the two", named))
            return
    urban_rural = _text(row.get(class_column)) if class_column else ""
    division = Division(code, name, level_of(code), parent_of(code), kind_of(code, name), urban_rural or None)
    before = found.get(code)
    if before is not None and before.name != name:
        mend = f"{code} is already {before.name}; one code names one unit"
        faults.append(DivisionFault(number, code_column, mend, raw_code))
        return
    found.setdefault(code, division)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip().lstrip("'")
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text
