"""Where the knowledge of a presence comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PresenceSource(models.TextChoices):
    """How somebody came to be known at a place."""

    SCAN = "scan", _("扫码登记")
    TICKET = "ticket", _("票务记录")
    REGISTER = "register", _("到访登记册")
    ROSTER = "roster", _("课表、排班或住宿名册")
    IMPORT = "import", _("外部导入")
