"""A station opens in a round."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def open_session(doing: Doing, *, of_round: UUID, station: UUID, samplers: int = 1) -> Outcome:
    """Put up a table: from now on swabs may be bound at it."""
    asked = lab_reads.round_(doing.actor.scope, of_round)
    table = lab_reads.station(doing.actor.scope, station)
    if asked is None or asked.closed_at is not None:
        raise Refused(_("没有这一轮检测，或已结束"), "no_such_round")
    if table is None or not table.path.startswith(asked.path):
        raise Refused(_("采样点不在您的辖区或不在本轮范围内"), "wrong_station")
    if samplers < 1:
        raise Refused(_("至少一名采样员"), "no_sampler")
    made = lab_writes.add_session(
        id=doing.derive("session"), round=asked, station=table, path=table.path, samplers=samplers,
        opened_at=doing.at, opened_by_id=doing.actor.member,
    )  # fmt: skip
    if made is None:
        raise Refused(_("该采样点在本轮已经开点"), "open_already")
    return Outcome("opened", made.path, f"session:{made.id}", {"session": str(made.id), "pool_size": asked.pool_size})
