"""Words of a rehearsal."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RehearsalState(TextChoices):
    """How far a rehearsal is."""

    QUEUED = "queued", _("排队")
    RUNNING = "running", _("推演中")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("已停止")
    FAILED = "failed", _("未能推演")
