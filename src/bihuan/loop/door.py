"""The entrance for every door: the act machinery with the loop's rules. Desk, API, phone, CLI and tick come in here."""

import importlib
import logging
import pkgutil
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.reads import Actor
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter, scoped
from bihuan.loop import act, flows
from bihuan.loop.act import Answer, Refused, Request
from bihuan.loop.follows import FOLLOWS

for _module in pkgutil.iter_modules(flows.__path__):
    importlib.import_module(f"{flows.__name__}.{_module.name}")

_log = logging.getLogger(__name__)
# Open pages listen here for «something changed»; they ask for their own numbers, inside their own scope.
CHANNEL = "bihuan_changed"
# NOTIFY takes a lock at commit: told at most this often by one process, however many acts there are.
TELL_EVERY_SECONDS = 1.0
_told_at = [0.0]


def _tell() -> None:
    """Say that something changed, once the acts are safe."""
    now = time.monotonic()
    if now - _told_at[0] >= TELL_EVERY_SECONDS:
        _told_at[0] = now
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def perform(
    verb: str,
    args: Mapping[str, Any],
    /,
    *,
    by: UUID,
    at: datetime,
    recorded_at: datetime,
    id_: UUID | None = None,
    device: str = "",
) -> Answer:
    """Do one act in the name of a member. Refusals come back as an answer, never as an exception."""
    request = Request(id_ or uuid7(), verb, at, device, dict(args))
    return perform_many([request], member=by, recorded_at=recorded_at)[0]


def perform_many(requests: Sequence[Request], *, member: UUID, recorded_at: datetime) -> list[Answer]:
    """Do acts in the name of a member, in order, committed before this returns."""
    with transaction.atomic():
        transaction.on_commit(_tell)
        try:
            actor = act.actor_of(member, recorded_at)
        except Refused as no:
            return [Answer(r.id, "refused", str(no.words), code=no.code) for r in requests]
        return act.perform_many(requests, actor, recorded_at=recorded_at, follows=FOLLOWS)


def perform_calls(calls: Sequence[tuple[UUID, Sequence[Request]]], *, recorded_at: datetime) -> list[list[Answer]]:
    """Several members' calls that wait at the same moment, committed together: each is answered as if it came alone.

    A commit costs as much for one act as for fifty, and so does asking the tables: acts of one verb by members of one
    scope are asked together. Whatever goes wrong for one, all are done again each by itself.
    """
    if len(calls) > 1:
        try:
            return _in_one_commit(calls, recorded_at)
        except Exception:  # noqa: BLE001 - whatever it was: each is done again alone and tells its own fault
            _log.warning("calls done together went wrong; doing each by itself", exc_info=True)
    return [perform_many(acts, member=member, recorded_at=recorded_at) for member, acts in calls]


def _in_one_commit(calls: Sequence[tuple[UUID, Sequence[Request]]], recorded_at: datetime) -> list[list[Answer]]:
    answers: dict[int, list[Answer]] = {}
    with transaction.atomic():
        transaction.on_commit(_tell)
        actors = act.actors_of({member for member, _acts in calls}, recorded_at)
        allowed: dict[UUID, Actor] = {}
        together: dict[tuple[str, str], list[int]] = {}
        for n, (member, acts) in enumerate(calls):
            actor = actors[member]
            if isinstance(actor, Refused):
                answers[n] = [Answer(r.id, "refused", str(actor.words), code=actor.code) for r in acts]
                continue
            allowed[member] = actor
            together.setdefault((act.fits_together(acts) or f"alone {n}", actor.scope.path), []).append(n)
        for (_verb, path), several in sorted(together.items()):  # one order for everybody: no two wait in a ring
            enter(Scope(path))
            if len(several) == 1:
                ((member, acts),) = [calls[n] for n in several]
                answers[several[0]] = act.perform_many(acts, allowed[member], recorded_at=recorded_at, follows=FOLLOWS)
                continue
            pairs = [(r, allowed[calls[n][0]]) for n in several for r in calls[n][1]]
            told = iter(act.perform_together(pairs, recorded_at=recorded_at, follows=FOLLOWS))
            answers |= {n: [next(told) for _r in calls[n][1]] for n in several}
    return [answers[n] for n in range(len(calls))]


def by_rule(verb: str, args: Mapping[str, Any], /, *, at: datetime, id_: UUID | None = None) -> Answer:
    """Do an act in the name of the house itself: set-up by the operator at the command line, and what time calls for."""
    with scoped(Scope(EVERYWHERE)):
        return act.by_rule(verb, args, id_ or uuid7(), staff_reads.clockwork(), at=at, follows=FOLLOWS)
