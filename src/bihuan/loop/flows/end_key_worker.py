"""Somebody has left a key post."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="add_key_workers")
def end_key_worker(doing: Doing, *, worker: UUID) -> Outcome:
    """Close an entry of the key posts: from now on nothing is due for it."""
    asked = lab_figures.key_workers(doing.actor.scope, doing.at).filter(id=worker).first()
    if asked is None or not lab_writes.end_key_worker(asked.id, doing.at):
        raise Refused(_("没有这条岗位登记"), "no_such_worker")
    return Outcome("ended", asked.path, f"place:{asked.employer_id}")
