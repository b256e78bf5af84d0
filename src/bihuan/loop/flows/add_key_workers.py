"""People take posts that are tested by rhythm, under an employer who answers for it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def add_key_workers(doing: Doing, *, employer: UUID, post: str, persons: tuple[UUID, ...]) -> Outcome:
    """Enter persons on record under an employer and a post of the protocol; one who is entered already stays."""
    place = territory_reads.places(doing.actor.scope).filter(id=employer).first()
    if place is None:
        raise Refused(_("请选择本辖区已登记的单位"), "no_such_place")
    if post not in lab_bridge.posts(doing.at):
        raise Refused(_("现行方案没有规定这类岗位的检测频次"), "no_such_post")
    known = people_reads.homes(doing.actor.scope, persons)
    if not persons or len(known) != len(set(persons)):
        raise Refused(_("有的人没有档案，或不在您的辖区"), "no_such_person")
    added = lab_writes.add_key_workers(
        [
            {"person_id": p, "employer": place, "post": post, "path": place.path, "held_from": doing.at}
            for p in dict.fromkeys(persons)
        ]
    )
    return Outcome("added", place.path, f"place:{place.id}", {"added": added})
