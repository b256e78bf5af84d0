"""Facts of the testing chain. What is written here is decided by the tables' own keys wherever two could race."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import F

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab.choices import BoxState, TubeState
from bihuan.ledgers.lab.models import (
    Box,
    KeyWorker,
    Laboratory,
    Outage,
    Recall,
    Receipt,
    Recheck,
    ResultFile,
    Round,
    RoundUnit,
    Run,
    Session,
    Station,
    Swab,
    SwabDoubt,
    TestRun,
    Tube,
)
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, ask

AT_THE_LABORATORY = (BoxState.RECEIVED, BoxState.DONE)


def add_laboratory(**fields: Any) -> Laboratory:
    """A laboratory with what it can do; one already known takes the new figures."""
    place = fields.pop("place")
    made, _ = Laboratory.objects.update_or_create(place=place, defaults=fields)
    return made


def add_station(**fields: Any) -> Station:
    """A sampling table."""
    return Station.objects.create(**fields)


def add_round(units: Sequence[Mapping[str, Any]], **fields: Any) -> Round:
    """A round with its target units."""
    made = Round.objects.create(**fields)
    RoundUnit.objects.bulk_create([RoundUnit(round=made, **unit) for unit in units])
    return made


def close_round(round_: UUID, at: datetime) -> bool:
    """The round is over; True for the first who says so."""
    return bool(Round.objects.filter(id=round_, closed_at__isnull=True).update(closed_at=at))


def add_session(**fields: Any) -> Session | None:
    """A station opens in a round; None when it is open there already."""
    made = Session.objects.bulk_create([Session(**fields)], ignore_conflicts=True)[0]
    return Session.objects.filter(id=made.id).first()


def close_session(session: UUID, *, at: datetime, by: UUID) -> bool:
    """The table is packed up, and with it every tube that still stood open."""
    Tube.objects.filter(session=session, state=TubeState.OPEN).update(state=TubeState.CLOSED, closed_at=at)
    return bool(Session.objects.filter(id=session, closed_at__isnull=True).update(closed_at=at, closed_by=by))


def add_swabs(
    tubes: Sequence[Mapping[str, Any]],
    swabs: Sequence[Mapping[str, Any]],
    *,
    recorded_at: datetime,
    back: Scope,
) -> set[UUID]:
    """Bind persons to tubes, however many, in one statement; answers which were bound. Then the scope is `back`.

    The tables decide: a tube's code exists once, takes swabs only while it is open at its own table and has room for
    all of this call's; a person counts once in a round; a person must be on record. A person merged into another is
    followed. What is not answered was not bound, but its tube may count it: see `take_back`. It looks at the whole
    county: a person may live anywhere in it, and a tube's code may be in use anywhere. A swab says only what differs:
    id, tube, member, at, and person or place with its spot; `retained` where a single was kept beside.
    """
    bound, _count = ask(
        Scope(EVERYWHERE),
        """WITH t AS (
             INSERT INTO lab_tube AS tube (id, code, round_id, session_id, path, use, capacity, swabs, state,
                    opened_at, value)
             SELECT id, code, round, session, path, use, capacity, swabs, 'open', opened_at, ''
             FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, code text, round uuid, session uuid, path text,
                    use text, capacity smallint, swabs smallint, opened_at timestamptz)
             WHERE swabs <= capacity
             ORDER BY code  -- one order for everybody: two calls must not wait for each other in a ring
             ON CONFLICT (code) DO UPDATE SET swabs = tube.swabs + excluded.swabs,
                    opened_at = least(tube.opened_at, excluded.opened_at)
             WHERE tube.session_id = excluded.session_id AND tube.state = 'open'
               AND tube.capacity = excluded.capacity AND tube.swabs + excluded.swabs <= tube.capacity
             RETURNING id, code, round_id)
           INSERT INTO lab_swab (id, round_id, tube_id, person_id, place_id, spot, path, counts, retained_code,
                  member_id, at, recorded_at)
           SELECT v.id, t.round_id, t.id, coalesce(p.merged_into_id, p.id), l.id, coalesce(v.spot, ''),
                  coalesce(p.path, l.path), p.id IS NOT NULL AND coalesce(v.once, true), coalesce(v.retained, ''),
                  v.member, v.at, %s
           FROM jsonb_to_recordset(%s::jsonb) AS v(id uuid, tube text, person uuid, place uuid, spot text,
                  once boolean, retained text, member uuid, at timestamptz)
           JOIN t ON t.code = v.tube
           LEFT JOIN people_person p ON p.id = v.person
           LEFT JOIN territory_place l ON l.id = v.place
           WHERE p.id IS NOT NULL OR l.id IS NOT NULL
           ORDER BY p.id  -- and one order of persons
           ON CONFLICT DO NOTHING RETURNING id""",
        [msgspec.json.encode(tubes).decode(), recorded_at, msgspec.json.encode(swabs).decode()],
        back=back,
    )
    return {row[0] for row in bound}


def take_back(swabs: Collection[UUID], codes: Collection[str]) -> None:
    """Unbind what the running act has just bound, and let its tubes count what is left; a tube left empty is gone."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM lab_swab WHERE id = ANY(%s)", [[str(i) for i in swabs]])
        cursor.execute(
            """UPDATE lab_tube t SET swabs = (SELECT count(*) FROM lab_swab s
                                            WHERE s.tube_id = t.id AND s.undone_at IS NULL)
               WHERE code = ANY(%s)""",
            [list(codes)],
        )
        cursor.execute(
            """DELETE FROM lab_tube t WHERE code = ANY(%s) AND swabs = 0 AND state = 'open'
               AND NOT EXISTS (SELECT 1 FROM lab_swab s WHERE s.tube_id = t.id)""",
            [list(codes)],
        )


