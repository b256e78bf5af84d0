"""What a rehearsal showed to be better is put before whoever decides, with the difference and what it rests on."""

from uuid import UUID

from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def propose_protocol(doing: Doing, *, rehearsal: UUID, words: str) -> Outcome:
    """Propose the changed numbers of a rehearsal, once. It changes nothing: the commander's task is to decide."""
    found = rehearsal_reads.rehearsal(doing.actor.scope, rehearsal)
    if found is None:
        raise Refused(_("没有这次推演，或不在您的辖区"), "no_rehearsal")
    if found.state != RehearsalState.DONE:
        raise Refused(_("推演完成后才能提出建议"), "not_done")
    if not found.changes:
        raise Refused(_("没有改动任何数字，无可建议"), "no_change")
    if not words.strip():
        raise Refused(_("请写明建议的理由"), "no_words")
    if not rehearsal_writes.set_proposed(rehearsal, doing.at):
        raise Refused(_("这次推演已经提出过建议"), "proposed")
    diff = [{"number": k, "from": found.before.get(k), "to": v} for k, v in found.changes.items()]
    told = {
        "_title": _text("方案数字调整建议：%(title)s") % {"title": found.title}, "_path": found.path,
        "_subject": f"rehearsal:{rehearsal}",
        "_detail": {"protocol": found.protocol, "diff": diff, "words": words.strip(), "by": str(doing.actor.member)},
    }  # fmt: skip
    return Outcome("proposed", found.path, f"rehearsal:{rehearsal}", told)
