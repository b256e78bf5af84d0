"""A measure on one person is proposed: the protocol dates it, the law must give it a ground, somebody else signs it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import LIVE_STATES, OrderState
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("ground_words", "facts"))
def propose_order(
    doing: Doing,
    *,
    person: UUID,
    class_name: str,
    ground: str,
    ground_words: str,
    anchors: dict[str, datetime],
    facts: dict[str, Any] = {},  # noqa: B006 - read only, and msgspec makes a new one
    protocol: str = "",
) -> Outcome:
    """Propose what the edition asks of a person of a class; the same ground proposed again changes nothing."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None or who.merged_into_id is not None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    if not shared.GROUND.match(ground) or not ground_words.strip():
        raise Refused(_("必须写明依据：凭什么对此人采取措施"), "no_ground")
    if any(at.tzinfo is None for at in anchors.values()):
        raise Refused(_("时间须带时区，例如 2022-07-01T08:00+08:00"), "naive_time")
    before = [
        o
        for o in orders_reads.orders_of_person(doing.actor.scope, person).filter(ground=ground, class_name=class_name)
        if o.state in LIVE_STATES or (o.state == OrderState.REFUSED and doing.because is not None)
    ]
    if before:  # a rule does not ask again what a person has refused; a person may
        return _known(who.path, before)
    response = command_reads.response_at(who.path, doing.at)
    if not protocol and response is None:
        raise Refused(_("此地没有启动响应，请写明依据哪一版防控方案"), "no_protocol")
    try:
        asked = orders_bridge.asks(
            protocol or (response.protocol if response else ""), class_name, anchors, facts, doing.at
        )
    except orders_bridge.NoGround as no:
        raise Refused(no.words, no.code) from None
    known = {name: at.isoformat() for name, at in {"identified": doing.at, **anchors}.items()}
    chain = doing.derive("chain")
    rows = [
        {
            "id": doing.derive(f"stage:{number}"), "person": who, "area_id": who.area_id, "path": who.path,
            "chain": chain, "stage": number, "measure": s.measure, "protocol": asked.protocol, "class_name": class_name,
            "room": s.room, "compulsory": s.compulsory, "is_verified": s.is_verified, "basis": s.basis,
            "article": s.article, "ground": ground, "ground_words": ground_words.strip(), "anchors": known,
            "facts": facts, "starts_at": s.starts_at, "ends_at": s.ends_at, "proposed_at": doing.at,
            "proposed_by_id": doing.actor.member, "checks_per_day": s.checks_per_day, "code": s.code,
            "release": list(s.release), "lighter": dict(s.lighter), "person_days": s.person_days,
        }
        for number, s in enumerate(asked.stages)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            made = orders_writes.add_orders(rows)
    except IntegrityError:  # somebody proposed the same at the same moment
        return _known(who.path, list(orders_reads.orders_on_ground(doing.actor.scope, [ground]).filter(person=person)))
    township = territory_reads.township_path(who.path)
    shared.open_task(
        doing, kind=TaskKind.SIGN, limit="sign_order", title=str(_("管控措施待签批")), path=township,
        subject=f"proposals:{township}", roles=shared.SIGNERS,
    )  # fmt: skip
    return Outcome(
        "proposed", who.path, f"order:{made[0].id}", {"orders": [str(o.id) for o in made], "chain": str(chain)}
    )


def _known(path: str, before: Sequence[Any]) -> Outcome:
    first = min(before, key=lambda o: (o.stage, o.id))
    ids = [str(o.id) for o in sorted(before, key=lambda o: o.stage)]
    return Outcome("known", path, f"order:{first.id}", {"orders": ids, "chain": str(first.chain)})
