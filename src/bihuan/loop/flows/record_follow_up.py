"""One contact was asked today how they are: reached or not, symptoms, temperature."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, FollowUpOutcome
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow

SEEN = (FollowUpOutcome.SEEN_OK, FollowUpOutcome.SEEN_NOT_OK)
FEVER_C = 37.3


@flow(private=("symptoms", "temperature_c", "note"))
def record_follow_up(
    doing: Doing,
    *,
    contact: UUID,
    outcome: FollowUpOutcome,
    day: date | None = None,
    slot: int = 1,
    symptoms: tuple[str, ...] = (),
    temperature_c: float | None = None,
    note: str = "",
) -> Outcome:
    """Record one follow-up. The last day itself is followed; after it only what is missing may still come in."""
    asked = investigations.asked_contact(doing, contact)
    day = day or doing.at.astimezone(cases_bridge.ZONE).date()
    if day > doing.at.astimezone(cases_bridge.ZONE).date():
        raise Refused(_("不能登记以后日期的随访"), "in_the_future")
    if asked.ended_at is not None:
        raise Refused(_("该接触者的随访已结束：%(state)s") % {"state": asked.state_words}, "already_ended")
    if not 1 <= slot <= 4:
        raise Refused(_("每日随访次序须为 1 到 4"), "bad_slot")
    if temperature_c is not None and not 30 <= temperature_c <= 45:
        raise Refused(_("体温须在 30 至 45 ℃ 之间"), "bad_temperature")
    if symptoms or (temperature_c is not None and temperature_c >= FEVER_C):
        outcome = FollowUpOutcome.SEEN_NOT_OK if outcome == FollowUpOutcome.SEEN_OK else outcome
    fresh = cases_writes.add_follow_up(
        id=doing.derive("follow_up"), contact=asked, path=asked.path, day=day, slot=slot, outcome=outcome,
        symptoms=list(symptoms), temperature_c=temperature_c, note=note.strip(), member_id=doing.actor.member,
        at=doing.at, recorded_at=doing.recorded_at, keep_until=asked.keep_until,
    )  # fmt: skip
    if not fresh:
        raise Refused(_("这一次随访已经登记"), "already_followed")
    word = "followed"
    if outcome in SEEN and asked.state == ContactState.IDENTIFIED:
        cases_writes.set_contacts([asked.id], state=ContactState.FOLLOWED)
        word = "found"
    elif outcome in SEEN and asked.follow_until and asked.follow_until <= doing.at:
        word = "last_day_filled"
    if outcome == FollowUpOutcome.SEEN_NOT_OK:
        word = "found_unwell" if word == "found" else "unwell"
    result = {
        "contact": str(asked.id), "outcome": str(outcome), "_contact": str(asked.id), "_path": asked.path,
        "_case": str(asked.case_id) if asked.case_id else None,
    }  # fmt: skip
    return Outcome(word, asked.path, f"contact:{asked.id}", result)
