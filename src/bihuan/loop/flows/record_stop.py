"""Somebody was stopped at a post: what the rule says, what was decided and why, and who must now do what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake.sightings import landing
from bihuan.ledgers.intake.sightings import writes as sighting_writes
from bihuan.ledgers.intake.sightings.choices import Colour, Decision, StopReason
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.choices import RiskLevel
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked

PRIVATE = ("name", "id_number", "phone", "vehicle", "note", "origin", "destination")
ROUTED = (Decision.CLOSED_LOOP, Decision.SINGLE_SAMPLE, Decision.TWO_SAMPLES)


@flow(private=PRIVATE)
def record_stop(
    doing: Doing, *, place: UUID, colour: str, decision: str, reason: str, level: str = "", is_starred: bool = False,
    is_landing: bool = False, risk_list: UUID | None = None, origin: str = "", destination: str = "",
    destination_area: str = "", name: str = "", id_number: str = "", phone: str = "", vehicle: str = "", note: str = "",
) -> Outcome:  # fmt: skip
    """Record a decision about one person. Who passes clear is only counted; a red code and a landing open tasks."""
    post = territory_reads.place(place)
    if post is None or not doing.actor.scope.holds(post.path):
        raise Refused(_("没有这个场所，或不在您的辖区"), "no_such_place")
    if colour not in Colour.values or decision not in Decision.values or reason not in StopReason.values:
        raise Refused(_("请选择码色、处置和理由"), "incomplete")
    if level and level not in RiskLevel.values:
        raise Refused(_("风险等级应为高、中、低或不填"), "incomplete")
    said = landing.answer(colour=colour, level=level, is_starred=is_starred, is_landing=is_landing)
    _must_be_kept(said, decision, reason, note)
    if decision in ROUTED and not (origin.strip() and destination.strip()):
        raise Refused(_("采样的须写明来源地和目的地"), "no_route")
    if decision in ROUTED and not (name.strip() or id_number.strip() or phone.strip()):
        raise Refused(_("采样的须登记姓名、证件或电话中的一项"), "nobody")
    goes_to = territory_reads.area(destination_area) if destination_area else None
    home = territory_reads.county_of(post.path)
    if goes_to is not None and (home is None or not goes_to.path.startswith(home.path)):
        raise Refused(_("目的地乡镇不在本县"), "no_such_area")
    area = goes_to or post.area
    with widened(doing):
        keep = command_bridge.limit("keep_sighting", doing.at)
        sighting = sighting_writes.add_sighting(
            id=doing.derive("sighting"), place=post, area=area, path=area.path, at=doing.at,
            recorded_at=doing.recorded_at, member_id=doing.actor.member, colour=colour, level=level,
            risk_list=risk.risk_list(post.path, risk_list) if risk_list else None, is_starred=is_starred,
            is_landing=is_landing, answer=said.action, rule=said.source, decision=decision, reason=reason,
            origin=origin.strip(), destination=destination.strip(), person=_known(id_number),
            sealed=cipher.seal_json(
                {"name": name.strip(), "id_number": id_number.strip(), "phone": phone.strip(),
                 "vehicle": vehicle.strip(), "note": note.strip()}
            ),
            keep_until=doing.at + timedelta(minutes=keep.minutes),
        )  # fmt: skip
        tasks = _tasks(doing, sighting, post, goes_to)
    return Outcome("stopped", area.path, f"sighting:{sighting.id}", {"sighting": str(sighting.id), **tasks})


def _must_be_kept(said: landing.Answer, decision: str, reason: str, note: str) -> None:
    if decision == Decision.PASSED and said.action == "pass" and reason != StopReason.FEVER:
        raise Refused(_("正常放行的人只计数，不登记"), "passes_clear")
    if decision == Decision.ADVISED_RETURN:
        if said.action == "pass" and reason != StopReason.FEVER:
            raise Refused(_("没有防疫理由，不得劝返"), "no_ground")
        if len(note.strip()) < 4:
            raise Refused(_("劝返须写明本人的具体情况；不得只因来自某地"), "no_words")


def _known(id_number: str) -> Any:
    """The person of this document, if exactly one is on record."""
    if not id_number.strip():
        return None
    hits = list(people_reads.search(Scope(EVERYWHERE), id_number)[:2])
    return hits[0] if len(hits) == 1 else None


def _tasks(doing: Doing, sighting: Any, post: Any, goes_to: Any) -> dict[str, str]:
    """A red code is cleared up at the post's township; who lands from elsewhere is handed to where they go."""
    told: dict[str, str] = {}
    subject = f"sighting:{sighting.id}"
    if sighting.colour == Colour.RED:
        task = open_clocked(
            doing, kind=TaskKind.RED_CODE, title=gettext("红码：%(post)s") % {"post": post.name}, area=post.area,
            path=post.path, subject=subject, notice="red_code", name="red",
            roles=([Role.TOWNSHIP], [Role.OFFICE, Role.COMMANDER]), detail={"seen_at": doing.at.isoformat()},
        )  # fmt: skip
        told["red_code"] = str(task.id)
    if goes_to is not None and (sighting.level or sighting.is_landing):
        task = open_clocked(
            doing, kind=TaskKind.ARRIVAL, title=gettext("落地检人员：自%(post)s来") % {"post": post.name}, area=goes_to,
            path=goes_to.path, subject=subject, notice="arrival", name="arrival",
            roles=([Role.TOWNSHIP], [Role.OFFICE, Role.COMMANDER]),
            detail={"level": sighting.level, "decision": sighting.decision},
        )  # fmt: skip
        told["arrival"] = str(task.id)
    return told
