"""Brings the application up for a command: the database runs, the tables are current, Django is ready."""

import gc
import os
from collections.abc import Callable
from typing import Any

from bihuan.cli._frame import Unusable


def open_app(*, migrate: bool | None = None) -> None:
    """Make models and flows usable. The embedded database is started and migrated by itself; a server's tables are
    changed only by `bihuan migrate` (`migrate=True`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
    from bihuan.config import database

    try:
        database.address()
    except database.NoDatabase as fault:
        raise Unusable(str(fault)) from None
    import django

    django.setup()
    from django.db import Error

    from bihuan.config import schema

    try:
        if migrate or (migrate is None and "DATABASE_URL" not in os.environ and not schema.is_current()):
            schema.migrate()
        elif migrate is None and not schema.is_current():
            raise Unusable("the tables are older than this program", mend="run: bihuan migrate")
    except Error as fault:
        raise Unusable(
            f"the database cannot be used: {str(fault).splitlines()[0]}", mend="check DATABASE_URL"
        ) from None
    gc.collect()
    gc.freeze()  # code and tables stay for good: a collector that walks them again and again takes a tenth of a command


def member_named(username: str) -> Any:
    """The account a command acts as."""
    from bihuan.ledgers.staff import reads as staff_reads

    who = staff_reads.member_named(username)
    if who is None:
        raise Unusable(f"there is no account «{username}»", mend="name one with --as; `bihuan demo` makes some")
    return who


def asks_for_member(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--as ACCOUNT`: in whose name the command acts; the journal says so."""
    import click

    return click.option(
        "--as", "username", default=lambda: os.environ.get("BIHUAN_AS", ""), help="The account that acts (BIHUAN_AS)."
    )(function)
