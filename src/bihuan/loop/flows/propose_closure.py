"""A measure on one place is proposed: a point is closed while the rest stays open, with an end from the start."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import LIVE_STATES, PLACE_MEASURES, Measure
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def propose_closure(
    doing: Doing,
    *,
    place: UUID,
    ground: str,
    ground_words: str,
    starts_at: datetime,
    ends_at: datetime,
    measure: str = Measure.AREA_CLOSED,
    protocol: str = "",
    emergency_access: str = "",
    detour: str = "",
    review_at: datetime | None = None,
    contact: str = "",
) -> Outcome:
    """Propose to close a place until an instant; without emergency access, detour and review date it shows irregular."""
    where = territory_reads.places(doing.actor.scope).filter(id=place).first()
    if where is None:
        raise Refused(_("没有这处场所，或不在您的辖区"), "no_such_place")
    if measure not in PLACE_MEASURES:
        raise Refused(_("对场所只能封控或封闭停业"), "bad_measure")
    if not shared.GROUND.match(ground) or not ground_words.strip():
        raise Refused(_("必须写明依据：凭什么对此处采取措施"), "no_ground")
    if ends_at <= max(starts_at, doing.at):
        raise Refused(_("必须写明结束时间，且晚于开始和现在"), "no_end")
    if review_at is not None and not starts_at <= review_at <= ends_at:
        raise Refused(_("复核时间须在措施期间之内"), "bad_review")
    before = orders_reads.orders_of_place(doing.actor.scope, place).filter(
        ground=ground, measure=measure, state__in=LIVE_STATES
    )
    for known in before:
        return Outcome("known", known.path, f"order:{known.id}", {"orders": [str(known.id)]})
    response = command_reads.response_at(where.path, doing.at)
    if not protocol and response is None:
        raise Refused(_("此地没有启动响应，请写明依据哪一版防控方案"), "no_protocol")
    try:
        edition, article, basis, is_verified = orders_bridge.place_ground(
            protocol or (response.protocol if response else ""), starts_at, ends_at, doing.at
        )
    except orders_bridge.NoGround as no:
        raise Refused(no.words, no.code) from None
    (made,) = orders_writes.add_orders(
        [
            {
                "id": doing.derive("order"), "place": where, "area_id": where.area_id, "path": where.path,
                "chain": doing.derive("chain"), "measure": measure, "protocol": edition, "class_name": where.kind,
                "compulsory": True, "is_verified": is_verified, "basis": basis, "article": article, "ground": ground,
                "ground_words": ground_words.strip(), "starts_at": starts_at, "ends_at": ends_at,
                "proposed_at": doing.at, "proposed_by_id": doing.actor.member,
                "emergency_access": emergency_access.strip(), "detour": detour.strip(), "review_at": review_at,
                "contact": contact.strip(),
            }
        ]
    )  # fmt: skip
    township = territory_reads.township_path(where.path)
    shared.open_task(
        doing, kind=TaskKind.SIGN, limit="sign_order", title=str(_("管控措施待签批")), path=township,
        subject=f"proposals:{township}", roles=shared.SIGNERS,
    )  # fmt: skip
    word = "irregular" if made.is_irregular else "proposed"
    return Outcome(word, where.path, f"order:{made.id}", {"orders": [str(made.id)]})
