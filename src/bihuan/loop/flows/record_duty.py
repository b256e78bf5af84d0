"""A check, a test or a dose owed under an order was done, and what it found."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import CheckResult, DutyKind, TestResult
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

RESULTS = {
    DutyKind.CHECK: frozenset(CheckResult.values),
    DutyKind.TEST: frozenset(TestResult.values),
    DutyKind.PROPHYLAXIS: frozenset({"given", "declined"}),
}
WORDS = {CheckResult.FEVER: "symptoms", CheckResult.SYMPTOMS: "symptoms", TestResult.POSITIVE: "positive"}


@flow(private=("result",))
def record_duty(doing: Doing, *, duty: UUID, result: str, evidence: str = "") -> Outcome:
    """Record one duty as done; done twice it stands as the first told it. Symptoms and positives say so to what follows."""
    asked = orders_reads.duty(doing.actor.scope, duty)
    if asked is None:
        raise Refused(_("没有这项义务，或不在您的辖区"), "no_such_duty")
    if result not in RESULTS[DutyKind(asked.kind)]:
        raise Refused(_("“%(result)s”不是这一项的结果") % {"result": result}, "bad_result")
    if doing.at < asked.due_from:
        raise Refused(_("还没到时间：这一项从 %(from)s 起") % {"from": asked.due_from.isoformat()}, "too_soon")
    if asked.void_at is not None and doing.at >= asked.void_at and not asked.detail.get("made_up"):
        raise Refused(_("措施已结束，这一项不再需要"), "void")
    told = {"order": str(asked.order_id), "_person": str(asked.order.person_id or "")}
    if not orders_writes.set_duty_done(asked.id, at=doing.at, by=doing.actor.member, result=result, evidence=evidence):
        return Outcome("known", asked.path, f"order:{asked.order_id}", told)
    if asked.missed_at is not None:
        shared.close_tasks(doing, [TaskKind.MISSED_DUTY], f"order:{asked.order_id}", "done_late")
    late = doing.at >= asked.due_until
    word = WORDS.get(result, "done_late" if late else "done")  # type: ignore[call-overload]
    return Outcome(word, asked.path, f"order:{asked.order_id}", told | {"late": late})
