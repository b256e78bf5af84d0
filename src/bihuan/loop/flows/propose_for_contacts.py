"""Contacts were judged: for all of them at once, what the protocol asks is put before somebody who may sign."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, flow

ALL = Scope(EVERYWHERE)
# Who is bound as the first needs no order as the second.
STRICTNESS = ("case", "close_contact", "secondary_contact", "general_contact")


@flow()
def propose_for_contacts(doing: Doing, *, contacts: tuple[UUID, ...], case: UUID | None = None) -> Outcome:
    """Propose orders (and the tests that go with them) for contacts; nobody is bound by it.

    Whoever is bound, or proposed for, in the same class at least as long already is not proposed for again; nor is who
    the protocol asks nothing of: how many, and why, is told.
    """
    rows = [c for c in cases_reads.contacts(ALL).filter(id__in=contacts) if c.ended_at is None]
    live = orders_reads.live_of(ALL, [c.person_id for c in rows])
    asked_nothing: Counter[str] = Counter()
    answers: dict[Any, orders_bridge.Asked] = {}
    made: list[dict[str, Any]] = []
    known, paths = 0, set()
    proposed: dict[UUID, list[Any]] = {}
    for contact in rows:
        facts = cases_bridge.age_facts(contact.person.birth_on, doing.at)
        anchors = {
            name: at
            for name, at in (
                ("first_exposure", contact.first_exposure_at), ("last_exposure", contact.last_exposure_at),
                ("identified", contact.identified_at),
            )
            if at is not None
        }  # fmt: skip
        key = (contact.protocol, contact.class_name, tuple(sorted(anchors.items())), tuple(sorted(facts.items())))
        try:
            if key not in answers:
                answers[key] = orders_bridge.asks(contact.protocol, contact.class_name, anchors, facts, doing.at)
        except orders_bridge.NoGround as no:
            asked_nothing[no.code] += 1
            continue
        asked = answers[key]
        end = max(s.ends_at for s in asked.stages)
        enough = _as_strict(contact.class_name)
        before = [o.ends_at for o in live.get(contact.person_id, ()) if o.class_name in enough]
        before += [s.ends_at for s in proposed.get(contact.person_id, ()) if s.class_name in enough]
        if before and max(before) >= end:
            known += 1
            continue
        if any(o.ground == f"contact:{contact.id}" for o in live.get(contact.person_id, ())):
            known += 1  # proposed on this ground before: a later end is a second look, not a second order
            continue
        proposed[contact.person_id] = list(asked.stages)
        paths.add(territory_reads.township_path(contact.path))
        number = contact.case.number if contact.case else contact.external_id
        made += investigations.order_rows(
            doing, contact, asked, class_name=contact.class_name, ground=f"contact:{contact.id}",
            ground_words=str(_("病例 %(number)s 的接触者") % {"number": number}), anchors=anchors, facts=facts,
        )  # fmt: skip
    orders_writes.add_orders(made)
    for path in sorted(paths):
        shared.open_task(
            doing, kind=TaskKind.SIGN, limit="sign_order", title=str(_("管控措施待签批")), path=path,
            subject=f"proposals:{path}", roles=shared.SIGNERS,
        )  # fmt: skip
    if case is not None:
        cases_writes.set_step_done(case, Step.ORDERS, at=doing.at, by=doing.actor.member)
    result = {"proposed": len(proposed), "bound_already": known, "asked_nothing": dict(asked_nothing)}
    path = shared.common_path([c.path for c in rows]) if rows else doing.actor.scope.path
    return Outcome("proposed" if proposed else "nothing", path, f"case:{case}" if case else "", result)


def _as_strict(class_name: str) -> tuple[str, ...]:
    """The class and those above it."""
    return STRICTNESS[: STRICTNESS.index(class_name) + 1] if class_name in STRICTNESS else (class_name,)
