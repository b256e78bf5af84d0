"""A phone that works at a table, or keeps acts unsent, has not been heard for too long: somebody calls its holder."""

from uuid import UUID

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY


@flow()
def alarm_silence(doing: Doing, *, phone: UUID) -> Outcome:
    """Tell the township's office, and where there is none the county's, whose phone it is and since when; once a silence."""
    one = staff_reads.phone(EVERYBODY, phone)
    assert one is not None
    subject = f"phone:{phone}"
    if not staff_writes.set_silent(phone, heard_at=one.heard_at, at=doing.at):
        return Outcome("known", one.path, subject)
    told = staff_reads.answering(one.path, [Role.TOWNSHIP], doing.at)
    told = told or staff_reads.answering(one.path, [Role.OFFICE, Role.DUTY_LEADER], doing.at)
    words = {"title": one.member.name, "since": one.heard_at.isoformat(), "n": one.waiting, "phone": one.member.phone}
    command_writes.add_notices(told, kind="phone_silent", words=words, task=None, at=doing.at)
    return Outcome("silent", one.path, subject, {"told": [str(p.member_id) for p in told]})
