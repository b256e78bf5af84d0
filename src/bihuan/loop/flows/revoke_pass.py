"""Passes stop counting before their time: one that is shown or lost, or all of a person."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import writes as pass_writes
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("code",))
def revoke_pass(doing: Doing, *, person: UUID | None = None, code: str = "") -> Outcome:
    """Name either the person whose passes issued until now no longer count, or the text of one pass."""
    longest = pass_bridge.LONGEST
    if person is not None:
        who = people_reads.person(doing.actor.scope, person)
        if who is None:
            raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
        pass_writes.add_revocation(doing.derive("all"), path=who.path, person=who.id, at=doing.at, longest=longest)
        return Outcome("revoked", who.path, f"person:{who.id}")
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    with widened(doing):
        verdict = pass_bridge.check(code, county.path, doing.at)
        if verdict.shown is None:
            raise Refused(_("这不是本县签发的凭证，无从吊销"), "not_ours")
        if verdict.reason == "revoked":
            return Outcome("revoked_before", doing.actor.scope.path)
        pass_writes.add_revocation(
            doing.derive("one"), path=county.path, code_id=verdict.shown.code_id.hex(), at=doing.at, longest=longest
        )
    return Outcome("revoked", doing.actor.scope.path, f"pass:{verdict.shown.code_id.hex()}")
