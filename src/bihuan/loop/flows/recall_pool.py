"""A pool is positive: everybody in it is found; their retained single is looked for first, else they are sampled anew."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import FINDINGS, TubeState, TubeUse, Via
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.chain import EVERYBODY, order


@flow()
def recall_pool(doing: Doing, *, tube: UUID) -> Outcome:
    """Take a positive pool apart, with a clock. Whoever may be in the tube by an unsettled doubt is recalled too.

    A retained single stood beside its pool in the same box: it waits at the same laboratory. The pool's value stands
    for its members until singles have spoken.
    """
    asked = lab_reads.tube(EVERYBODY, tube)
    if asked is None or not asked.is_pool or asked.value not in FINDINGS:
        raise Refused(_("只有已发布的阳性混采管需要追查"), "no_positive_pool")
    people = {}
    kept = []
    inside = list(lab_reads.members(EVERYBODY, asked.id))
    elsewhere = lab_reads.tubes_coded(EVERYBODY, {s.retained_code for s in inside})  # a code that was used again
    for swab in inside:
        if swab.person is None:
            continue
        single = None
        if swab.retained_code and swab.retained_code not in elsewhere:
            single = {
                "id": doing.derive(f"tube:{swab.retained_code}"), "code": swab.retained_code, "round_id": asked.round_id,
                "session_id": asked.session_id, "path": asked.path, "use": TubeUse.RETAINED, "capacity": 1, "swabs": 1,
                "state": TubeState.RECEIVED, "opened_at": swab.at, "closed_at": swab.at, "box_id": asked.box_id,
                "pool_id": asked.id,
            }  # fmt: skip
            kept.append(
                (single, {"person_id": swab.person_id, "path": swab.path, "at": swab.at, "member_id": swab.member_id})
            )
        people[swab.person_id] = {
            "person_id": swab.person_id, "path": swab.person.path, "via": Via.RETAINED if single else Via.NEW_SWAB,
            "tube_id": single["id"] if single else None,
        }  # fmt: skip
    for doubt in lab_reads.doubts_about(EVERYBODY, asked.code):
        people.setdefault(
            doubt.person_id,
            {"person_id": doubt.person_id, "path": doubt.person.path, "via": Via.NEW_SWAB, "tube_id": None},
        )
    lab_writes.add_singles(kept, recorded_at=doing.recorded_at)
    made = lab_writes.add_recall(asked, list(people.values()), at=doing.at, id_=doing.derive("recall"))
    if made is None:
        raise Refused(_("此管已在追查"), "recalled_already")
    order(
        doing, kind=TaskKind.RECALL_POOL, title=asked.code, path=asked.path, subject=f"recall:{made.id}",
        started_at=doing.at, roles=[Role.TRACER, Role.HEALTH],
    )  # fmt: skip
    told = {"recall": str(made.id), "people": len(people), "retained": len(kept)}
    return Outcome("recalled", asked.path, f"recall:{made.id}", told)
