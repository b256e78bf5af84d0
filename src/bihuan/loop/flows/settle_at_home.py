"""Somebody stays at home under an order: where, in which room, who looks after them (R082)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("needs", "room", "exception_reason"))
def settle_at_home(
    doing: Doing,
    *,
    order: UUID,
    helper: UUID,
    room: str = "",
    needs: tuple[str, ...] = (),
    exception_reason: str = "",
) -> Outcome:
    """Enter the home register. Quarantine needs an assessment that found the home fit, or a reason why there all the same."""
    bound = shared.order_to_place(doing, order, shared.AT_HOME)
    if helper not in {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}:
        raise Refused(_("服务人必须是本辖区在岗人员"), "not_serving")
    if bound.measure == Measure.HOME_QUARANTINE:
        last = command_reads.visits(doing.actor.scope, f"order:{bound.id}").filter(form=shared.HOME_FORM).first()
        if last is None:
            raise Refused(_("居家隔离前须先评估居住条件"), "not_assessed")
        if forms.form(shared.HOME_FORM).failed_musts("assessed", last.answers) and not exception_reason.strip():
            raise Refused(_("居住条件评估不合格：请另定隔离地点，或写明理由"), "unfit")
    words = shared.words_of(bound.person, needs) | {"exception": exception_reason.strip(), "room": room.strip()}
    try:
        stay = stays_writes.add_stay(
            id=doing.derive("stay"), order=bound, person_id=bound.person_id, path=bound.path, home_path=bound.path,
            kind=StayKind.HOME, address=bound.person.address, party=shared.party_of(bound.person),
            sealed=shared.seal(words), helper_id=helper, stay_from=doing.at, arrived_at=doing.at,
            planned_until=bound.ends_at, assigned_by_id=doing.actor.member,
        )  # fmt: skip
    except stays_writes.Taken as no:
        raise shared.taken(no) from None
    return Outcome("settled", bound.path, f"stay:{stay.id}", {"stay": str(stay.id)})
