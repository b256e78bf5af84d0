"""The morning or evening check of somebody in isolation: temperature and how they feel (R083)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.orders.choices import CheckResult
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import Symptom
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

COLDEST_CELSIUS, HOTTEST_CELSIUS = 34.0, 43.0


@flow(private=("celsius", "symptoms"))
def record_check(doing: Doing, *, stay: UUID, celsius: float | None = None, symptoms: tuple[str, ...] = ()) -> Outcome:
    """Record a check where somebody stays; the duty it meets, and what symptoms call for, follow.

    A second check in a window that is met already stands beside the first; symptoms are never refused.
    """
    asked = shared.own_stay(doing, stay)
    if celsius is not None and not COLDEST_CELSIUS <= celsius <= HOTTEST_CELSIUS:
        raise Refused(_("体温 %(t)s ℃ 不合常理，请重测") % {"t": celsius}, "bad_temperature")
    unknown = sorted(set(symptoms) - set(Symptom.values))
    if unknown:
        raise Refused(_("“%(s)s”不是列出的症状") % {"s": unknown[0]}, "bad_symptom")
    result = shared.check_result(celsius, symptoms)
    is_well = result == CheckResult.WELL
    with shared.county_eyes(doing):
        duty = stays_reads.check_to_record(shared.ALL, asked.order_id, doing.at)
        is_asked = duty is not None or stays_reads.has_check_window(shared.ALL, asked.order_id, doing.at)
    if is_well and not is_asked:
        raise Refused(_("此刻没有应做的检查：尚未到时间，或措施已结束"), "nothing_due")
    command_writes.add_visit(
        id=doing.id, subject=f"stay:{asked.id}", path=asked.path, form="daily_check", outcome=str(result),
        answers={"celsius": celsius, "symptoms": list(symptoms)}, member_id=doing.actor.member, at=doing.at,
        recorded_at=doing.recorded_at,
    )  # fmt: skip
    told = {"stay": str(asked.id), "_order": str(asked.order_id)}
    if duty is not None:
        told["_duty"] = str(duty.id)
    word = ("recorded" if duty is not None else "extra") + ("" if is_well else "_symptoms")
    return Outcome(word, asked.path, f"stay:{asked.id}", told)
