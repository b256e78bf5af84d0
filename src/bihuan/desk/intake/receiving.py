"""A staged file on its way to the act `receive_list`: opened, read as its receiver decided, handed over whole."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from bihuan.adapters import pushed_lists, spreadsheets
from bihuan.adapters.spreadsheets import Book, Proposal, Reading, SheetMapping
from bihuan.ledgers.people import cipher
from bihuan.loop import door
from bihuan.loop.act import Answer

# Up to so many rows are received while the visitor waits; more are a worker's.
AT_ONCE_ROWS = 2_000


def sheets_folder() -> Path:
    """Where the ways of writing of senders are remembered, beside the other data."""
    return settings.HOME / "sheets"


def known_senders() -> dict[str, SheetMapping]:
    """Senders that ship with the program and those remembered here."""
    return spreadsheets.mappings(sheets_folder())


def open_book(upload: Any) -> Book:
    """The staged file, unsealed. Raises SheetFault."""
    return Book(cipher.unseal_bytes(upload.sealed))


def proposal_of(upload: Any, book: Book) -> Proposal:
    """How the file is read: by headers and the sender's memory, then as the receiver corrected it."""
    choices = upload.choices
    mapping = pushed_lists.mapping_of(choices.get("source", ""), known_senders().values())
    sheet = choices.get("sheet") or None
    proposal = spreadsheets.propose(book, mapping, sheet=sheet)
    words = choices.get("words")
    if words is not None and len(words) == len(proposal.columns):
        proposal = pushed_lists.corrected(proposal, words)
    return proposal


def read(upload: Any) -> tuple[Proposal, Reading]:
    """The whole file as rows accepted, rejected and skipped. Raises SheetFault."""
    book = open_book(upload)
    proposal = proposal_of(upload, book)
    return proposal, spreadsheets.read_rows(book, proposal, received_on=timezone.localdate())


def remember(upload: Any, proposal: Proposal) -> None:
    """Keep how this sender's columns were read, for the sender's next list."""
    choices = upload.choices
    known = pushed_lists.mapping_of(choices["source"], known_senders().values())
    key = known.key if known else "sender-" + hashlib.blake2b(choices["source"].encode(), digest_size=6).hexdigest()
    words = spreadsheets.Words
    columns = {**(known.columns if known else {}), **proposal.mapping.columns}
    mapping = SheetMapping(
        key,
        columns,
        known.sheet if known else "",
        known.label if known else words(choices["source"], choices["source"]),
        known.source if known else words(choices["source"], choices["source"]),
        words(choices["purpose"], choices["purpose"]),
        words(choices["basis"], choices["basis"]),
    )
    spreadsheets.remember(mapping, sheets_folder())


def arguments(upload: Any, reading: Reading) -> dict[str, Any]:
    """The arguments of `receive_list` for a staged file."""
    choices = upload.choices
    given = pushed_lists.incoming(reading).arguments(
        source=choices["source"], purpose=choices["purpose"], basis=choices["basis"], file_name=upload.file_name
    )
    return {**given, "upload": upload.id}


def receive(upload: Any, reading: Reading) -> Answer:
    """Do the act in the name of whoever staged the file: a worker's way."""
    now = datetime.now(UTC)
    return door.perform(
        "receive_list", arguments(upload, reading), by=upload.member_id, at=now, recorded_at=now, device="work"
    )
