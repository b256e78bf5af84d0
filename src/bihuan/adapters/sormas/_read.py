"""A SORMAS file as records in our words; every row is taken or given back with its reason."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bihuan.adapters.linelists import (
    ERROR,
    Days,
    ListFault,
    Reading,
    Record,
    Rejected,
    Words,
    build,
    is_blank,
    type_of,
    warnings,
)
from bihuan.adapters.linelists._mapped import HIDDEN
from bihuan.adapters.sormas._columns import ALSO, CODES, ENTITIES, IDS, MAIN, PATHS, disease_of, name_of


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListFault(
        Words("不是文本", "not a text file"), Words("请从SORMAS重新导出CSV", "export the CSV from SORMAS again")
    )


def _rows(path: Path) -> tuple[list[list[str]], str]:
    text = _text(path)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = ";" if first.count(";") > first.count(",") else ","
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)], delimiter


def is_ours(path: Path) -> bool:
    """Whether a file begins with SORMAS's row of entities."""
    if path.suffix.lower() != ".csv":
        return False
    try:
        rows, _delimiter = _rows(path)
    except (ListFault, csv.Error):
        return False
    return bool(rows) and bool(set(filter(None, rows[0]))) and set(filter(None, rows[0])) <= ENTITIES | {ERROR}


def read(path: Path, kind: str, *, today: date, dates: str = "") -> Reading:
    """Read cases, contacts, visits (`followups`) or samples (`labs`). dates: `dmy` or `mdy` where it is known.

    For `labs` one record is one sample with one test: a row with three blocks reads as three.
    Raises ListFault for a file without SORMAS columns.
    """
    if kind not in MAIN:
        raise ListFault(
            Words("SORMAS没有轨迹表", "SORMAS has no table of stays"), Words("请用 --format csv", "use --format csv")
        )
    rows, delimiter = _rows(path)
    if not rows:
        raise ListFault(Words("文件是空的", "the file is empty"), Words("请检查文件", "check the file"))
    has_entities = set(filter(None, rows[0])) <= ENTITIES | {ERROR} and any(rows[0])
    head = 1 if has_entities else 0
    paths = rows[head] if len(rows) > head else []
    captions = [at for at, row in enumerate(rows) if at > head and row and row[0].startswith("##")]
    words = {**{p: w for w, p in PATHS[kind].items()}, **ALSO[kind]}
    if not set(paths) & (set(words) | {"person.firstName", "person.lastName"}):
        raise ListFault(
            Words("没有SORMAS的列", "there are no SORMAS columns"),
            Words("第二行应是字段路径，如person.firstName", "the second row names fields, like person.firstName"),
            row=head + 1,
        )
    last = max([head, *captions])
    data = [(at + 1, row) for at, row in enumerate(rows) if at > last and any(row)]
    heads = rows[: last + 1]
    cells = dict(data)
    rejected: list[Rejected] = []
    if not has_entities and not captions:
        # its first row is gone, or the data slipped up by one: guessing would file persons under the wrong heading
        rejected = [
            Rejected(
                number, "", Words("缺少第一行（实体名）", "the first header row (CaseData, Contact …) is missing"),
                Words("请补上该行", "put it back above the field names"),
            )
            for number, _row in data
        ]  # fmt: skip
        return Reading(kind, "sormas", heads, cells, [], rejected, {}, (), "", delimiter)
    entities = rows[0] if has_entities else [MAIN[kind]] * len(paths)
    dated = [at for at, p in enumerate(paths) if p in words and type_of(kind, words[p]) in ("date", "time")]
    days = Days.of((row[at] for _n, row in data for at in dated if at < len(row)), dates)
    records: list[Record] = []
    unused: dict[str, int] = {}
    for number, row in data:
        filled = [
            (entities[at] if at < len(entities) else "", p, row[at])
            for at, p in enumerate(paths)
            if at < len(row) and row[at] and p != ERROR
        ]
        for part in _labs(filled) if kind == "labs" else [filled]:
            found = _record(kind, number, part, words, days, today, unused)
            if isinstance(found, Record):
                records.append(found)
            else:
                rejected.append(found)
    notices = list(warnings(kind, records))
    if not days.is_sure and any("/" in row[at] or "." in row[at] for _n, row in data for at in dated if at < len(row)):
        notices.append(
            Words(
                "日期按日在前读取；若是月在前，请加 --dates mdy",
                "days were read with the day first; say --dates mdy if not",
            )
        )
    return Reading(kind, "sormas", heads, cells, records, rejected, unused, notices, "", delimiter)


