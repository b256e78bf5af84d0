"""A person is bound to a tube at a table. Done by the hundred, as phones send it; what binds is decided by the tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake.bridge import Told
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.bridge import SIZES
from bihuan.ledgers.lab.choices import DoubtReason, TubeState, TubeUse
from bihuan.ledgers.lab.reads import Table
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow_of_many, widened

# A swab told of later than this was drawn without network: it is in its tube whatever we answer, so a swab that
# cannot be bound becomes a doubt for a person to settle. Told of at once, it is refused before it is drawn.
DRAWN_ALREADY = timedelta(minutes=10)
# The same person in the same tube told once more, by paper or another phone: the same fact, not a doubt.
TOLD_BEFORE = "told_before"
# What is bound meanwhile by others is looked at again this often; each time somebody got on.
RACES = 5
EVERYBODY = Scope(EVERYWHERE)
WORDS: Mapping[str, Any] = {
    DoubtReason.TWICE_IN_ROUND: _("此人本轮已采样"),
    DoubtReason.TUBE_FULL: _("此管已满，请换新管"),
    DoubtReason.TUBE_ELSEWHERE: _("此管号已用于其他采样点、轮次或规格，请换新管"),
    DoubtReason.TUBE_CLOSED: _("此管已封，请换新管"),
}


@dataclass
class _Room:
    """How a tube stands while swabs are gone through one by one."""

    session: UUID
    capacity: int
    left: int
    state: str


class SwabDrawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One swab: at which table, into which tube, of whom. A person is named by id, or by the document just scanned;
    an environment sample names its place and spot instead. `capacity` 0 means the round's own."""

    session: UUID
    tube: str
    person: UUID | None = None
    who: Told | None = None
    place: UUID | None = None
    spot: str = ""
    retained: str = ""
    capacity: int = 0


@flow_of_many(SwabDrawn, private=("who",), of_several=True)
def draw_swab(doings: Sequence[Doing], swabs: Sequence[SwabDrawn]) -> Sequence[Outcome | Refused]:
    """Bind swabs to tubes; each is bound once, or refused with its reason before it is drawn."""
    actor = doings[0].actor
    sessions = lab_reads.tables(actor.scope, {s.session for s in swabs})
    refusals: list[Refused | None] = [
        _refusal(s, sessions.get(s.session), d) for d, s in zip(doings, swabs, strict=True)
    ]
    if any(refusals):
        fine = Outcome("", actor.scope.path)  # refused acts are taken out and the rest comes again
        return [no or fine for no in refusals]
    persons = _persons(doings, swabs, sessions)
    asked = {d.id: (d, s) for d, s in zip(doings, swabs, strict=True)}
    doubted: dict[UUID, str] = {}
    fitting = asked
    for again in range(RACES):
        if not fitting:
            break
        tubes, rows = _rows(fitting, sessions, persons)
        bound = lab_writes.add_swabs(tubes, rows, recorded_at=doings[0].recorded_at, back=actor.scope)
        if len(bound) == len(fitting):
            break
        # Something does not fit: go through them one by one, as they were drawn, and bind the others.
        with widened(doings[0]):  # a person may live anywhere in the county; a tube's code may be in use anywhere
            lab_writes.take_back(bound, {s.tube for _d, s in fitting.values()})
            reasons = _reasons(fitting, sessions, persons)
        if not reasons and again + 1 == RACES:  # others fill and free the same tubes at this very moment
            return [Refused(_("此管正由他人登记，请再扫一次"), "busy") for _d in doings]
        no = {id_: _words(why) for id_, why in reasons.items() if not _is_doubt(why, *asked[id_])}
        if no:
            return [no.get(d.id) or Outcome("", actor.scope.path) for d in doings]
        doubted |= reasons
        fitting = {id_: two for id_, two in fitting.items() if id_ not in reasons}
    if doubted:
        with widened(doings[0]):
            _keep_doubts({i: why for i, why in doubted.items() if why != TOLD_BEFORE}, asked, sessions, persons)
    return [_outcome(d, s, sessions[s.session], doubted.get(d.id, "")) for d, s in zip(doings, swabs, strict=True)]


