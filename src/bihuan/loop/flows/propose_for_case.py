"""A case was opened: where it is to be treated and isolated is put before somebody who may sign."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

CLASS = "case"


@flow()
def propose_for_case(doing: Doing, *, case: UUID) -> Outcome:
    """Propose what the protocol asks of the case itself; where it asks nothing, or the law gives no ground, nothing."""
    asked = cases_reads.case(Scope(EVERYWHERE), case)
    if asked is None or asked.is_refuted:
        raise Refused(_("该病例已排除"), "refuted")
    ground = f"case:{asked.id}"
    live = orders_reads.live_of(Scope(EVERYWHERE), [asked.person_id]).get(asked.person_id, [])
    if any(o.ground == ground or o.class_name == CLASS for o in live):
        return Outcome("known", asked.path, ground, {"proposed": 0})
    anchors = {
        name: at
        for name, at in (
            ("positive_sample", asked.sampled_at), ("onset", asked.onset_at), ("identified", asked.reported_at),
        )
        if at is not None
    }  # fmt: skip
    facts = cases_bridge.age_facts(asked.person.birth_on, doing.at)
    try:
        wanted = orders_bridge.asks(asked.protocol, CLASS, anchors, facts, doing.at)
    except orders_bridge.NoGround as no:
        return Outcome("nothing", asked.path, ground, {"proposed": 0, "asked_nothing": no.code})
    orders_writes.add_orders(
        investigations.order_rows(
            doing, asked, wanted, class_name=CLASS, ground=ground,
            ground_words=str(_("病例 %(number)s") % {"number": asked.number}), anchors=anchors, facts=facts,
        )
    )  # fmt: skip
    path = territory_reads.township_path(asked.path)
    shared.open_task(
        doing, kind=TaskKind.SIGN, limit="sign_order", title=str(_("管控措施待签批")), path=path,
        subject=f"proposals:{path}", roles=shared.SIGNERS,
    )  # fmt: skip
    return Outcome("proposed", asked.path, ground, {"proposed": 1})
