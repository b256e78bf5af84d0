"""What `import` and `export` share: the formats that are installed, and who acts."""

import importlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from bihuan.cli._frame import Unusable

KINDS = ("linelist", "contacts", "followups", "labs", "visits")
SYSTEMS = ("sormas", "godata")
RIGHT = {
    "linelist": "import_linelist", "contacts": "import_contacts", "followups": "import_followups",
    "labs": "import_labs", "visits": "import_visits",
}  # fmt: skip


def adapter(name: str) -> ModuleType | None:
    """A system's adapter, or None where its folder was taken out."""
    try:
        return importlib.import_module(f"bihuan.adapters.{name}")
    except ModuleNotFoundError as fault:
        if fault.name != f"bihuan.adapters.{name}":
            raise
        return None


def format_of(path: Path, said: str) -> str:
    """The format a file is in: as said, else by its columns; a plain table where it is no system's."""
    if said:
        if said != "csv" and adapter(said) is None:
            raise Unusable(f"the adapter {said} is not installed", mend="put adapters/" + said + " back, or use csv")
        return said
    for name in SYSTEMS:
        module = adapter(name)
        if module is not None and module.is_ours(path):
            return name
    return "csv"


def actor(username: str, right: str, now: datetime) -> Any:
    """The account that acts: as named, else the only county's first one that holds the right."""
    from bihuan.cli._app import member_named
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.choices import VERBS
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    if username:
        return member_named(username).id
    whole = Scope(EVERYWHERE)
    roles = [role for role, verbs in VERBS.items() if right in verbs]
    with scoped(whole):
        held = staff_reads.postings(whole, now).filter(post__role__in=roles, member__is_active=True)
        counties: dict[str, list[Any]] = {}
        for posting in held:
            county = territory_reads.county_of(posting.path)
            if county:
                counties.setdefault(county.code, []).append(posting)
    if not counties:
        raise Unusable("no account may do this", mend="run `bihuan demo`, or name somebody to a post")
    if len(counties) > 1:
        raise Unusable(f"accounts of {len(counties)} counties may do this", mend="name one with --as")
    (there,) = counties.values()
    return min(there, key=lambda p: (p.post.role != "tracer", p.post.rank, p.member.username)).member_id


def perform(verb: str, args: Mapping[str, Any], who: Any, now: datetime, *, file: Path | None = None) -> dict[str, Any]:
    """Do the act; its result. Raises Unusable when it is refused or the database cannot be used."""
    from django.db import Error
    from django.utils import translation

    from bihuan.loop import door

    try:
        with translation.override("en"):
            done = door.perform(verb, args, by=who, at=now, recorded_at=now, device="cli")
    except Error as fault:
        raise Unusable(
            f"the database could not be used: {str(fault).splitlines()[0]}", file=file,
            mend="nothing was recorded; run the command again",
        ) from None  # fmt: skip
    if done.status == "refused":
        raise Unusable(done.reason, file=file)
    return dict(done.result or {})
