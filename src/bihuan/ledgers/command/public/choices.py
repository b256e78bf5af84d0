"""The words of the public side, and what a tip-off may be about."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from ruamel.yaml import YAML

STANDARD = Path(__file__).with_name("tip_off.yaml")


class EnquiryKind(TextChoices):
    """What somebody wants."""

    QUESTION = "question", _("咨询")
    TIP_OFF = "tip_off", _("举报")
    CLUE = "clue", _("线索")


class EnquiryChannel(TextChoices):
    """How it reached us."""

    WEB = "web", _("网页")
    PHONE = "phone", _("电话")
    WECHAT = "wechat", _("微信")
    VISIT = "visit", _("来访")


@cache
def standard() -> dict[str, Any]:
    """What may be reported and what is not taken, as it is published beside the telephone."""
    told: dict[str, Any] = YAML(typ="safe", pure=True).load(STANDARD.read_text(encoding="utf-8"))
    return told


def is_about_health(words: str) -> bool:
    """Whether words tell of somebody else's health: a person and a state of health within one clause."""
    told = standard()["not_taken"]
    somebody, state = ("|".join(map(re.escape, told[k])) for k in ("somebody", "health"))
    clauses = re.split(r"[，。；！？,.;!?\n]", words)
    return any(re.search(somebody, c) and re.search(state, c) for c in clauses)
