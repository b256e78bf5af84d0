"""A person gets a pass: the colour that the orders in force give at this moment, signed, for hours."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import reads as pass_reads
from bihuan.ledgers.orders.passes import writes as pass_writes
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow()
def issue_pass(doing: Doing, *, person: UUID, on_paper: bool = False) -> Outcome:
    """State a person's colour as it is read now. Nothing but the act itself is kept; the text is made again from it."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    county = territory_reads.county_of(who.path)
    if county is None:
        raise Refused(_("此人的住址不在任何县内，无法签发"), "no_county")
    with widened(doing):  # an order may be carried out elsewhere; the key is the county's
        found = pass_bridge.colour(Scope(EVERYWHERE), who.id, doing.at)
        key = pass_reads.signing_key(county.path, doing.at)
        if key is None:
            key = pass_writes.add_pass_key(
                doing.derive("key"), **pass_bridge.new_key(county.code, county.path, doing.at)
            )
    limit = command_bridge.limit("paper_pass_life" if on_paper else "pass_life", doing.at)
    ends = pass_bridge.pass_ends(found, doing.at, timedelta(minutes=limit.minutes))
    ground = found.orders[0].measure if found.code != pass_bridge.GREEN else ""
    result = {
        "status": found.code, "ground": ground, "issued_at": doing.at.isoformat(), "expires_at": ends.isoformat(),
        "code_id": pass_bridge.code_id(doing.id).hex(), "key_id": key.key_id,
    }  # fmt: skip
    return Outcome("issued", who.path, f"person:{who.id}", result)
