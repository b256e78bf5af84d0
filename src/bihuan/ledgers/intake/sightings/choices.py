"""The words of a stop: what colour was shown, what was decided, why."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Colour(TextChoices):
    """What the code shown at the post said."""

    GREEN = "green", _("绿码")
    YELLOW = "yellow", _("黄码")
    RED = "red", _("红码")
    NONE = "none", _("没有或无效")


class Decision(TextChoices):
    """What was done with somebody who was stopped."""

    PASSED = "passed", _("核实后放行")
    SINGLE_SAMPLE = "single_sample", _("单采一份后放行")
    TWO_SAMPLES = "two_samples", _("单采一份、混采一份后放行")
    CLOSED_LOOP = "closed_loop", _("闭环转运至隔离点采样")
    OBSERVE = "observe", _("留观")
    ADVISED_RETURN = "advised_return", _("劝返")


class StopReason(TextChoices):
    """Why somebody was stopped; a reason of their own, never where they come from alone."""

    RED_CODE = "red_code", _("红码")
    YELLOW_CODE = "yellow_code", _("黄码")
    STARRED = "starred", _("行程带星")
    RISK_AREA = "risk_area", _("风险地区旅居史")
    NO_CODE = "no_code", _("没有有效凭证")
    FEVER = "fever", _("发热或有症状")
    LANDING = "landing", _("落地检")
    OTHER = "other", _("其他")


class RedStep(TextChoices):
    """What must happen with a red code, each with its instant."""

    CLARIFIED = "clarified", _("弄清情况")
    REPORTED = "reported", _("上报")
    HANDED_OVER = "handed_over", _("移交")
