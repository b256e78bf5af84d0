"""`bihuan screen`: receive a pushed list, with a receipt in which every row is accounted for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._app import asks_for_member, member_named, open_app
from bihuan.cli._frame import Unusable, answer, json_option, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bihuan.adapters.spreadsheets import Book, Reading, SheetFault

COUNTS = ("duplicate_in_list", "matched", "created", "to_review")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="Who sent the list.")
@click.option("--purpose", required=True, help="What it was sent for.")
@click.option("--basis", required=True, help="The legal ground for receiving it.")
@click.option("--sheet", "key", default="", help="A sender we remember (sheets/KEY.yaml), or a sheet of the workbook.")
@asks_for_member
@json_option
def command(file: Path, source: str, purpose: str, basis: str, key: str, username: str, as_json: bool) -> int:
    """Receive a pushed list: read, match against everybody on record, route, dispatch; answer with the receipt.

    FILE is .xlsx, .xls or .csv (UTF-8 or GB 18030), as its sender wrote it. Without --as the first account that may
    receive lists in the only county acts. Rows that identify nobody are written, with reasons, to
    $BIHUAN_HOME/rejects/<list number>.xlsx, to be mended and sent again.

    \b
    JSON: {"list", "rows_read", "accepted", "rejected": [{"row", "column", "reason"}],
           "duplicate_in_list", "matched", "created", "to_review", "assigned", "due_at", "rejects_file"};
    rows_read = accepted + len(rejected); accepted = duplicate_in_list + matched + created + to_review.
    A list received before is not received again: {"list", "already_received": true, …} with the first receipt.

    Exit 0: every row was accepted. 1: rows were rejected, or the list was received before. 2: nothing was received.

    \b
    Example:
      bihuan screen pushed.xlsx --source 省卫健委 --purpose 密接排查 --basis 传染病防治法第三十九条 --json
    """
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from bihuan.cli._frame import DEFAULT_ZONE

    if not (source.strip() and purpose.strip() and basis.strip()):
        raise Unusable("source, purpose and basis must be said", mend="fill --source, --purpose and --basis")
    if not file.is_file():
        raise Unusable("no such file", file=file, mend="check the path")
    open_app()
    from bihuan.adapters import pushed_lists, spreadsheets

    now = datetime.now(UTC)
    try:
        book = spreadsheets.Book(file)
        proposal = _proposal(book, file, source, key)
        reading = spreadsheets.read_rows(book, proposal, received_on=now.astimezone(ZoneInfo(DEFAULT_ZONE)).date())
    except spreadsheets.SheetFault as fault:
        raise _unusable(file, fault) from None
    for notice in reading.notices:
        say(f"{file.name}: {notice.words.en}")
    given = pushed_lists.incoming(reading).arguments(source=source, purpose=purpose, basis=basis, file_name=file.name)
    receipt, is_first = _receive(given, username, now, file)
    return _tell(receipt, reading, is_first=is_first, as_json=as_json)


def _proposal(book: "Book", file: Path, source: str, key: str) -> Any:
    """How the file is read: as its sender is remembered, else by its headers."""
    from bihuan.adapters import pushed_lists, spreadsheets
    from bihuan.config import database

    try:
        known = spreadsheets.mappings(database.home() / "sheets")
    except ValueError as fault:
        raise Unusable(str(fault), mend="mend or remove that file under $BIHUAN_HOME/sheets") from None
    if key in known:
        return spreadsheets.propose(book, known[key])
    names = [name for name, _hidden in book.names]
    if key and key not in names:
        raise Unusable(
            f"«{key}» is neither a sender we remember ({', '.join(known)}) nor a sheet ({', '.join(names)})",
            file=file,
            mend="choose one of them, or leave --sheet away",
        )
    return spreadsheets.propose(book, pushed_lists.mapping_of(source, known.values()), sheet=key or None)


def _receive(given: "Mapping[str, Any]", username: str, now: Any, file: Path) -> tuple[dict[str, Any], bool]:
    """Do the act; the receipt, and whether this list came for the first time."""
    from django.db import Error
    from django.utils import translation

    from bihuan.loop import door

    try:
        who = member_named(username).id if username else _receiver(now)
        with translation.override("en"):
            done = door.perform("receive_list", given, by=who, at=now, recorded_at=now, device="cli")
        if done.code == "same_list":
            return _first_receipt(who, given["content_hash"], now), False
    except Error as fault:
        raise Unusable(
            f"the database could not be used: {str(fault).splitlines()[0]}",
            file=file,
            mend="nothing of the list was received; run the command again",
        ) from None
    if done.status == "refused":
        raise Unusable(done.reason, file=file)
    return dict(done.result or {}), True


def _receiver(now: Any) -> Any:
    """The account that receives where nobody was named: the only county's, its list clerks first."""
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.choices import VERBS, Role
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    whole = Scope(EVERYWHERE)
    roles = [role for role, verbs in VERBS.items() if "receive_list" in verbs]
    with scoped(whole):
        if not territory_reads.areas(whole).exists():
            raise Unusable(
                "no county is here yet",
                mend="run `bihuan demo`, or load the territory (`bihuan territory load`) and make accounts",
            )
        held = staff_reads.postings(whole, now).filter(post__role__in=roles, member__is_active=True)
        counties: dict[str, list[Any]] = {}
        for posting in held:
            county = territory_reads.county_of(posting.path)
            if county:
                counties.setdefault(county.code, []).append(posting)
    if not counties:
        raise Unusable("no account may receive lists", mend="run `bihuan demo`, or name somebody to a post")
    if len(counties) > 1:
        raise Unusable(f"accounts of {len(counties)} counties may receive lists", mend="name one with --as")
    (there,) = counties.values()
    return min(there, key=lambda p: (p.post.role != Role.LIST_CLERK, p.post.rank, p.member.username)).member_id


