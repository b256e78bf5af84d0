"""What time itself does: clocks that have come to a step, and whatever else is due. Several ticks at once do everything once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.presences import reads as presence_reads
from bihuan.ledgers.intake.sightings import reads as sighting_reads
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab.choices import StationKind
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.passes import reads as pass_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import act, door  # noqa: F401 - the door brings the flows
from bihuan.loop.flows.alarm_feed import HABIT
from bihuan.loop.follows import FOLLOWS

# A phone not heard for a day lies in a drawer; its silence was told when it began.
FORGOTTEN = timedelta(hours=24)


@dataclass(frozen=True)
class Due:
    """One thing time does: `verb(argument=id)` for every (id, step) that `find` says is due at an instant, at most so many.

    The id of each act follows from the thing and its step, so that two workers make the same act and the journal's key
    lets one of them do it. `word` is the outcome that counts as done.
    """

    verb: str
    argument: str
    word: str
    find: Callable[[datetime, int], Sequence[tuple[UUID, int]]]


def _clocks(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(c.id, c.raised) for c in command_reads.due_clocks(at)[:most]]


def _site_checks(at: datetime, most: int) -> list[tuple[UUID, int]]:
    due = resources_reads.due_checks(at)[:most]
    return [(f.id, int(f.check_due_at.timestamp())) for f in due if f.check_due_at]


def _old_risk_lists(at: datetime, most: int) -> list[tuple[UUID, int]]:
    limit = timedelta(minutes=command_bridge.limit("risk_list_age", at).minutes)
    return [(one.id, 0) for one in risk.lists_older_than(limit, at)[:most]]


def _follow_ups_over(at: datetime, most: int) -> list[tuple[UUID, int]]:
    # A new end is a new step: a contact whose last day moved is looked at again.
    return [(c.id, int(c.follow_until.timestamp())) for c in cases_reads.follow_up_over(at)[:most] if c.follow_until]


def _missed_duties(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(d, 0) for d in orders_reads.duties_to_miss(at).values_list("id", flat=True)[:most]]


def _releases(at: datetime, most: int) -> list[tuple[UUID, int]]:
    before = at + timedelta(minutes=command_bridge.limit("decide_release", at).minutes)
    return [(o, _hour(at)) for o in orders_reads.orders_to_decide(before).values_list("id", flat=True)[:most]]


def _ended_orders(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(o, -_hour(at)) for o in orders_reads.orders_to_end(at).values_list("id", flat=True)[:most]]


def _hour(at: datetime) -> int:
    """A step for what its own row claims by compare-and-set, and may fall due again after an end was moved back."""
    return int(at.timestamp() // 3600)


def _old_pass_keys(at: datetime, most: int) -> list[tuple[UUID, int]]:
    life = timedelta(minutes=command_bridge.limit("pass_key_life", at).minutes)
    return [(key.id, 0) for key in pass_reads.pass_keys_older_than(at - life)[:most]]


def _lists_to_forget(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(pushed.id, 0) for pushed in intake_reads.lists_to_forget(at)[:most]]


def _presences_to_forget(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(place, at.date().toordinal()) for place in presence_reads.places_to_forget(at.date(), most)]


def _rhythms(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(r.id, int(r.next_at.timestamp())) for r in command_reads.due_rhythms(at)[:most]]


def _departures(at: datetime, most: int) -> list[tuple[UUID, int]]:
    """Posts with samples on the table: once when the clock must start, once when it has run out, for each first sample."""
    found = []
    for session, first in lab_figures.waiting_posts(Scope(EVERYWHERE), [StationKind.CHECKPOINT], at)[:most]:
        due = command_bridge.limit("send_samples", first).due(first)
        step = int(first.timestamp()) * 2
        found += [(session.id, step)] if at < due else [(session.id, step), (session.id, step + 1)]
    return found


def _fever_results(at: datetime, most: int) -> list[tuple[UUID, int]]:
    warn = timedelta(minutes=command_bridge.limit("fever_warn", at).minutes)
    return [(tube.id, 0) for tube in lab_figures.late_tubes(Scope(EVERYWHERE), at - warn)[:most]]


def _slots_to_follow(at: datetime, most: int) -> list[tuple[UUID, int]]:
    grace = timedelta(minutes=command_bridge.limit("slot_grace", at).minutes)
    # Several may come one after the other: each look is a step of its own.
    return [(p, int(at.timestamp())) for p in slot_reads.plans_to_follow(Scope(EVERYWHERE), at - grace, most)]


def _stays_to_follow(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return stays_reads.to_follow(Scope(EVERYWHERE), at)[:most]


def _old_sightings(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(one.id, 0) for one in sighting_reads.sightings_to_forget(at)[:most]]


def _enquirers_to_forget(at: datetime, most: int) -> list[tuple[UUID, int]]:
    return [(one.id, 0) for one in public_reads.enquiries_to_forget(at)[:most]]


def _silent_phones(at: datetime, most: int) -> list[tuple[UUID, int]]:
    """Phones that keep acts unsent, or whose holder has a table open, and have not been heard for the limit."""
    limit = timedelta(minutes=command_bridge.limit("phone_silence", at).minutes)
    silent = list(
        staff_reads.silent_phones(Scope(EVERYWHERE), heard_before=at - limit, heard_after=at - FORGOTTEN)[:most]
    )
    at_tables = lab_figures.at_tables(Scope(EVERYWHERE), [p.member_id for p in silent]) if silent else set()
    return [(p.id, int(p.heard_at.timestamp())) for p in silent if p.waiting or p.member_id in at_tables]


def _silent_feeds(at: datetime, most: int) -> list[tuple[UUID, int]]:
    """The last list of every sender whose habit is broken; asked once a last list."""
    found = []
    for came in intake_reads.arrivals(Scope(EVERYWHERE), at - HABIT, at).values():
        habit = intake_bridge.silent_from([when for when, _id in came])
        if habit and habit[0] <= at:
            found.append((came[-1][1], 0))
    return found[:most]


DUE: tuple[Due, ...] = (
    Due("raise_clock", "clock", "raised", _clocks),
    Due("forget_list", "pushed_list", "forgotten", _lists_to_forget),
    Due("forget_presences", "place", "forgotten", _presences_to_forget),
    Due("remind_site_check", "facility", "due", _site_checks),
    Due("ask_newer_risk_list", "risk_list", "asked", _old_risk_lists),
    Due("finish_follow_up", "contact", "completed", _follow_ups_over),
    Due("forget_enquirer", "enquiry", "forgotten", _enquirers_to_forget),
    Due("forget_sighting", "sighting", "forgotten", _old_sightings),
    Due("renew_pass_key", "key", "renewed", _old_pass_keys),
    Due("open_next_task", "rhythm", "opened", _rhythms),
    Due("miss_duty", "duty", "missed", _missed_duties),
    Due("ask_release", "order", "asked", _releases),
    Due("expire_order", "order", "expired", _ended_orders),
    Due("alarm_departure", "session", "departure_missed", _departures),
    Due("alarm_result", "tube", "warned", _fever_results),
    Due("follow_slots", "plan", "followed", _slots_to_follow),
    Due("follow_order", "stay", "freed", _stays_to_follow),
    Due("alarm_silence", "phone", "silent", _silent_phones),
    Due("alarm_feed", "pushed_list", "silent", _silent_feeds),
)  # fmt: skip


def tick(at: datetime, *, most: int = 500) -> int:
    """Do what is due at `at`; answers how many things were done. Safe to run from several workers, at any rhythm."""
    with scoped(Scope(EVERYWHERE)):
        clockwork = staff_reads.clockwork()
    done = 0
    for due in DUE:
        with scoped(Scope(EVERYWHERE)):
            found = due.find(at, most)
        for id_, step in found:
            with scoped(Scope(EVERYWHERE)):
                answer = act.by_rule(
                    due.verb, {due.argument: id_}, uuid5(id_, f"step:{step}"), clockwork, at=at, follows=FOLLOWS
                )
            done += answer.status == "done" and answer.word == due.word
    return done