def undo_swab(swab: UUID, tube: UUID, at: datetime) -> bool:
    """A swab was a mistake: it stays on record, no longer counts, and its tube has room again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH gone AS (UPDATE lab_swab SET undone_at = %s, counts = false, retained_code = ''
                             WHERE id = %s AND undone_at IS NULL RETURNING tube_id)
               UPDATE lab_tube SET swabs = swabs - 1 FROM gone WHERE id = gone.tube_id RETURNING id""",
            [at, swab],
        )
        return cursor.fetchone() is not None


def add_doubts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Swabs that were drawn but could not be bound, for a person to settle."""
    SwabDoubt.objects.bulk_create([SwabDoubt(**row) for row in rows], ignore_conflicts=True)


def settle_doubt(doubt: UUID, *, at: datetime, by: UUID, as_: str) -> bool:
    """Somebody has decided; True for the first."""
    open_ = SwabDoubt.objects.filter(id=doubt, settled_at__isnull=True)
    return bool(open_.update(settled_at=at, settled_by=by, settled_as=as_))


def close_tubes(tubes: Collection[UUID], at: datetime) -> int:
    """These take no more swabs."""
    return Tube.objects.filter(id__in=tubes, state=TubeState.OPEN).update(state=TubeState.CLOSED, closed_at=at)


def add_box(tubes: Collection[UUID], **fields: Any) -> Box | None:
    """Closed tubes go into a box; None when its code is taken or one of the tubes is packed already."""
    made = Box.objects.bulk_create([Box(tubes=len(tubes), **fields)], ignore_conflicts=True)[0]
    if not Box.objects.filter(id=made.id).exists():
        return None
    packed = Tube.objects.filter(id__in=tubes, box__isnull=True, state=TubeState.CLOSED)
    return made if packed.update(box=made, state=TubeState.PACKED) == len(tubes) else None


def add_receipt(**fields: Any) -> Receipt:
    """One count at a hand-over, whether it was right or not."""
    return Receipt.objects.create(**fields)


def add_run(**fields: Any) -> Run:
    """A courier leaves with boxes."""
    return Run.objects.create(**fields)


def send_boxes(boxes: Collection[UUID], run: Run, at: datetime) -> int:
    """These boxes are on the way."""
    sent = Box.objects.filter(id__in=boxes).update(
        run=run, state=BoxState.ON_THE_WAY, picked_up_at=at, laboratory=run.laboratory_id
    )
    Tube.objects.filter(box__in=boxes).update(state=TubeState.ON_THE_WAY)
    return sent


def set_arrived(run: UUID, at: datetime) -> bool:
    """The courier is at the laboratory's door."""
    return bool(Run.objects.filter(id=run, arrived_at__isnull=True).update(arrived_at=at))


def receive_box(box: UUID, at: datetime) -> bool:
    """The laboratory has it, counted and right; True for the first who says so."""
    got = Box.objects.filter(id=box).exclude(state__in=AT_THE_LABORATORY)
    if not got.update(state=BoxState.RECEIVED, received_at=at):
        return False
    Tube.objects.filter(box=box).update(state=TubeState.RECEIVED)
    return True


