"""Somebody asks, reports or tells: it gets a number, an owner and a clock, and they a receipt (R212, R213, R214)."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public import writes as public_writes
from bihuan.ledgers.command.public.choices import EnquiryChannel, EnquiryKind, is_about_health, standard
from bihuan.ledgers.people import access, cipher
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked

MOST_WORDS = 2_000
# Who asked is not kept longer than an answer may be asked about.
KEEP = timedelta(days=180)


@flow(private=("words", "contact"))
def receive_enquiry(
    doing: Doing, *, area: str, kind: str, words: str, contact: str = "", channel: str = "web"
) -> Outcome:
    """Take it in for whoever answers at this place. Somebody else's health is not taken: the refusal says where to turn."""
    place = territory_reads.area(area)
    if place is None or not doing.actor.scope.holds(place.path):
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    if kind not in EnquiryKind.values or channel not in EnquiryChannel.values:
        raise Refused(_("请选择咨询、举报或线索"), "bad_kind")
    if not 2 <= len(words.strip()) <= MOST_WORDS:
        raise Refused(_("请写明情况，最多 %(n)d 字") % {"n": MOST_WORDS}, "no_words")
    if kind != EnquiryKind.QUESTION and is_about_health(words):
        raise Refused(
            standard()["not_taken"]["en" if (get_language() or "").startswith("en") else "zh"], "about_health"
        )
    year = timezone.localtime(doing.at).year
    with widened(doing):
        county = territory_reads.county_of(place.path)
        prefix = f"{(county or place).name[:1]}民询〔{year}〕"
        id_ = doing.derive("enquiry")
        number = f"{prefix}{public_reads.next_enquiry_number(prefix)}号"
        task = open_clocked(
            doing, kind=TaskKind.ENQUIRY, title=f"{EnquiryKind(kind).label} {number}", area=place, path=place.path,
            subject=f"enquiry:{id_}", notice="enquiry", roles=([Role.OFFICE], [Role.COMMANDER, Role.TOWNSHIP]),
        )  # fmt: skip
        code = access.code_of(id_)
        public_writes.add_enquiry(
            id=id_, area=place, path=place.path, number=number, kind=kind, channel=channel, words=words.strip(),
            sealed=cipher.seal(contact.strip()) if contact.strip() else b"", receipt=access.digest_of(code), task=task,
            received_at=doing.at, keep_until=(doing.at + KEEP).date(),
        )  # fmt: skip
    return Outcome("received", place.path, f"enquiry:{id_}", {"number": number, "code": code})
