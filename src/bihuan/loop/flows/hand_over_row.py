"""The person is in another county: a letter goes there, and the row ends with it."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import LetterKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def hand_over_row(doing: Doing, *, row: UUID, county_code: str, county_name: str, reason: str = "") -> Outcome:
    """Write the letter to the county where the person is and close the row with the letter as evidence."""
    asked = intake_reads.row(doing.actor.scope, row)
    if asked is None:
        raise Refused(_("没有这一行，或不在您的辖区"), "no_such_row")
    if asked.closed_at is not None:
        raise Refused(_("这一行已办结"), "already_ended")
    home = territory_reads.county_of(asked.path)
    if not county_name.strip() or (home and county_code == home.code):
        raise Refused(_("请写明接收县（市、区），不能是本县"), "no_addressee")
    letter = command_writes.add_letter(
        id=doing.derive("letter"),
        kind=LetterKind.HAND_OVER,
        number=command_reads.next_number(f"{home.name[:1] if home else ''}移函〔{doing.at.year}〕"),
        path=asked.path,
        addressee=county_name.strip(),
        addressee_code=county_code,
        subject=f"row:{asked.id}",
        body={"list": asked.pushed_list.number, "row": asked.row_number, "reason": reason},
        written_at=doing.at,
        due_at=doing.at + timedelta(minutes=command_bridge.limit("letter_reply", doing.at).minutes),
    )
    intake_writes.close_row(
        asked,
        RowState.HANDED_OVER,
        evidence=f"letter:{letter.id}",
        at=doing.at,
        recorded_at=doing.recorded_at,
    )
    return Outcome(
        "ended", asked.path, f"row:{asked.id}", {"letter": letter.number, "_list": str(asked.pushed_list_id)}
    )
