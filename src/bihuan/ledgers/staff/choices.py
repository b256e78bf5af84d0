"""Who may do what: a role is a set of verbs. A verb is the name of a flow, or of a look (`see_…`)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a post is for."""

    COMMANDER = "commander", _("指挥长")
    DUTY_LEADER = "duty_leader", _("带班领导")
    OFFICE = "office", _("指挥部办公室")
    LIST_CLERK = "list_clerk", _("数据专班")
    TOWNSHIP = "township", _("乡镇专班")
    GRID = "grid", _("网格员")
    INSPECTOR = "inspector", _("督导检查")
    SYSTEM = "system", _("系统时钟")


class UnitKind(TextChoices):
    """What sort of body a unit is."""

    HEADQUARTERS = "headquarters", _("指挥部")
    WORKING_GROUP = "working_group", _("工作组")
    DEPARTMENT = "department", _("部门")
    TASK_FORCE = "task_force", _("专班")
    TOWNSHIP = "township", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")
    INSTITUTION = "institution", _("单位")


LOOK = {"see_desk", "see_lists", "see_people", "reveal_person", "save_view"}
FIELD = {"report_visit", "add_off_list", "acknowledge_shift", "confirm_posting", "mark_read", "issue_token"}
TOWNSHIP_WORK = LOOK | FIELD | {"name_team", "assign_row", "close_task", "mark_absent", "fill_shift"}
COUNTY_DATA = {
    "receive_list",
    "route_row",
    "settle_match",
    "merge_persons",
    "unmerge_persons",
    "hand_over_row",
}
COUNTY_DATA |= {"return_row", "reopen_row"}
COMMAND = {
    "name_posting",
    "issue_token",
    "set_response",
    "open_task",
    "see_journal",
    "load_territory",
    "load_residents",
}

VERBS: dict[str, frozenset[str]] = {
    Role.COMMANDER: frozenset(TOWNSHIP_WORK | COUNTY_DATA | COMMAND),
    Role.DUTY_LEADER: frozenset(TOWNSHIP_WORK | COUNTY_DATA | COMMAND),
    Role.OFFICE: frozenset(TOWNSHIP_WORK | COUNTY_DATA | COMMAND),
    Role.LIST_CLERK: frozenset(LOOK | FIELD | COUNTY_DATA),
    Role.TOWNSHIP: frozenset(TOWNSHIP_WORK),
    Role.GRID: frozenset(LOOK | FIELD),
    # The supervisor sees the process and its times, never a person.
    Role.INSPECTOR: frozenset({"see_desk", "see_journal"}),
    Role.SYSTEM: frozenset(),
}
