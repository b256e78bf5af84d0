"""TELL: reports read everything, as of any hour, and write nothing. One report, one file.

A report file holds `title`, `summary` and `build(scope, as_of, …) -> Page`; the list of reports is the list of files.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table

__all__ = ["Column", "Page", "Report", "Section", "Table", "library", "report"]


@dataclass(frozen=True)
class Report:
    """One report of the library: its name in addresses and commands, its words, and how it is built."""

    name: str
    title: Any
    summary: Any
    build: Callable[..., Page]

    def __call__(self, scope: Scope, as_of: datetime, **params: Any) -> Page:
        return self.build(scope, as_of, **params)


def library() -> list[Report]:
    """Every report there is, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return [_load(name) for name in names]


def report(name: str) -> Report | None:
    """The report of this name."""
    return next((r for r in library() if r.name == name), None)


def _load(name: str) -> Report:
    module = importlib.import_module(f"{__name__}.{name}")
    return Report(name, module.title, module.summary, module.build)
