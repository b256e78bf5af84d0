"""Checks, tests and doses owed under orders were done, and what they found. Done by the hundred, as phones send them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import CheckResult, DutyKind, TestResult
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow_of_many

RESULTS: dict[str, frozenset[str]] = {
    DutyKind.CHECK: frozenset(CheckResult.values),
    DutyKind.TEST: frozenset(TestResult.values),
    DutyKind.PROPHYLAXIS: frozenset({"given", "declined"}),
}
# Results that something follows from say so themselves; the others are done, in time or late.
WORDS: dict[str, str] = {
    CheckResult.FEVER: "symptoms",
    CheckResult.SYMPTOMS: "symptoms",
    TestResult.POSITIVE: "positive",
}


class DutyDone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One duty and what it found: a word of its kind. `evidence` is kind:id of the visit, swab or dose."""

    duty: UUID
    result: str
    evidence: str = ""


@flow_of_many(DutyDone, private=("result",))
def record_duty(doings: Sequence[Doing], done: Sequence[DutyDone]) -> Sequence[Outcome | Refused]:
    """Record duties as done; one done twice stands as the first told it. A result that was awaited takes its place."""
    owed = orders_reads.duties_by_id(doings[0].actor.scope, [d.duty for d in done])
    refusals = [_refusal(doing, one, owed.get(one.duty)) for doing, one in zip(doings, done, strict=True)]
    if any(refusals):  # refused acts are taken out and the rest comes again: nothing is written in this round
        return [no or Outcome("", doings[0].actor.scope.path) for no in refusals]
    facts: dict[UUID, dict[str, Any]] = {}
    outcomes = []
    for doing, one in zip(doings, done, strict=True):
        duty = owed[one.duty]
        stands = facts.get(duty.id, {}).get("result", duty.result)
        is_open = stands in ("", TestResult.DRAWN)
        late = doing.at >= duty.due_until
        word = WORDS.get(one.result, "done_late" if late else "done") if is_open else "known"
        if is_open:
            facts[duty.id] = {
                "id": duty.id, "at": doing.at, "by": doing.actor.member, "result": one.result, "evidence": one.evidence,
            }  # fmt: skip
        told = {"order": str(duty.order_id), "late": late, "_person": str(duty.order.person_id or "")}
        outcomes.append(Outcome(word, duty.path, f"order:{duty.order_id}", told))
    orders_writes.set_duties_done(list(facts.values()))
    for order in {owed[id_].order_id for id_ in facts if owed[id_].missed_at is not None}:
        shared.close_tasks(doings[0], [TaskKind.MISSED_DUTY], f"order:{order}", "done_late")
    return outcomes


def _refusal(doing: Doing, one: DutyDone, duty: Any) -> Refused | None:
    if duty is None:
        return Refused(_("没有这项义务，或不在您的辖区"), "no_such_duty")
    if one.result not in RESULTS[duty.kind]:
        return Refused(_("“%(result)s”不是这一项的结果") % {"result": one.result}, "bad_result")
    if doing.at < duty.due_from:
        begins = f"{timezone.localtime(duty.due_from):%m-%d %H:%M}"
        return Refused(_("还没到时间：这一项从 %(from)s 起") % {"from": begins}, "too_soon")
    if duty.void_at is not None and doing.at >= duty.void_at and not duty.detail.get("made_up"):
        return Refused(_("措施已结束，这一项不再需要"), "void")
    return None
