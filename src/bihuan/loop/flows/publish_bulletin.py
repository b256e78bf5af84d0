"""Figures and measures are told to everybody, with their hour, their source and a signature (R211)."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public import writes as public_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import bulletins
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def publish_bulletin(
    doing: Doing, *, as_of: datetime, words: str, corrects: UUID | None = None, reason: str = ""
) -> Outcome:
    """Publish the county's figures as of an hour. The house counts them and hides small cells; a correction keeps the first."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None or doing.actor.scope.path != county.path:
        raise Refused(_("公开发布由县级签发"), "not_a_county")
    if as_of > doing.at:
        raise Refused(_("统计时刻不能晚于现在"), "future")
    if not words.strip():
        raise Refused(_("请写明发布的内容"), "no_words")
    scope = Scope(county.path)
    before = public_reads.bulletin(scope, corrects) if corrects else None
    if corrects and (before is None or not reason.strip()):
        raise Refused(_("更正须指明原发布并写明原因"), "no_reason")
    year = timezone.localtime(doing.at).year
    prefix = f"{county.name[:1]}公告〔{year}〕"
    made = public_writes.add_bulletin(
        id=doing.derive("bulletin"), area=county, path=county.path, number=f"{prefix}{public_reads.next_number(prefix)}号",
        as_of=as_of, published_at=doing.at, signed_by_id=doing.actor.member, words=words.strip(), corrects=before,
        issuer=f"{doing.actor.unit} {doing.actor.post}", reason=reason.strip(), figures=bulletins.figures(scope, as_of),
    )  # fmt: skip
    return Outcome("published", county.path, f"bulletin:{made.id}", {"bulletin": str(made.id), "number": made.number})