def _is_doubt(reason: str, doing: Doing, swab: SwabDrawn) -> bool:
    """Whether a swab that cannot be bound is in its tube all the same: a person's, told of late."""
    return (
        (reason in WORDS or reason == TOLD_BEFORE)
        and swab.place is None
        and doing.recorded_at - doing.at >= DRAWN_ALREADY
    )


def _outcome(doing: Doing, swab: SwabDrawn, session: Table, doubt: str) -> Outcome:
    if doubt == TOLD_BEFORE:
        return Outcome("known", session.path, f"session:{session.id}", {"tube": swab.tube})
    if doubt:
        return Outcome("doubted", session.path, f"swabdoubt:{doing.id}", {"doubt": doubt, "tube": swab.tube})
    return Outcome("drawn", session.path, f"swab:{doing.id}", {"tube": swab.tube})


def _refusal(swab: SwabDrawn, session: Table | None, doing: Doing) -> Refused | None:
    if session is None:
        return Refused(_("没有这个采样点，或不在您的辖区"), "wrong_station")
    if session.opened_at > doing.at or (session.closed_at is not None and session.closed_at <= doing.at):
        return Refused(_("该采样点此时未开点"), "session_closed")
    if session.round_closed_at is not None and session.round_closed_at <= doing.at:
        return Refused(_("这一轮检测已结束"), "round_closed")
    if not swab.tube.strip():
        return Refused(_("请扫描管码"), "no_tube")
    if (swab.person is not None) + (swab.who is not None) + (swab.place is not None) != 1:
        return Refused(_("请扫描证件或选择名单上的人"), "no_person")
    if swab.who is not None and not (swab.who.name.strip() and swab.who.id_number.strip()):
        return Refused(_("名单外人员须有姓名和证件号"), "no_person")
    if swab.capacity and (swab.capacity not in SIZES or swab.capacity > session.pool_size):
        return Refused(_("本轮最多 %(n)d 人一管") % {"n": session.pool_size}, "pool_too_large")
    if swab.place is not None and not swab.spot.strip():
        return Refused(_("环境采样须写明采样部位"), "no_spot")
    return None


def _persons(doings: Sequence[Doing], swabs: Sequence[SwabDrawn], sessions: Mapping[UUID, Table]) -> dict[UUID, UUID]:
    """Who each swab told by a document is: found by it, or recorded where the table stands."""
    told = {d.id: (d, s) for d, s in zip(doings, swabs, strict=True) if s.who is not None}
    if not told:
        return {}
    numbers = {id_: s.who.id_number.strip().upper() for id_, (_d, s) in told.items() if s.who}
    with widened(doings[0]):
        known = people_reads.by_numbers(EVERYBODY, set(numbers.values()))
    fresh = []
    for id_, (doing, swab) in told.items():
        if numbers[id_] not in known and swab.who is not None:
            known[numbers[id_]] = new = doing.derive("person")
            table = sessions[swab.session]
            code = table.path.rstrip("/").rsplit("/", 1)[-1]
            fresh.append(intake_bridge.new_person(swab.who, id_=new, area_code=code, path=table.path))
    if fresh:
        people_writes.add_persons(fresh, recorded_at=doings[0].recorded_at, keep_until=None)
    return {id_: known[number] for id_, number in numbers.items()}


