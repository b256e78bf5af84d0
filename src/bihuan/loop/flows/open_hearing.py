"""Somebody decides to speak with, or to refer, whoever answered for a problem: facts from the journal, ground, time to reply."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import HearingKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("ground",))
def open_hearing(doing: Doing, *, problem: UUID, kind: str, member: UUID, ground: str) -> Outcome:
    """Open a reminder, a talk or a referral about a problem. The timeline is frozen with it; the member is told."""
    asked = command_reads.problem(doing.actor.scope, problem)
    if asked is None:
        raise Refused(_("没有这个问题"), "no_such_problem")
    if kind not in HearingKind.values or not ground.strip():
        raise Refused(_("请选择方式并写明依据（制度条文）"), "no_ground")
    if member == doing.actor.member:
        raise Refused(_("不能对自己启动"), "oneself")
    posting = staff_reads.postings(doing.actor.scope, doing.at).filter(member=member).first()
    if posting is None:
        raise Refused(_("对方不是本辖区在岗人员"), "not_serving")
    about = [f"problem:{asked.id}", f"task:{asked.task_id}", *([asked.found_in] if asked.found_in else [])]
    facts: list[dict[str, str | None]] = [
        {"at": a.at.isoformat(), "recorded_at": a.recorded_at.isoformat(), "verb": a.verb, "who": a.actor.name}
        for a in staff_reads.acts_about(doing.actor.scope, about).order_by("at", "id")
    ]
    facts += [
        {"at": n.created_at.isoformat(), "told": n.kind, "who": n.member.name,
         "read_at": n.read_at.isoformat() if n.read_at else None}
        for n in command_reads.told(doing.actor.scope, [asked.task_id])
    ]  # fmt: skip
    limit = command_bridge.limit("hearing_reply", doing.at)
    hearing = command_writes.add_hearing(
        id=doing.derive("hearing"), kind=kind, problem=asked, path=asked.path, member_id=member, ground=ground.strip(),
        facts=sorted(facts, key=lambda f: str(f["at"])), opened_at=doing.at, opened_by_id=doing.actor.member,
        reply_by=doing.at + timedelta(minutes=limit.minutes),
    )  # fmt: skip
    words = {"title": asked.words, "area": asked.area.name, "due_at": hearing.reply_by.isoformat(), "kind": kind}
    told = f"hearing_{hearing.id}"
    command_writes.add_notices([posting], kind=told, words=words, task=asked.task_id, at=doing.at)
    return Outcome("opened", asked.path, f"problem:{asked.id}", {"hearing": str(hearing.id)})
