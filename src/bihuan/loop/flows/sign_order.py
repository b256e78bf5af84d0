"""Somebody who may bind signs: proposals become orders with an issuer, a number and an end. Many like ones in one stroke."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_AT_ONCE = 1000


@flow()
def sign_order(
    doing: Doing, *, orders: list[UUID], override_reason: str = "", lighter: list[UUID] = []  # noqa: B006 - read only
) -> Outcome:  # fmt: skip
    """Sign proposals with every stage of theirs; `lighter` names those for which the lighter measure is signed instead.

    What another has signed or refused meanwhile, and what has run out, is left alone and counted.
    """
    post = shared.signature(doing)
    if not orders or len(orders) > MOST_AT_ONCE:
        raise Refused(_("一次签批 1 至 %(most)d 件") % {"most": MOST_AT_ONCE}, "how_many")
    asked = orders_reads.orders_by_id(doing.actor.scope, orders)
    if len(asked) < len(set(orders)):
        raise Refused(_("没有这份措施，或不在您的辖区"), "no_such_order")
    chains = {o.chain for o in asked.values()}
    stages = list(orders_reads.orders(doing.actor.scope).filter(chain__in=chains, state=OrderState.PROPOSED))
    over = {o.chain for o in stages if o.stage == 0 and o.ends_at <= doing.at}
    ready = sorted((o for o in stages if o.chain not in over), key=lambda o: (o.proposed_at, o.chain, o.stage))
    if not ready:
        raise Refused(_("所选建议都已由他人办理或已过期"), "nothing_to_sign")
    for chosen in set(lighter):
        one = asked.get(chosen)
        if one is None or one.state != OrderState.PROPOSED or not one.lighter.get("measure"):
            raise Refused(_("方案没有为所选人员列出较轻的措施"), "no_lighter")
        orders_writes.set_lighter(one)
    if lighter:
        ready = list(orders_reads.orders_by_id(doing.actor.scope, [o.id for o in ready]).values())
        ready.sort(key=lambda o: (o.proposed_at, o.chain, o.stage))
    unverified = [o for o in ready if not o.is_verified]
    if unverified and not override_reason.strip():
        raise Refused(
            _("其中 %(n)d 件所依据的条文尚未核对原文（%(basis)s），须写明理由并签字后才能约束人")
            % {"n": len(unverified), "basis": unverified[0].basis},
            "not_verified",
        )
    numbers = shared.numbers(doing, ready[0].path, len(ready))
    signed = orders_writes.set_signed(
        ready, issuer=doing.actor.member, post=post, numbers=numbers, at=doing.at, override=override_reason.strip()
    )
    if signed < len(ready):
        raise Refused(_("其中有的刚由他人签批，请刷新后再签"), "signed_meanwhile")
    for path in sorted({territory_reads.township_path(o.path) for o in ready}):
        if not orders_reads.proposals(Scope(path)).exists():
            shared.close_tasks(doing, [TaskKind.SIGN], f"proposals:{path}", "signed")
        shared.open_task(
            doing, kind=TaskKind.SERVE_NOTICE, limit="serve_notice", title=str(_("管控措施决定书待送达")), path=path,
            subject=f"to_serve:{path}", roles=(Role.TOWNSHIP,),
        )  # fmt: skip
    told = {"signed": signed, "left": len(chains) - len({o.chain for o in ready}), "notices": numbers[:20]}
    return Outcome("signed", shared.common_path([o.path for o in ready]), f"order:{ready[0].id}", told)