def _labs(filled: Sequence[tuple[str, str, str]]) -> list[list[tuple[str, str, str]]]:
    """The samples of one row, each with one of its tests: a block begins where one of its columns comes again."""
    person = [cell for cell in filled if cell[0] not in ("Sample", "PathogenTest")]
    blocks: list[tuple[list[tuple[str, str, str]], list[list[tuple[str, str, str]]]]] = []
    for cell in filled:
        if cell[0] == "Sample":
            if not blocks or any(p == cell[1] for _e, p, _t in blocks[-1][0]):
                blocks.append(([], []))
            blocks[-1][0].append(cell)
        elif cell[0] == "PathogenTest" and blocks:
            tests = blocks[-1][1]
            if not tests or any(p == cell[1] for _e, p, _t in tests[-1]):
                tests.append([])
            tests[-1].append(cell)
    return [[*person, *sample, *test] for sample, tests in blocks for test in tests or [[]]]


def _record(
    kind: str,
    number: int,
    filled: Sequence[tuple[str, str, str]],
    words: Mapping[str, str],
    days: Days,
    today: date,
    unused: dict[str, int],
) -> Record | Rejected:
    own: dict[str, str] = {}
    cells: list[tuple[str, str, str]] = []
    kept: dict[str, str] = {}
    more: dict[str, Any] = {}
    symptoms: list[str] = []
    for _entity, path, said in filled:
        text = said.removeprefix("'")  # office programs save +49 as '+49
        own.setdefault(path, text)
        word = words.get(path)
        if path in IDS.get(kind, ()):
            continue
        if word == "disease":
            more["disease"] = disease_of(text)
            kept[path] = text
        elif word is not None:
            cells.append((word, path, text))
        else:
            kept[path] = text
            if path.startswith("symptoms.") and text.upper() == "YES":
                symptoms.append(path.removeprefix("symptoms."))
            elif not path.startswith(("person.firstName", "person.lastName", "person.birthdate", "symptoms.")):
                unused[path] = unused.get(path, 0) + 1
    named = [path for path in IDS.get(kind, ()) if own.get(path)]
    if named:
        cells.append(("external_id", named[0], own[named[0]]))
        kept[HIDDEN + "id"] = named[0]
        kept |= {path: own[path] for path in named[1:]}
        if len(named) > 1:
            more["alias"] = own[named[-1]]
    name = name_of(own.get("person.firstName", ""), own.get("person.lastName", ""))
    if name:
        cells.append(("name", "person.lastName", name))
    born = [own.get(f"person.birthdate{part}", "") for part in ("YYYY", "MM", "DD")]
    if all(born):
        cells.append(("birth_date", "person.birthdateYYYY", "-".join(part.zfill(2) for part in born)))
    address = " ".join(
        own[path]
        for part in ("region", "district", "community", "city", "street", "houseNumber")
        if not is_blank(own.get(path := f"person.address.{part}", ""))
    )
    if address and kind in ("linelist", "contacts"):
        cells.append(("address", "person.address.city", address))
    codes = CODES[kind]

    def decode(word: str, text: str) -> str | None:
        return codes[word].read(text) if word in codes else None

    def spell(word: str, value: str) -> str:
        return codes[word].ours.get(value, "") if word in codes else value

    found = build(kind, number, cells, kept, days, today=today, decode=decode, spell=spell)
    if isinstance(found, Rejected):
        return found
    values = {**found.values, **more}
    if kind == "linelist" and symptoms:
        values["symptoms"] = symptoms
    if kind == "followups" and own.get("symptoms.symptomatic", "").upper() in ("YES", "TRUE"):
        values["outcome"] = "seen_not_ok"
    return Record(number, values, found.kept)