def stop_box(box: UUID) -> None:
    """Its count is wrong: nobody takes it further until it is right."""
    Box.objects.filter(id=box).update(state=BoxState.STOPPED)


def reroute_boxes(boxes: Collection[UUID], laboratory: UUID) -> int:
    """These go to another laboratory."""
    return Box.objects.filter(id__in=boxes).exclude(state__in=AT_THE_LABORATORY).update(laboratory=laboratory)


def add_test_run(codes: Collection[UUID], **fields: Any) -> TestRun:
    """Tubes go onto an instrument together."""
    made = TestRun.objects.create(tubes=len(codes), **fields)
    Tube.objects.filter(id__in=codes, state=TubeState.RECEIVED, test_run__isnull=True).update(test_run=made)
    return made


def finish_test_runs(runs: Collection[UUID], at: datetime) -> None:
    """All their tubes have a value."""
    waiting = Tube.objects.filter(test_run__in=runs, state=TubeState.RECEIVED).values("test_run")
    TestRun.objects.filter(id__in=runs, finished_at__isnull=True).exclude(id__in=waiting).update(finished_at=at)


def settle_boxes(boxes: Collection[UUID]) -> None:
    """A received box all of whose tubes have a value is done; one with a tube that waits again is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE lab_box b SET state = CASE WHEN EXISTS (
                 SELECT 1 FROM lab_tube t WHERE t.box_id = b.id AND t.state = 'received') THEN 'received' ELSE 'done' END
               WHERE id = ANY(%s) AND state IN ('received', 'done')""",
            [[str(b) for b in boxes]],
        )


def add_results(rows: Sequence[Mapping[str, Any]]) -> int:
    """Record values of tubes, however many, in one statement; answers how many were new.

    The tables decide: a tube has one first value, and a value is corrected once. The tube waits for its release.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH fresh AS (
                 INSERT INTO lab_result (id, tube_id, path, value, method, detail, file_id, tested_at, recorded_at,
                        recorded_by_id, corrects_id, reason)
                 SELECT id, tube, path, value, coalesce(method, ''), coalesce(detail, '{}'), file, tested_at,
                        recorded_at, recorded_by, corrects, coalesce(reason, '')
                 FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, tube uuid, path text, value text, method text,
                        detail jsonb, file uuid, tested_at timestamptz, recorded_at timestamptz, recorded_by uuid,
                        corrects uuid, reason text)
                 ON CONFLICT DO NOTHING RETURNING tube_id, tested_at),
               told AS (
                 UPDATE lab_tube t SET state = 'tested', tested_at = fresh.tested_at FROM fresh
                 WHERE t.id = fresh.tube_id)
               SELECT count(*) FROM fresh""",
            [msgspec.json.encode(rows, enc_hook=str).decode()],
        )
        return int(cursor.fetchone()[0])


def release_file(file: UUID, *, at: datetime, by: UUID) -> int:
    """Let out every value of a file; answers how many."""
    return _release("file_id = %s", [str(file)], at, by)


def release_results(results: Collection[UUID], *, at: datetime, by: UUID) -> int:
    """Let out these values; answers how many were not out before."""
    return _release("id = ANY(%s)", [[str(i) for i in results]], at, by)


