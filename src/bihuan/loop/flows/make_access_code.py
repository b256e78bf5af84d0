"""A person gets a code on paper with which they see what concerns them, without a phone or an account."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def make_access_code(doing: Doing, *, person: UUID) -> Outcome:
    """Make a code, or keep the one that still counts; only its digest is kept, the code follows from its id and our key."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    held = people_reads.access_code(doing.actor.scope, who.id, doing.at)
    if held is None:
        life = timedelta(minutes=command_bridge.limit("access_code", doing.at).minutes)
        id_ = doing.derive("code")
        held = people_writes.add_access_code(id_, who, made_at=doing.at, ends_at=doing.at + life)
    return Outcome(
        "made", who.path, f"person:{who.id}", {"access_code": str(held.id), "ends_at": held.ends_at.isoformat()}
    )
