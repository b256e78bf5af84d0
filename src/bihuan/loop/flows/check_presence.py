"""Somebody looked whether a post is manned: a visit with a form; what is wrong is a task (R054)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked

FORM = "post_presence"
IN_ORDER = "in_order"


@flow(private=("answers",))
def check_presence(doing: Doing, *, place: UUID, outcome: str, answers: dict[str, Any]) -> Outcome:
    """Record a spot check or a call. Anything but «in order» opens a task for the township with its own clock."""
    post = territory_reads.place(place)
    if post is None or not doing.actor.scope.holds(post.path):
        raise Refused(_("没有这个场所，或不在您的辖区"), "no_such_place")
    form = forms.form(FORM)
    if outcome not in form.asks:
        raise Refused(_("“%(outcome)s”不是检查结果") % {"outcome": outcome}, "bad_outcome")
    missing = [f.label.zh for f in form.fields_of(outcome) if outcome in f.required_for and not answers.get(f.name)]
    if missing:
        raise Refused(_("请填写：%(missing)s") % {"missing": "、".join(missing)}, "incomplete")
    command_writes.add_visit(
        id=doing.id, subject=f"place:{post.id}", path=post.path, form=FORM, outcome=outcome, answers=dict(answers),
        member_id=doing.actor.member, at=doing.at, recorded_at=doing.recorded_at,
    )  # fmt: skip
    if outcome == IN_ORDER:
        return Outcome("in_order", post.path, f"place:{post.id}")
    words = dict(form.outcomes)[outcome].zh
    with widened(doing):
        task = open_clocked(
            doing, kind=TaskKind.POST_PRESENCE, title=f"{post.name} · {words}", area=post.area, path=post.path,
            subject=f"place:{post.id}", notice="post_presence",
            roles=([Role.TOWNSHIP], [Role.OFFICE, Role.COMMANDER]), detail={"visit": str(doing.id)},
        )  # fmt: skip
    return Outcome("found_wanting", post.path, f"place:{post.id}", {"task": str(task.id)})
