"""What every command shares: one JSON object out, words to stderr, one line for input that cannot be used."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

DEFAULT_ZONE = "Asia/Shanghai"


class Unusable(Exception):
    """The call or the input cannot be used (exit 2). Says what, where, and how to mend it, on one line."""

    def __init__(
        self,
        what: str,
        *,
        file: str | Path | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | int | None = None,
        mend: str = "",
    ) -> None:
        where = [str(file) if file else "", f"sheet {sheet}" if sheet else "", f"row {row}" if row else ""]
        where.append(f"column {column}" if column else "")
        place = ", ".join(w for w in where if w)
        line = f"{place}: {what}" if place else what
        super().__init__(" ".join(f"{line}{'; ' + mend if mend else ''}".split()))


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`: one JSON object on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(function)


def say(words: str) -> None:
    """Words for the person at the terminal: stderr, so that stdout stays machine-readable."""
    click.echo(words, err=True)


def answer(value: dict[str, Any], *, as_json: bool, words: str = "") -> None:
    """Print the result: one JSON object, or the words for a person."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    else:
        click.echo(words or "\n".join(f"{k}: {v}" for k, v in value.items()))


def instant(text: str, zone: str = DEFAULT_ZONE) -> datetime:
    """Read an ISO 8601 time; without an offset it is read in `zone` (Asia/Shanghai unless `--tz` says otherwise)."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"«{text}» is not a time", mend="write it like 2022-07-01T08:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
