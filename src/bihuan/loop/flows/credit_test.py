"""A released result answers a test that somebody under an order owed."""

from uuid import UUID

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import FINDINGS, Value
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import TestResult
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY


@flow()
def credit_test(doing: Doing, *, duty: UUID, swab: UUID) -> Outcome:
    """Meet a test duty by the instant its person was sampled, not by when the result came out: a slow laboratory is not
    the person's lateness. A pool says nothing of one person but that they are negative."""
    owed = orders_reads.duty(EVERYBODY, duty)
    sampled = lab_reads.swab(EVERYBODY, swab)
    assert owed is not None
    assert sampled is not None
    tube = sampled.tube
    value = TestResult.POSITIVE if tube.value in FINDINGS else TestResult.NEGATIVE
    told = {"order": str(owed.order_id), "_person": str(owed.order.person_id or "")}
    subject = f"order:{owed.order_id}"
    if tube.value == Value.INVALID or (tube.is_pool and value == TestResult.POSITIVE):
        return Outcome("says_nothing", owed.path, subject, told)
    done = orders_writes.set_duty_done(
        owed.id, at=sampled.at, by=sampled.member_id, result=value, evidence=f"swab:{sampled.id}"
    )  # fmt: skip
    if not done:
        return Outcome("known", owed.path, subject, told)
    if owed.missed_at is not None:
        shared.close_tasks(doing, [TaskKind.MISSED_DUTY], subject, "done_late")
    return Outcome("met" if value == TestResult.NEGATIVE else "positive", owed.path, subject, told)
