"""A text that orders things comes in: a superior policy in a new version, a notice, a speech. What it orders is proposed."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import DirectiveKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_LETTERS = 300_000


@flow(private=("text", "title"))
def receive_directive(
    doing: Doing, *, kind: str, title: str, issuer: str, text: str, number: str = "",
    effective_at: datetime | None = None, replaces: UUID | None = None,
) -> Outcome:  # fmt: skip
    """Keep a text with its proposed items; nothing is dispatched before an officer has looked. A new version of a text
    proposes only what the version before did not say."""
    if kind not in (DirectiveKind.POLICY, DirectiveKind.NOTICE, DirectiveKind.SPEECH):
        raise Refused(_("请选择文件类别"), "bad_kind")
    if not (title.strip() and issuer.strip() and text.strip()):
        raise Refused(_("请写明标题、发文单位和正文"), "incomplete")
    if len(text) > MOST_LETTERS:
        raise Refused(_("正文超过 %(n)d 字：请分成几份") % {"n": MOST_LETTERS}, "too_long")
    text = text.replace("\x00", "")
    before = command_reads.directive(doing.actor.scope, replaces) if replaces else None
    if replaces and before is None:
        raise Refused(_("没有所要替换的文件"), "no_such_directive")
    latest = command_reads.versions(doing.actor.scope, before.series)[0] if before else None
    if latest and latest.text == text:
        raise Refused(_("正文与第 %(n)d 版相同") % {"n": latest.version}, "same_text")
    area = territory_reads.area_at(doing.actor.scope.path)
    if area is None:
        raise Refused(_("您的岗位不在任何辖区"), "no_area")
    units = [(u.id, u.name, u.kind) for u in staff_reads.units(doing.actor.scope)]
    items = [_item(p, text, latest, units) for p in command_bridge.proposed(text, timezone.localdate(doing.at))]
    kept = command_writes.add_directive(
        items, id=doing.derive("directive"), kind=kind, series=latest.series if latest else doing.derive("series"),
        version=latest.version + 1 if latest else 1, title=title.strip(), number=number.strip(), issuer=issuer.strip(),
        text=text, area=area, path=area.path, effective_at=effective_at or doing.at, received_at=doing.at,
        received_by_id=doing.actor.member,
    )  # fmt: skip
    heads = staff_reads.postings(doing.actor.scope, doing.at).filter(post__role=Role.TOWNSHIP, is_deputy=False)
    words = {"title": kept.title, "version": kept.version, "area": area.name, "directive": str(kept.id)}
    told = f"directive_{kept.id}"
    command_writes.add_notices(list(heads), kind=told, words=words, task=None, at=doing.at)
    result = {"directive": str(kept.id), "items": len(items), "version": kept.version}
    return Outcome("received", area.path, f"directive:{kept.id}", result)


def _item(p: command_bridge.Proposed, text: str, before: Any, units: list[tuple[UUID, str, str]]) -> dict[str, Any]:
    quote = text[p.span_start : p.span_end]
    is_old = before is not None and quote in before.text
    # «Before Friday» ends with that day.
    due = timezone.make_aware(datetime.combine(p.due_on + timedelta(days=1), time())) if p.due_on else None
    return {
        "span_start": p.span_start, "span_end": p.span_end, "requirement": p.requirement, "standard": p.quantity,
        "type": p.type, "responsible_words": p.responsible_words, "deadline_words": p.deadline_words,
        "recurrence_words": p.recurrence_words, "quantity": p.quantity, "scope_words": p.scope_words,
        "unit_ids": command_bridge.units_meant(p.responsible_words, units), "due_minutes": p.due_minutes, "due_at": due,
        "every_minutes": p.every_minutes, "state": "dropped" if is_old else "draft",
        "dropped_because": f"version:{before.version}" if is_old else "",
    }  # fmt: skip
