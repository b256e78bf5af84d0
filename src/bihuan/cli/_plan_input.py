"""The file a plan is made from: YAML with sections, or a table that is one of them; faults name line and field."""

import contextlib
import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from bihuan.cli._frame import Unusable

T = TypeVar("T")


class Input:
    """One file of numbers: YAML with sections, or a table that is one of them. What nobody asks for is a fault."""

    def __init__(self, path: Path, settings: Sequence[str], *, rows: str) -> None:
        self.path = path
        self._lines: dict[int, int] = {}
        if path.suffix.lower() in (".yaml", ".yml"):
            self._data = _yaml(path)
        else:
            from bihuan.cli._tables import read_table

            records = read_table(path, text=("name",)).to_pylist()
            self._lines = {id(record): at for at, record in enumerate(records, 2)}
            self._data = {rows: records}
        for setting in settings:
            name, equals, value = setting.partition("=")
            try:
                self._data[name.strip()] = float(value)
            except ValueError:
                equals = ""
            if not equals:
                raise Unusable(f"--set {setting} is not NAME=NUMBER", mend="write --set hours=8")
        self._left = set(self._data)

    def take(self, name: str, default: Any) -> Any:
        self._left.discard(name)
        return self._data.get(name, default)

    def number(self, name: str, default: float | None) -> Any:
        value = self.take(name, default)
        if value is not None and not is_number(value):
            raise Unusable(f"{name} is «{value}», not a number", file=self.path, mend=f"write {name}: 1")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if value != int(value):
            raise Unusable(f"{name} is {value}, not a whole number", file=self.path, mend="round it")
        return int(value)

    def values(self, name: str, kind: type[T], *, optional: bool = False) -> list[T]:
        """The section as values of this kind; names must differ where the kind has one."""
        records = self.take(name, None)
        if records is None and optional:
            return []
        if not isinstance(records, list) or not records:
            raise Unusable(f"{name} is not a list with at least one entry", file=self.path, mend="see --help")
        return self.typed(records, name, kind)

    def typed(self, records: Sequence[Any], name: str, kind: type[T]) -> list[T]:
        """Each record as a value of this kind; faults name the line and the field."""
        hints = get_type_hints(kind)
        fields = {f.name.rstrip("_"): f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        made: list[T] = []
        seen: set[Any] = set()
        for at, record in enumerate(records, 1):
            row = self._lines.get(id(record)) or (record.lc.line + 1 if hasattr(record, "lc") else None)
            if not isinstance(record, Mapping):
                raise Unusable(f"{name} {at} has no fields", file=self.path, row=row, mend="see --help")
            values = {}
            for key, value in record.items():
                if key not in fields:
                    known = ", ".join(fields)
                    raise Unusable("unknown field", file=self.path, row=row, column=str(key), mend=f"known: {known}")
                if value is not None:
                    values[fields[key].name] = self._cell(value, hints[fields[key].name], row, str(key))
            for key, field in fields.items():
                if field.default is dataclasses.MISSING and field.name not in values:
                    raise Unusable(f"{name} {at} has no {key}", file=self.path, row=row, column=key, mend="fill it in")
            if "name" in values and values["name"] in seen:
                raise Unusable(f"«{values['name']}» is there twice", file=self.path, row=row, mend="rename one")
            seen.add(values.get("name"))
            made.append(kind(**values))
        return made

    def _cell(self, value: Any, hint: Any, row: int | None, column: str) -> Any:
        if hint is str:
            return str(value)
        if isinstance(value, str):
            # One bad cell makes its whole column text: the good ones are still numbers.
            with contextlib.suppress(ValueError):
                value = float(value)
        if not is_number(value):
            raise Unusable(f"«{value}» is not a number", file=self.path, row=row, column=column, mend="write a number")
        if hint is int:
            if value != int(value):
                raise Unusable(f"«{value}» is not whole", file=self.path, row=row, column=column, mend="round it")
            return int(value)
        return float(value)

    def nothing_left(self) -> None:
        if self._left:
            raise Unusable(f"nothing here is called {', '.join(sorted(self._left))}", file=self.path, mend="see --help")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _yaml(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        found = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise Unusable(f"cannot be read ({fault})", file=path, mend="check the path; YAML is UTF-8") from None
    except MarkedYAMLError as fault:
        row = fault.problem_mark.line + 1 if fault.problem_mark else None
        raise Unusable(f"not YAML ({fault.problem})", file=path, row=row, mend="see --help") from None
    except YAMLError as fault:
        raise Unusable(f"not YAML ({fault})", file=path, mend="see --help") from None
    if not isinstance(found, dict):
        raise Unusable("the file holds no names and values", file=path, mend="see --help")
    return found
