"""The machine missed something the text orders: an officer adds it, by its words."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="mend_item", private=("quote",))
def add_item(doing: Doing, *, directive: UUID, quote: str) -> Outcome:
    """Add a draft item for words that stand in the text."""
    asked = command_reads.directive(doing.actor.scope, directive)
    if asked is None or not doing.actor.scope.holds(asked.path):
        raise Refused(_("没有这份文件"), "no_such_directive")
    words = quote.strip()
    start = asked.text.find(words) if words else -1
    if start < 0:
        raise Refused(_("正文中没有这句话：请原样复制"), "no_such_words")
    made = command_writes.add_item(
        asked,
        id=doing.derive("item"),
        span_start=start,
        span_end=start + len(words),
        requirement=words,
        is_proposed=False,
    )
    return Outcome("added", asked.path, f"directive:{asked.id}", {"item": str(made.id)})
