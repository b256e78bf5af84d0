"""A dispatch by video or in a room, or a situation review: who was there, which figures lay on the table, what was decided."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import DirectiveKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("title", "chair", "attendance", "minutes", "decisions"))
def record_meeting(
    doing: Doing, *, title: str, chair: str, decisions: tuple[str, ...], attendance: tuple[str, ...] = (),
    minutes: str = "", held_at: datetime | None = None, is_video: bool = False, is_review: bool = False,
) -> Outcome:  # fmt: skip
    """Keep the record with its figures frozen as of the meeting; every decision becomes a draft item to be dispatched."""
    told = [d.strip() for d in decisions if d.strip()]
    if not (title.strip() and chair.strip()) or not told:
        raise Refused(_("请写明会议名称、主持人和至少一项决定"), "incomplete")
    area = territory_reads.area_at(doing.actor.scope.path)
    if area is None:
        raise Refused(_("您的岗位不在任何辖区"), "no_area")
    held = held_at or doing.at
    if held > doing.at:
        raise Refused(_("会议时间不能晚于现在"), "clock_ahead")
    text = minutes.strip().replace("\x00", "")
    units = [(u.id, u.name, u.kind) for u in staff_reads.units(doing.actor.scope)]
    items = [_draft(p, units) for p in command_bridge.proposed(text, timezone.localdate(held))] if text else []
    for decision in told:
        start = len(text) + 1 if text else 0
        text = f"{text}\n{decision}" if text else decision
        read = command_bridge.proposed(f"{decision.rstrip('。')}。", timezone.localdate(held))
        draft = _draft(read[0], units) if read else {"requirement": decision}
        items.append(
            {**draft, "span_start": start, "span_end": len(text), "requirement": decision, "is_proposed": False}
        )
    kept = command_writes.add_directive(
        items, id=doing.derive("directive"), kind=DirectiveKind.REVIEW if is_review else DirectiveKind.MEETING,
        series=doing.derive("series"), title=title.strip(), issuer=chair.strip(), text=text, area=area, path=area.path,
        effective_at=held, received_at=doing.at, received_by_id=doing.actor.member,
        meeting={
            "chair": chair.strip(), "attendance": [a.strip() for a in attendance if a.strip()], "is_video": is_video,
            "decisions": told, "figures": command_reads.figures(doing.actor.scope, held), "as_of": held.isoformat(),
        },
    )  # fmt: skip
    return Outcome("recorded", area.path, f"directive:{kept.id}", {"directive": str(kept.id), "items": len(items)})


def _draft(p: command_bridge.Proposed, units: list[tuple[UUID, str, str]]) -> dict[str, object]:
    return {
        "span_start": p.span_start, "span_end": p.span_end, "requirement": p.requirement, "standard": p.quantity,
        "type": p.type, "responsible_words": p.responsible_words, "deadline_words": p.deadline_words,
        "recurrence_words": p.recurrence_words, "quantity": p.quantity, "scope_words": p.scope_words,
        "unit_ids": command_bridge.units_meant(p.responsible_words, units), "due_minutes": p.due_minutes,
        "every_minutes": p.every_minutes,
    }  # fmt: skip
