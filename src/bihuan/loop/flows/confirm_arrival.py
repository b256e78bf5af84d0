"""The vehicle has arrived: the receiving end says with whom. Whoever left and did not arrive is looked for at once."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def confirm_arrival(doing: Doing, *, transfer: UUID, there: tuple[UUID, ...]) -> Outcome:
    """Record who arrived; whoever confirmed the departure may not confirm the arrival."""
    asked = stays_reads.transfer(doing.actor.scope, transfer)
    if asked is None or not doing.actor.scope.holds(asked.to_path):
        raise Refused(_("没有这次转运，或终点不在您的辖区"), "no_such_transfer")
    if asked.left_at is None:
        raise Refused(_("起点尚未确认出发"), "not_left")
    if asked.left_by_id == doing.actor.member:
        raise Refused(_("出发和到达须由两端不同的人确认"), "same_person")
    if doing.at < asked.left_at:
        raise Refused(_("到达时间早于出发时间，请核对设备时钟"), "before_it_left")
    aboard = [p for p in stays_reads.passengers(doing.actor.scope, transfer) if p.is_aboard]
    if set(there) - {p.id for p in aboard}:
        raise Refused(_("请核对到达人员"), "who_is_there")
    if not stays_writes.set_transfer_arrived(asked.id, at=doing.at, by=doing.actor.member, there=there):
        raise Refused(_("这次转运的到达已由他人确认"), "arrived_before")
    with shared.county_eyes(doing):
        people = [p.person_id for p in aboard if p.id in set(there)]
        held = stays_reads.stays_now(shared.ALL, doing.at).filter(person__in=people, arrived_at__isnull=True)
        stays = [str(s.id) for s in held if s.path == asked.to_path]
    shared.close_tasks(doing, TaskKind.TRANSFER, f"transfer:{asked.id}", "arrived")
    lost = len(aboard) - len(people)
    place = asked.to_facility.place.name if asked.to_facility else asked.to_words
    told = {"people": len(people), "lost": lost, "_stays": stays, "_path": asked.to_path, "_place": place,
            "_subject": f"transfer:{asked.id}"}  # fmt: skip
    return Outcome("somebody_missing" if lost else "arrived", asked.to_path, f"transfer:{asked.id}", told)