def _first_receipt(who: Any, content_hash: str, now: Any) -> dict[str, Any]:
    """What was answered when this list came for the first time."""
    from bihuan.ledgers.intake import reads as intake_reads
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    with scoped(Scope(EVERYWHERE)):
        actor = staff_reads.actor(who, now)
        county = territory_reads.county_of(actor.scope.path) if actor else None
        first = intake_reads.same_list(county.path, content_hash) if county else None
        if actor is None or first is None:
            raise Unusable("the list was received before, but is not to be seen by this account", mend="use --as")
        done = staff_reads.acts_about(actor.scope, [f"list:{first.id}"]).filter(verb="receive_list").last()
        return {
            "assigned": 0,
            "due_at": None,
            **first.receipt,
            **(done.result if done and done.result else {}),
            "received_at": first.received_at.isoformat(),
            "number": first.number,
            "list": str(first.id),
        }


def _tell(receipt: "Mapping[str, Any]", reading: "Reading", *, is_first: bool, as_json: bool) -> int:
    """Print the receipt, keep the rejected rows as a file; 1 when something is left to mend."""
    from bihuan.adapters import spreadsheets
    from bihuan.config import database

    rejected = [{"row": r["row"], "column": r["column"], "reason": r["en"]} for r in receipt["rejected"]]
    rejects_file = database.home() / "rejects" / f"{receipt['number']}.xlsx"
    if is_first and rejected:
        rejects_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rejects_file.touch(mode=0o600)  # it holds what people's rows said
        rejects_file.write_bytes(spreadsheets.write_rejects(reading))
    told = {
        "list": receipt["list"],
        "rows_read": receipt["rows_read"],
        "accepted": receipt["accepted"],
        "rejected": rejected,
        **{name: receipt[name] for name in COUNTS},
        "assigned": receipt["assigned"],
        "due_at": receipt["due_at"],
        "rejects_file": str(rejects_file) if rejected and rejects_file.exists() else None,
    }
    if not is_first:
        told |= {"already_received": True, "number": receipt["number"], "received_at": receipt["received_at"]}
        say(f"received before: list {receipt['number']} at {receipt['received_at']}; nothing was recorded again")
    counts = ", ".join(f"{told[name]} {name.replace('_', ' ')}" for name in COUNTS)
    words = (
        f"list {receipt['number']}: {told['rows_read']} rows read = {told['accepted']} accepted"
        f" + {len(rejected)} rejected; {counts}; {told['assigned']} assigned"
        f"{', to be staffed by ' + str(told['due_at']) if told['due_at'] else ''}"
    )
    for row in rejected:
        words += f"\n  row {row['row']}, column {row['column']}: {row['reason']}"
    if told["rejects_file"]:
        words += f"\nrejected rows, to be mended and sent again: {told['rejects_file']}"
    answer(told, as_json=as_json, words=words)
    return 0 if is_first and not rejected else 1


def _unusable(file: Path, fault: "SheetFault") -> Unusable:
    return Unusable(
        fault.what.en,
        file=file,
        sheet=fault.sheet or None,
        row=fault.row,
        column=fault.column or None,
        mend=fault.mend.en,
    )
