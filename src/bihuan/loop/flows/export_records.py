"""Records of persons leave the house for another system: who took what out, and what for, is in the journal."""

from django.utils.translation import gettext_lazy as _

from bihuan.loop.act import Doing, Outcome, Refused, flow

KINDS = ("linelist", "contacts", "followups", "labs", "visits")


@flow()
def export_records(doing: Doing, *, kind: str, system: str, purpose: str) -> Outcome:
    """Let the caller take all records of a kind inside their scope out, names and numbers opened."""
    if kind not in KINDS:
        raise Refused(_("没有这类记录"), "no_such_kind")
    if len(purpose.strip()) < 2:
        raise Refused(_("导出个人信息必须写明用途"), "no_reason")
    return Outcome("exported", doing.actor.scope.path, f"export:{kind}")
