"""`bihuan letter`: letters of assistance as signed files between counties."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import member_named, open_app
from bihuan.cli._frame import Unusable, answer, json_option


@click.group()
def command() -> None:
    """Letters of assistance (协查函) as signed files: write one, read one, show the county's key."""


@command.command(name="import", epilog="Example: bihuan letter import 协查函.json --trust")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--as", "username", default="", help="The account that receives; a tracer of the only county if not given."
)
@click.option("--trust", is_flag=True, help="The fingerprint was compared: know this key as that county's from now on.")
@json_option
def import_(file: Path, username: str, trust: bool, as_json: bool) -> int:
    """Receive a letter or a reply. A letter comes in once; a changed file is refused."""
    open_app()
    from django.conf import settings
    from django.utils import translation

    from bihuan.adapters import assistance
    from bihuan.loop import door

    try:
        letter = assistance.read(file.read_bytes(), home=settings.HOME)
    except assistance.LetterFault as fault:
        raise Unusable(fault.en, file=file) from None
    if not letter.is_trusted and not trust:
        raise Unusable(
            f"the key of {letter.county_name} ({letter.fingerprint}) is not known here",
            file=file,
            mend="compare it with them by telephone, then run again with --trust",
        )
    if trust:
        assistance.trust(letter, home=settings.HOME)
        letter = assistance.read(file.read_bytes(), home=settings.HOME)
    now = datetime.now(UTC)
    who = member_named(username).id if username else _receiver(now)
    if letter.kind == "request":
        verb, given = "receive_assistance", assistance.request_arguments(letter)
    else:
        verb, given = "record_reply", _reply_arguments(letter, file)
    with translation.override("en"):
        done = door.perform(verb, given, by=who, at=now, recorded_at=now, device="cli")
    if done.status == "refused":
        if done.code == "same_letter":
            answer({"already_received": True, "reason": done.reason}, as_json=as_json, words=done.reason)
            return 1
        raise Unusable(done.reason, file=file)
    result = {k: v for k, v in (done.result or {}).items() if not k.startswith("_")}
    told = {"kind": letter.kind, "county": letter.county_name, "signed_by": letter.fingerprint, **result}
    words = (
        f"{letter.county_name}: {result.get('people', 0)} persons; letter {result.get('letter', '')}; "
        f"{result.get('matched', 0)} known, {result.get('created', 0)} new, {result.get('to_review', 0)} in doubt, "
        f"{result.get('duplicates', 0)} in an earlier letter"
        if letter.kind == "request"
        else f"{letter.county_name}: {result['answered']} of {result['people']} answered"
    )
    answer(told, as_json=as_json, words=words)
    return 0


@command.command(epilog="Example: bihuan letter export 青协函〔2022〕1号 --out letter.json")
@click.argument("number")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where to write the .json.")
@json_option
def export(number: str, out: Path, as_json: bool) -> None:
    """Write our letter (or our reply to theirs) of this number as a signed file. It holds persons' numbers."""
    open_app()
    from bihuan.adapters import letters
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    with scoped(Scope(EVERYWHERE)):
        content = letters.signed_file(Scope(EVERYWHERE), number)
    if content is None:
        raise Unusable(f"there is no letter of assistance {number}", mend="see the register of letters on the desk")
    out.touch(mode=0o600)
    out.write_bytes(content)
    answer({"number": number, "out": str(out), "bytes": len(content)}, as_json=as_json, words=f"{number} → {out}")


@command.command(epilog="Example: bihuan letter key")
@json_option
def key(as_json: bool) -> None:
    """Show the key this county signs letters with, and its fingerprint to be read out on the telephone."""
    open_app()
    from django.conf import settings

    from bihuan.adapters import assistance

    public = assistance.own_key(settings.SECRET_KEY)
    told = {"key": public, "fingerprint": assistance.fingerprint(public), "alg": "Ed25519"}
    answer(told, as_json=as_json, words=f"{told['fingerprint']}  {public}")


def _reply_arguments(letter: Any, file: Path) -> dict[str, Any]:
    from bihuan.ledgers.cases import reads as cases_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    with scoped(Scope(EVERYWHERE)):
        asked = cases_reads.assistance_out(Scope(EVERYWHERE), letter.body["in_reply_to"])
    if asked is None:
        raise Unusable(f"we have sent no letter {letter.body['in_reply_to']}", file=file)
    return {
        "assistance": asked.id, "answers": letter.body["answers"], "their_number": letter.body["number"],
        "signed_by": letter.fingerprint,
    }  # fmt: skip


def _receiver(now: datetime) -> Any:
    """The account that receives where nobody was named: a tracer or the office of the only county."""
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.choices import Role
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    whole = Scope(EVERYWHERE)
    with scoped(whole):
        held = list(staff_reads.holders(whole, "receive_assistance", now))
    if not held:
        raise Unusable("no account may receive letters", mend="run `bihuan demo`, or name somebody to a post")
    if len({p.path for p in held if p.path.count("/") >= 4}) > 1:
        raise Unusable("accounts of several counties may receive letters", mend="name one with --as")
    return min(held, key=lambda p: (p.post.role != Role.TRACER, p.post.rank, p.member.username)).member_id
