"""A contact's follow-up ends another way: lost, died, moved to another county, or never was one."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow

ENDS = (ContactState.LOST, ContactState.DIED, ContactState.DROPPED)


@flow(private=("reason",))
def end_contact(doing: Doing, *, contact: UUID, state: ContactState, reason: str) -> Outcome:
    """End the follow-up of a contact with the reason. A letter to another county ends it by itself."""
    asked = investigations.asked_contact(doing, contact)
    if asked.ended_at is not None:
        raise Refused(_("该接触者的随访已结束：%(state)s") % {"state": asked.state_words}, "already_ended")
    if state not in ENDS:
        raise Refused(_("请选择失访、死亡或撤销判定"), "not_an_end")
    if not reason.strip():
        raise Refused(_("结束随访必须写明原因"), "no_reason")
    extra = {**asked.extra, "end_words": reason.strip()}
    if state == ContactState.DROPPED:
        extra["left_out"] = reason.strip()  # a second look does not bring back whom a person has ruled out
    cases_writes.set_contacts([asked.id], state=state, ended_at=doing.at, end_reason="by_hand", extra=extra)
    result = {
        "contact": str(asked.id), "_gone": [str(asked.id)], "_case": str(asked.case_id) if asked.case_id else None,
        "_path": asked.path,
    }  # fmt: skip
    return Outcome("ended", asked.path, f"contact:{asked.id}", result)
