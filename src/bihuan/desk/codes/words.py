"""Colours and passes as words a person reads."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bihuan.adapters import documents
from bihuan.desk.parts import Chip, Tone

COLOURS = {"red": gettext_lazy("红码"), "yellow": gettext_lazy("黄码"), "green": gettext_lazy("绿码")}
TONES: dict[str, Tone] = {"red": "late", "yellow": "risk", "green": "good"}


def colour_chip(code: str) -> Chip:
    """A colour as a chip; the word says it, the tone repeats it."""
    return Chip(str(COLOURS.get(code, code)), TONES.get(code, "plain"))


def card(county: str, name: str, issued: dict[str, Any], found: Any, svg: str) -> documents.PassCard:
    """A pass as a paper to hand out."""
    facts = [
        (_("姓名"), name),
        (_("签发时间"), _instant(issued["issued_at"])),
        (_("有效至"), _instant(issued["expires_at"])),
    ]
    facts += [(_("依据"), f"{o.measure_words} · {o.notice_number}") for o in found.orders]
    return documents.PassCard(
        title=_("%(county)s通行凭证") % {"county": county},
        status=str(COLOURS.get(issued["status"], issued["status"])),
        colour=issued["status"],
        facts=tuple(facts),
        qr_svg=svg,
        notes=(
            _("卡口用手机扫描即可核验，不需要联网，也不留下姓名和行踪。过期或管控情况变化后请重新打印。"),
            _("认为码色不对的，可当场提出，由卫健部门限时核实；对管控决定不服的可以申诉。"),
        ),
        issuer=_("%(county)s疫情防控指挥部") % {"county": county},
    )


def is_english() -> bool:
    """Whether the visitor reads English."""
    return (get_language() or "").startswith("en")


def _instant(text: str) -> str:
    return f"{localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"
