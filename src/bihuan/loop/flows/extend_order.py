"""One named person's order gets a longer end, with a reason and a notice of its own. Never silently, never in bulk."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.staff.choices import Role
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def extend_order(doing: Doing, *, order: UUID, until: datetime, reason: str) -> Outcome:
    """Sign a longer end; it holds from the moment its notice is served, which must be before the old end."""
    post = shared.signature(doing)
    asked = orders_reads.order(doing.actor.scope, order)
    if asked is None or asked.state != OrderState.IN_FORCE or asked.ends_at <= doing.at:
        raise Refused(_("只有正在执行的措施才能延长；已到期的须重新提出"), "not_in_force")
    if not reason.strip():
        raise Refused(_("延长须对本人写明理由"), "no_reason")
    if orders_reads.release(doing.actor.scope, order) is not None:
        raise Refused(_("已决定解除，不能再延长"), "released")
    if until <= asked.ends_at:
        raise Refused(_("新的期限须晚于原期限"), "not_longer")
    most = orders_bridge.longest_end(asked)
    if most is not None and until > most:
        raise Refused(_("超过方案规定的最长期限，请缩短"), "too_long")
    if any(e.served_at is None for e in orders_reads.extensions(doing.actor.scope, order)):
        raise Refused(_("已有一份延长决定待送达"), "extension_waits")
    made = orders_writes.add_extension(
        id=doing.derive("extension"), order=asked, path=asked.path, reason=reason.strip(), ends_before=asked.ends_at,
        ends_after=until, issuer_id=doing.actor.member, issuer_post=post, signed_at=doing.at,
        notice_number=shared.numbers(doing, asked.path, 1)[0],
    )  # fmt: skip
    shared.open_task(
        doing, kind=TaskKind.SERVE_NOTICE, limit="serve_notice", title=str(_("延长决定书待送达")), path=asked.path,
        subject=f"extension:{made.id}", roles=(Role.TOWNSHIP,), due_at=asked.ends_at,
    )  # fmt: skip
    return Outcome("signed", asked.path, f"order:{asked.id}", {"extension": str(made.id), "notice": made.notice_number})