def _release(which: str, given: list[Any], at: datetime, by: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH out AS (
                 UPDATE lab_result SET released_at = %s, released_by_id = %s
                 WHERE {which} AND released_at IS NULL RETURNING tube_id, value),
               told AS (
                 UPDATE lab_tube t SET value = out.value, released_at = %s,
                        state = CASE WHEN out.value = 'invalid' THEN 'spoiled' ELSE 'reported' END
                 FROM out WHERE t.id = out.tube_id)
               SELECT count(*) FROM out""",  # noqa: S608 - the condition is our own word
            [at, by, *given, at],
        )
        return int(cursor.fetchone()[0])


def set_tube_back(tube: Tube) -> None:
    """It is to be tested once more."""
    Tube.objects.filter(id=tube.id).update(state=TubeState.RECEIVED, test_run=None)
    settle_boxes([tube.box_id] if tube.box_id else [])


def add_file(**fields: Any) -> ResultFile | None:
    """A laboratory's file, checked; None when the same content is here already."""
    made = ResultFile.objects.bulk_create([ResultFile(**fields)], ignore_conflicts=True)[0]
    return ResultFile.objects.filter(id=made.id).first()


def set_file(file: UUID, was: str, **fields: Any) -> bool:
    """What became of a file, by compare-and-set."""
    return bool(ResultFile.objects.filter(id=file, state=was).update(**fields))


def set_progress(file: UUID, rows_done: int) -> None:
    """How far a file has been taken, told beside the transaction that takes it."""
    ResultFile.objects.using("aside").filter(id=file).update(rows_done=rows_done)


def add_recall(tube: Tube, members: Sequence[Mapping[str, Any]], *, at: datetime, id_: UUID) -> Recall | None:
    """A positive pool is taken apart; None when somebody did so before."""
    made = Recall.objects.bulk_create(
        [Recall(id=id_, tube=tube, path=tube.path, people=len(members), opened_at=at)], ignore_conflicts=True
    )[0]
    if not Recall.objects.filter(id=made.id).exists():
        return None
    Recheck.objects.bulk_create([Recheck(recall=made, **member) for member in members])
    return made


def add_singles(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], *, recorded_at: datetime) -> bool:
    """Single tubes of a pool's members, each with its swab; False when one of the codes is taken.

    Those that wait at a laboratory already put their box back to work.
    """
    Tube.objects.bulk_create([Tube(**tube) for tube, _swab in pairs], ignore_conflicts=True)
    if Tube.objects.filter(id__in=[tube["id"] for tube, _swab in pairs]).count() != len(pairs):
        return False
    Swab.objects.bulk_create(
        [
            Swab(
                **{"id": uuid7()} | dict(swab),
                round_id=tube["round_id"],
                tube_id=tube["id"],
                counts=False,
                recorded_at=recorded_at,
            )
            for tube, swab in pairs
        ]
    )
    settle_boxes({tube["box_id"] for tube, _swab in pairs if tube.get("box_id")})
    return True


def strike_tubes(box: UUID, tubes: Collection[UUID], at: datetime) -> int:
    """Tubes leave their box for good; answers how many people have to be sampled again."""
    swabs = Swab.objects.filter(tube__in=tubes, undone_at__isnull=True)
    people = swabs.count()
    swabs.update(counts=False)  # the swab was drawn and stays on record; the round no longer holds the person sampled
    Tube.objects.filter(id__in=tubes).update(state=TubeState.SPOILED, box=None)
    Box.objects.filter(id=box).update(tubes=F("tubes") - len(tubes), people=F("people") - people)
    return people


def set_recheck(recheck: UUID, **fields: Any) -> None:
    """How one member of a pool stands."""
    Recheck.objects.filter(id=recheck).update(**fields)


def set_told(rechecks: Collection[UUID], at: datetime) -> int:
    """These people know."""
    return Recheck.objects.filter(id__in=rechecks, told_at__isnull=True).update(told_at=at)


def decide_rechecks(tubes: Mapping[UUID, str], at: datetime) -> list[UUID]:
    """Singles have spoken: their rechecks are decided. Answers the recalls that are now over, and closes them."""
    for tube, value in tubes.items():
        Recheck.objects.filter(tube=tube).update(value=value, decided_at=at)
    open_ = Recheck.objects.filter(decided_at__isnull=True).values("recall")
    over = Recall.objects.filter(rechecks__tube__in=list(tubes), closed_at__isnull=True).exclude(id__in=open_)
    ids = list(over.values_list("id", flat=True).distinct())
    Recall.objects.filter(id__in=ids).update(closed_at=at)
    return ids


def add_key_workers(rows: Sequence[Mapping[str, Any]]) -> int:
    """People take key posts; one who is there already stays."""
    before = KeyWorker.objects.count()
    KeyWorker.objects.bulk_create([KeyWorker(**row) for row in rows], ignore_conflicts=True)
    return KeyWorker.objects.count() - before


def end_key_worker(worker: UUID, at: datetime) -> bool:
    """Somebody has left a key post."""
    return bool(KeyWorker.objects.filter(id=worker, held_until__isnull=True).update(held_until=at))


def add_outage(**fields: Any) -> Outage:
    """A platform does not answer."""
    return Outage.objects.create(**fields)


def end_outage(outage: UUID, at: datetime) -> bool:
    """It answers again."""
    return bool(Outage.objects.filter(id=outage, ended_at__isnull=True).update(ended_at=at))
