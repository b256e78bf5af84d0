"""A major hazard goes on the watch board, seen by every unit, with its owner and its date."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def put_on_board(doing: Doing, *, problem: UUID, words: str) -> Outcome:
    """Put an open problem on the watch board (挂牌督办), in words that name no person."""
    asked = command_reads.problem(doing.actor.scope, problem)
    if asked is None or asked.task.closed_at is not None:
        raise Refused(_("没有这个未销号的问题"), "no_such_problem")
    county = territory_reads.county_of(asked.path)
    if not words.strip() or county is None:
        raise Refused(_("请写明挂牌内容：全县各单位都看得到，不写个人姓名"), "no_words")
    if not doing.actor.scope.holds(county.path):
        raise Refused(_("挂牌督办由县级决定"), "not_county")
    is_up = command_writes.add_board_entry(
        id=doing.derive("board"), problem=asked, path=county.path, words=words.strip(), place=asked.area.name,
        owner=asked.task.responsible_unit.name, due_at=asked.task.clock.due_at, put_at=doing.at,
    )  # fmt: skip
    if not is_up:
        raise Refused(_("该问题已在牌上"), "on_board")
    return Outcome("put", asked.path, f"problem:{asked.id}")
