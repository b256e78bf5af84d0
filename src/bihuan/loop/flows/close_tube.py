"""A tube takes no more swabs."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def close_tube(doing: Doing, *, tube: str, swabs: int | None = None) -> Outcome:
    """Close a tube; where the sampler counts its swabs, a count that differs from what is bound is refused."""
    asked = lab_reads.tube_coded(doing.actor.scope, tube.strip())
    if asked is None:
        raise Refused(_("没有管号 %(code)s 的记录") % {"code": tube}, "no_such_tube")
    if asked.state != TubeState.OPEN:
        raise Refused(_("管 %(code)s 已封") % {"code": asked.code}, "closed_already")
    if swabs is not None and swabs != asked.swabs:
        raise Refused(
            _("管 %(code)s 记录 %(bound)d 人，实有 %(counted)d 支拭子：请先补录或撤销")
            % {"code": asked.code, "bound": asked.swabs, "counted": swabs},
            "count_differs",
        )
    lab_writes.close_tubes([asked.id], doing.at)
    return Outcome("closed", asked.path, f"tube:{asked.id}", {"tube": asked.code, "people": asked.swabs})
