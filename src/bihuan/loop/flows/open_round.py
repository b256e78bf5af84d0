"""A round of testing begins: for whom, how many, how many to a tube, until when."""

from datetime import timedelta

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import STANDING, RoundKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.chain import order


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One unit a round is for, with its headcount."""

    area: str
    headcount: int


@flow()
def open_round(
    doing: Doing,
    *,
    name: str,
    kind: str,
    area: str,
    targets: tuple[Target, ...] = (),
    area_risk: str = "low",
    pool_size: int = 0,
    hours: float = 0,
) -> Outcome:
    """Open a round. The protocol says how many swabs may share a tube; fewer may be chosen, never more."""
    where = territory_reads.area_in(doing.actor.scope, area)
    if where is None:
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    if not name.strip() or kind not in RoundKind.values:
        raise Refused(_("一轮检测须有名称和类别"), "incomplete")
    rule = lab_bridge.pool_rule(kind, doing.at, area_risk=area_risk)
    size = pool_size or rule.size
    if size > rule.size or size not in lab_bridge.SIZES:
        raise Refused(
            _("按现行方案（%(edition)s）此类人员最多 %(n)d 人一管，可选 1、5、10、20")
            % {"edition": rule.edition, "n": rule.size},
            "pool_too_large",
        )
    areas = territory_reads.areas_by_code([t.area for t in targets])
    wrong = [t.area for t in targets if t.area not in areas or not areas[t.area].path.startswith(where.path)]
    if wrong or any(t.headcount < 0 for t in targets):
        raise Refused(_("目标单位不在本轮范围内：%(codes)s") % {"codes": "、".join(wrong[:5])}, "no_such_target")
    standing = kind in STANDING
    due = doing.at + timedelta(hours=hours or lab_bridge.round_hours(doing.at))
    made = lab_writes.add_round(
        [{"area": areas[t.area], "path": areas[t.area].path, "headcount": t.headcount} for t in targets],
        id=doing.derive("round"),
        number=lab_reads.round_number(doing.actor.scope, f"{doing.at:%Y%m%d}-"),
        name=name.strip(),
        kind=kind,
        area=where,
        path=where.path,
        protocol=rule.edition,
        pool_size=size,
        pool_basis=rule.basis,
        is_standing=standing,
        people_expected=sum(t.headcount for t in targets),
        opened_at=doing.at,
        opened_by_id=doing.actor.member,
        due_at=due,
    )
    if not standing:
        order(
            doing, kind=TaskKind.FINISH_ROUND, title=made.name, path=made.path, subject=f"round:{made.id}",
            started_at=doing.at, due_at=due, roles=[Role.OFFICE, Role.HEALTH],
        )  # fmt: skip
    return Outcome(
        "opened", made.path, f"round:{made.id}", {"round": str(made.id), "number": made.number, "pool_size": size}
    )
