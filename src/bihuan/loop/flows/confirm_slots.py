"""A plan of sampling slots counts: people, tables, workplaces and townships see place and time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.ledgers.lab.slots.choices import PlanState
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def confirm_slots(doing: Doing, *, plan: UUID) -> Outcome:
    """Confirm a draft; whoever answers for a workplace or a township of those asked is told once each."""
    asked = slot_reads.plan_for_update(doing.actor.scope, plan)
    if asked is None or asked.state == PlanState.DROPPED:
        raise Refused(_("没有这份时段安排，或已作废"), "no_such_plan")
    if not slot_reads.appointments(doing.actor.scope, asked.id).filter(station__isnull=False).exists():
        raise Refused(_("这份安排里没有人排上时段"), "nobody_placed")
    rows = list(slot_reads.appointments(doing.actor.scope, asked.id).filter(station__isnull=False))
    others = slot_reads.appointed(doing.actor.scope, asked.round_id, [r.person_id for r in rows])
    if asked.state == PlanState.DRAFT and others:
        raise Refused(_("其中 %(n)d 人在本轮已有另一份安排，请作废后重排") % {"n": len(others)}, "has_slot")
    if not slot_writes.set_confirmed(asked.id, at=doing.at, by=doing.actor.member):
        raise Refused(_("这份安排已经确认"), "confirmed_before")
    told = 0
    for path, people, first in _groups(rows):
        where = territory_reads.above(path)[-1].name
        words = {
            "title": asked.title,
            "people": str(people),
            "from": f"{timezone.localtime(first):%m-%d %H:%M}",
            "area": where,
        }
        heads = staff_reads.answering(path, [Role.TOWNSHIP], doing.at)
        told += command_writes.add_notices(heads, kind="slots_set", words=words, task=None, at=doing.at)
    places = sorted({UUID(r.party.partition(":")[2]) for r in rows if r.party.startswith("place:")})
    names = {p.id: p.name for p in territory_reads.places_by_id(places)}
    for post in staff_reads.posts_at(doing.actor.scope, places):
        if post.place_id is None:
            continue
        own = [r for r in rows if r.party == f"place:{post.place_id}"]
        first = min(r.slot_from for r in own if r.slot_from)
        words = {"title": asked.title, "people": str(len(own)), "from": f"{timezone.localtime(first):%m-%d %H:%M}",
                 "area": names[post.place_id]}  # fmt: skip
        seats = staff_reads.postings(doing.actor.scope, doing.at).filter(post=post.id)
        told += command_writes.add_notices(list(seats), kind="slots_set", words=words, task=None, at=doing.at)
    return Outcome(
        "confirmed", asked.path, f"slots:{asked.id}", {"plan": str(asked.id), "people": len(rows), "told": told}
    )


def _groups(rows: Sequence[Any]) -> list[tuple[str, int, datetime]]:
    """Each township with how many of its people are asked, and the first slot among them."""
    of = defaultdict(list)
    for row in rows:
        of[territory_reads.township_path(row.path)].append(row.slot_from)
    return [(path, len(times), min(times)) for path, times in sorted(of.items())]
