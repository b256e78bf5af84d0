"""Unannounced visits are drawn by lot, so that nobody chooses whom to spare; the seed lets anybody repeat the draw (R081)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import bridge as resources_bridge
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_VISITS = 50


@flow()
def draw_visits(doing: Doing, *, count: int, seed: int, inspector: UUID) -> Outcome:
    """Draw stays that last now; each becomes the inspector's task, kept where neither site nor township sees it before."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or doing.actor.scope.path != county.path:
        raise Refused(_("突击核查由县级抽取"), "not_county")
    if not 1 <= count <= MOST_VISITS:
        raise Refused(_("一次抽取 1 至 %(most)d 处") % {"most": MOST_VISITS}, "how_many")
    if seed < 0:
        raise Refused(_("种子数须为 0 或更大的整数"), "bad_seed")
    if not staff_reads.holders(doing.actor.scope, "report_unannounced", doing.at).filter(member=inspector).exists():
        raise Refused(_("核查人必须在岗，且其岗位能上报突击核查"), "may_not_report")
    lasting = {s.id: s for s in stays_reads.stays_now(doing.actor.scope, doing.at).filter(arrived_at__isnull=False)}
    chosen = resources_bridge.drawn(list(lasting), count, seed)
    told = [{"subject": f"stay:{i}", "title": shared.place_words(lasting[i]), "path": county.path} for i in chosen]
    return Outcome(
        "drawn", county.path, f"area:{county.code}",
        {"drawn": [str(i) for i in chosen], "of": len(lasting), "_visits": told},
    )  # fmt: skip
