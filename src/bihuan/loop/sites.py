"""What the flows of stays and transfers share: what a place is told of a person, rooms left, places in words. Decides nothing."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import CheckResult, Measure, OrderState
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import CareNeed
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.ledgers.resources.choices import RoomState
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter
from bihuan.loop.act import Doing, Refused

ALL = Scope(EVERYWHERE)
HOME_FORM = "home_suitability"
FEVER_CELSIUS = 37.3
# Measures that need a place of somebody else's, and those that are kept at home.
AWAY = (Measure.CENTRAL_QUARANTINE, Measure.HOSPITAL)
AT_HOME = (Measure.HOME_QUARANTINE, Measure.HOME_MONITORING)
WORDS = {
    "bed_taken": _("这张床位刚由他人分配，请另选"),
    "room_taken": _("这间房已住他人：只有一家人（或照护人）可以同住"),
    "placed_before": _("此人已另有住处：请先转出或结束"),
    "seat_taken": _("同一座位不能坐两人"),
    "seated_before": _("同一人不能占两个座位"),
}


@contextmanager
def county_eyes(doing: Doing) -> Iterator[None]:
    """See the whole county for one question or one fact that lies in two places; back in one's own scope after it."""
    enter(ALL)
    try:
        yield
    finally:
        enter(doing.actor.scope)


def taken(no: stays_writes.Taken) -> Refused:
    """A refusal of the tables in words."""
    return Refused(WORDS[no.code], no.code)


def order_to_place(doing: Doing, id_: UUID, measures: Collection[str]) -> Any:
    """An order of one of these measures that binds or is about to, and whose person has no place yet."""
    order = orders_reads.order(doing.actor.scope, id_)
    if order is None or order.person_id is None:
        raise Refused(_("没有这份措施，或不在您的辖区"), "no_such_order")
    if order.state not in (OrderState.SIGNED, OrderState.IN_FORCE) or order.ends_at <= doing.at:
        raise Refused(_("措施尚未签批或已经结束，不能安排住处"), "not_signed")
    if order.measure not in measures:
        raise Refused(_("“%(measure)s”不在这里安排") % {"measure": order.measure_words}, "wrong_measure")
    return order


def words_of(person: Any, needs: Sequence[str]) -> dict[str, Any]:
    """What a place must know of a person, to be sealed: the register itself may lie outside its scope."""
    unknown = set(needs) - set(CareNeed.values)
    if unknown:
        raise Refused(_("“%(need)s”不是照护需要") % {"need": sorted(unknown)[0]}, "bad_need")
    numbers = people_reads.numbers([person.id])[person.id]
    return {
        "name": person.name,
        "sex": person.sex,
        "born": person.birth_on.isoformat() if person.birth_on else "",
        "phones": list(numbers.phones),
        "needs": sorted(set(needs)),
    }


def seal(words: dict[str, Any]) -> bytes:
    """Those words, sealed."""
    return cipher.seal_json(words)


def age(words: dict[str, Any], at: datetime) -> int | None:
    """Whole years at `at`, by the sealed date of birth."""
    if not words.get("born"):
        return None
    born = datetime.fromisoformat(words["born"]).date()
    day = at.date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_result(celsius: float | None, symptoms: Sequence[str]) -> CheckResult:
    """What a check found: a fever from 37.3 ℃ on."""
    if celsius is not None and celsius >= FEVER_CELSIUS:
        return CheckResult.FEVER
    return CheckResult.SYMPTOMS if symptoms else CheckResult.WELL


def party_of(person: Any) -> UUID:
    """Those who may share a room: the household, or the person alone."""
    found: UUID = person.household_id or person.id
    return found


def leave_room(stay: Any, at: datetime) -> None:
    """The room somebody left waits for disinfection once nobody is in it."""
    if stay.room_id is None:
        return
    if not any(s.room_id == stay.room_id for s in stays_reads.stays_in(ALL, stay.facility_id, at)):
        resources_writes.set_room_state(stay.room_id, RoomState.TO_DISINFECT, at)


def place_words(stay: Any) -> str:
    """Where a stay is, without a name: the site and room, or the address."""
    if stay.facility is not None:
        return f"{stay.facility.place.name} {stay.room.number}"
    return str(stay.address)


def own_stay(doing: Doing, id_: UUID, *, lock: bool = False) -> Any:
    """A stay that is here and has not ended. From where the person lives it is seen, and left to those who are there."""
    find = stays_reads.stay_for_update if lock else stays_reads.stay
    stay = find(doing.actor.scope, id_)
    if stay is None or not doing.actor.scope.holds(stay.path):
        raise Refused(_("没有这条入住记录，或不在您的辖区"), "no_such_stay")
    if stay.stay_until is not None:
        raise Refused(_("这条入住已经结束"), "ended_before")
    return stay


def close_tasks(doing: Doing, kind: str, subject: str, outcome: str) -> int:
    """What waited for this is done."""
    with county_eyes(doing):
        waiting = list(command_reads.open_tasks(ALL).filter(kind=kind, subject=subject))
        for task in waiting:
            command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=outcome)
    return len(waiting)
