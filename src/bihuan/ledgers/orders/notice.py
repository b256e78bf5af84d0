"""What the written notice of an order says: reason, measure, start, end, issuer, appeal. Short sentences, to be read aloud."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.ledgers.orders import bridge
from bihuan.ledgers.orders.choices import PLACE_MEASURES, condition_words, remedy_words
from bihuan.ledgers.orders.models import Extension, Order, Release

DAY = timedelta(days=1)


def title(order: Order, *, extension: Extension | None = None, release: Release | None = None) -> str:
    """The heading of the paper."""
    words = {"measure": order.measure_words}
    if release is not None:
        return _("解除%(measure)s决定书") % words
    if extension is not None:
        return _("延长%(measure)s决定书") % words
    return _("%(measure)s公告") % words if order.measure in PLACE_MEASURES else _("%(measure)s决定书") % words


def moment(at: datetime, *, is_end: bool = False) -> str:
    """An instant as a notice says it: a midnight that ends a day is that day's last hour, never the next day's first."""
    here = timezone.localtime(at)
    if is_end and here.hour == here.minute == 0:
        day = here - DAY
        words = {"y": day.year, "m": day.month, "d": day.day}
        return _("%(y)d年%(m)d月%(d)d日24时") % words
    words = {"y": here.year, "m": here.month, "d": here.day, "h": here.hour, "min": here.minute}
    return _("%(y)d年%(m)d月%(d)d日%(h)d时%(min)02d分") % words


def paragraphs(order: Order, *, tests: int, extension: Extension | None = None) -> list[str]:
    """The notice of an order, or of its longer end, sentence by sentence."""
    edition, appeal_to, hours = bridge.edition_words(order)
    where = order.place.name if order.place else ""
    ground = {
        "ground": order.ground_words,
        "article": order.article_words,
        "edition": edition,
        "measure": order.measure_words,
    }
    said = []
    if extension is not None:
        words = {
            "number": order.notice_number,
            "reason": extension.reason,
            "end": moment(extension.ends_after, is_end=True),
        }
        said.append(_("决定书 %(number)s 所定的期限延长，延长至%(end)s。延长的理由：%(reason)s。") % words)
        said.append(_("原定期限至%(end)s。") % {"end": moment(extension.ends_before, is_end=True)})
    elif where:
        said.append(_("决定对“%(place)s”采取以下措施：%(measure)s。") % {**ground, "place": where})
    else:
        said.append(_("决定对您采取以下措施：%(measure)s。") % ground)
    said.append(_("理由：%(ground)s。") % ground)
    said.append(_("法律依据：%(article)s。技术依据：%(edition)s。") % ground if order.article else
                _("技术依据：%(edition)s。") % ground)  # fmt: skip
    if extension is None:
        period = {"start": moment(order.starts_at), "end": moment(order.ends_at, is_end=True)}
        said.append(_("期限：自%(start)s起，至%(end)s止。") % period)
    said.append(_("到期自行终止。没有另行送达的书面决定，任何人不得延长。"))
    if order.checks_per_day:
        said.append(_("期间每天监测体温和症状 %(n)d 次，最后一天也要监测。") % {"n": order.checks_per_day})
    if tests:
        said.append(_("期间检测 %(n)d 次。") % {"n": tests})
    waits = [condition_words(c) for c in order.release if c != "stages_done"]
    if waits:
        said.append(_("解除时查看：%(conditions)s。") % {"conditions": comma().join(waits)})
    if where:
        said += [
            _("应急通道：%(words)s。") % {"words": order.emergency_access or _("未写明")},
            _("绕行路线：%(words)s。") % {"words": order.detour or _("未写明")},
        ]
        if order.review_at:
            said.append(_("复核时间：%(at)s。") % {"at": moment(order.review_at)})
        if order.contact:
            said.append(_("联系方式：%(contact)s。") % {"contact": order.contact})
    further = comma().join(remedy_words(to) for to in appeal_to) or _("行政复议、行政诉讼")
    said.append(
        _("如有异议，可以随时提出，%(hours)d 小时内答复；也可以依法申请或提起%(further)s。异议期间本决定继续执行。")
        % {"hours": hours, "further": further}
    )
    return said


def release_paragraphs(order: Order, release: Release) -> list[str]:
    """The certificate of release."""
    ended = min(order.ended_at or order.ends_at, order.ends_at)
    said = [
        _("决定书 %(number)s 对您采取的措施（%(measure)s）自%(end)s起解除。")
        % {"number": order.notice_number, "measure": order.measure_words, "end": moment(ended, is_end=True)}
    ]
    if release.reason:
        said.append(_("理由：%(ground)s。") % {"ground": release.reason})
    said.append(_("凭本决定书恢复正常生活和出行。"))
    return said


def comma() -> str:
    """What stands between the items of a list."""
    return ", " if (get_language() or "").startswith("en") else "、"  # data