def _rows(
    waiting: Mapping[UUID, tuple[Doing, SwabDrawn]], sessions: Mapping[UUID, Table], persons: Mapping[UUID, UUID]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The tubes these swabs want and the swabs themselves; a tube wanted at two tables is given to the first."""
    tubes: dict[str, dict[str, Any]] = {}
    rows = []
    for id_, (doing, swab) in waiting.items():
        session_id = swab.session
        tube = tubes.get(swab.tube)
        if tube is None:
            session = sessions[session_id]
            capacity = swab.capacity or session.pool_size
            tube = tubes[swab.tube] = {
                "id": uuid7(), "code": swab.tube, "round": session.round_id, "session": session_id,
                "path": session.path, "capacity": capacity, "swabs": 0, "opened_at": doing.at,
                "use": TubeUse.ENVIRONMENT if swab.place else TubeUse.SINGLE if capacity == 1 else TubeUse.POOL,
            }  # fmt: skip
        if tube["session"] != session_id:
            continue
        tube["swabs"] += 1
        row = {
            "id": id_, "tube": swab.tube, "person": swab.person or persons.get(id_), "at": doing.at,
            "member": doing.actor.member,
        }  # fmt: skip
        if swab.place is not None:
            row |= {"place": swab.place, "spot": swab.spot}
        if swab.retained:
            row["retained"] = swab.retained.strip()
        if sessions[session_id].is_standing:
            row["once"] = False
        rows.append(row)
    return list(tubes.values()), rows


def _reasons(
    drawn: Mapping[UUID, tuple[Doing, SwabDrawn]], sessions: Mapping[UUID, Table], persons: Mapping[UUID, UUID]
) -> dict[UUID, str]:
    """Which swabs cannot be bound, and why, when they are taken one after the other."""
    given = {id_: s.person or persons.get(id_) for id_, (_d, s) in drawn.items()}
    alive = people_reads.living(EVERYBODY, [p for p in given.values() if p])
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for id_, (_doing, swab) in drawn.items():
        who = given[id_]
        if who in alive:
            people[sessions[swab.session].round_id].add(alive[who])
    sampled = {round_: lab_reads.taken(EVERYBODY, round_, own) for round_, own in people.items()}
    kept = lab_reads.retained_taken(EVERYBODY, {s.retained.strip() for _d, s in drawn.values()})
    places = {p.id for p in territory_reads.places(EVERYBODY).filter(id__in=[s.place for _d, s in drawn.values()])}
    tubes = {
        code: _Room(t.session_id, t.capacity, t.capacity - t.swabs, t.state)
        for code, t in lab_reads.tubes_coded(EVERYBODY, {s.tube for _d, s in drawn.values()}).items()
    }
    reasons: dict[UUID, str] = {}
    for id_, (_doing, swab) in drawn.items():
        session, person = sessions[swab.session], alive.get(given[id_]) if given[id_] else None  # type: ignore[arg-type]
        capacity = swab.capacity or session.pool_size
        tube = tubes.get(swab.tube) or _Room(session.id, capacity, capacity, TubeState.OPEN)
        already = sampled.setdefault(session.round_id, {})
        retained = swab.retained.strip()
        if swab.place is None and person is None:
            reasons[id_] = "no_such_person"
        elif swab.place is not None and swab.place not in places:
            reasons[id_] = "no_such_place"
        elif person in already and not session.is_standing:
            same = already[person] == swab.tube
            reasons[id_] = TOLD_BEFORE if same else DoubtReason.TWICE_IN_ROUND
        elif tube.session != session.id or tube.capacity != capacity or (retained and retained in kept):
            reasons[id_] = DoubtReason.TUBE_ELSEWHERE
        elif tube.state != TubeState.OPEN:
            reasons[id_] = DoubtReason.TUBE_CLOSED
        elif tube.left <= 0:
            reasons[id_] = DoubtReason.TUBE_FULL
        else:
            tube.left -= 1
            tubes[swab.tube] = tube
            kept |= {retained} - {""}
            if person is not None:
                already[person] = swab.tube
    return reasons


def _words(reason: str) -> Refused:
    if reason == TOLD_BEFORE:
        return Refused(WORDS[DoubtReason.TWICE_IN_ROUND], DoubtReason.TWICE_IN_ROUND)
    unknown = _("没有登记这个场所") if reason == "no_such_place" else _("没有此人的档案：请扫描证件重新登记")
    return Refused(WORDS.get(reason, unknown), str(reason))


def _keep_doubts(
    doubted: Mapping[UUID, str],
    asked: Mapping[UUID, tuple[Doing, SwabDrawn]],
    sessions: Mapping[UUID, Table],
    persons: Mapping[UUID, UUID],
) -> None:
    """Put drawn swabs that could not be bound before a person."""
    people = {id_: asked[id_][1].person or persons.get(id_) for id_ in doubted}
    homes = people_reads.homes(EVERYBODY, [p for p in people.values() if p])
    lab_writes.add_doubts(
        [
            {
                "id": id_, "round_id": sessions[asked[id_][1].session].round_id, "session_id": asked[id_][1].session,
                "tube_code": asked[id_][1].tube, "person_id": person, "path": homes[person][1], "reason": reason,
                "member_id": asked[id_][0].actor.member, "at": asked[id_][0].at,
                "recorded_at": asked[id_][0].recorded_at,
            }
            for id_, reason in doubted.items()
            if (person := people[id_]) is not None
        ]
    )  # fmt: skip
