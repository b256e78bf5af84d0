"""Closed tubes of a station go into a box for a laboratory."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState, TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_TUBES = 500


@flow()
def pack_box(
    doing: Doing, *, session: UUID, box: str, tubes: tuple[str, ...], laboratory: UUID | None = None
) -> Outcome:
    """Seal a box. Every tube must be closed, of this station, and in no other box; those that are not are named."""
    asked = lab_reads.session(doing.actor.scope, session)
    if asked is None:
        raise Refused(_("没有这个采样点，或不在您的辖区"), "no_such_session")
    codes = [c.strip() for c in tubes]
    if not box.strip() or not codes or len(codes) > MOST_TUBES:
        raise Refused(_("请扫描箱码和 1 至 %(n)d 支管") % {"n": MOST_TUBES}, "incomplete")
    twice = sorted({c for c in codes if codes.count(c) > 1})
    if twice:
        raise Refused(_("同一管扫了两次：%(codes)s") % {"codes": "、".join(twice[:10])}, "scanned_twice")
    found = lab_reads.tubes_coded(doing.actor.scope, codes)
    wrong = [
        c for c in codes if c not in found or found[c].session_id != asked.id or found[c].state != TubeState.CLOSED
    ]
    if wrong:
        raise Refused(
            _("以下管未封、已装箱或不属于本采样点：%(codes)s") % {"codes": "、".join(wrong[:10])}, "wrong_tubes"
        )
    destination = laboratory or asked.station.laboratory_id
    if destination is None or lab_reads.laboratory(doing.actor.scope, destination) is None:
        raise Refused(_("请选择送往的实验室"), "no_such_laboratory")
    made = lab_writes.add_box(
        [found[c].id for c in codes],
        id=doing.derive("box"), code=box.strip(), session=asked, round_id=asked.round_id, laboratory_id=destination,
        path=asked.path, people=sum(found[c].swabs for c in codes), state=BoxState.PACKED, packed_at=doing.at,
        packed_by_id=doing.actor.member,
    )  # fmt: skip
    if made is None:
        raise Refused(_("箱号 %(code)s 已被使用，请换箱") % {"code": box}, "box_taken")
    return Outcome("packed", asked.path, f"box:{made.id}", {"box": str(made.id), "tubes": len(codes)})
