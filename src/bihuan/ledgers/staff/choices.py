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
    HEALTH = "health", _("卫健（疾控）决定人")
    TRACER = "tracer", _("流调溯源")
    SITE = "site", _("集中隔离点")
    CHECKPOINT = "checkpoint", _("卡口值守")
    CLINICIAN = "clinician", _("医疗机构")
    SAMPLER = "sampler", _("采样员")
    COURIER = "courier", _("样本转运")
    LABORATORY = "laboratory", _("检测实验室")
    REPORTER = "reporter", _("单位报告员")
    SYSTEM = "system", _("系统时钟")


# Posts that decide or answer for others: when A is away, B must be there. A grid worker's neighbour needs no naming.
NEED_DEPUTY = (Role.COMMANDER, Role.DUTY_LEADER, Role.OFFICE, Role.LIST_CLERK, Role.TOWNSHIP, Role.HEALTH)


class UnitKind(TextChoices):
    """What sort of body a unit is."""

    HEADQUARTERS = "headquarters", _("指挥部")
    WORKING_GROUP = "working_group", _("工作组")
    DEPARTMENT = "department", _("部门")
    TASK_FORCE = "task_force", _("专班")
    TOWNSHIP = "township", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")
    INSTITUTION = "institution", _("单位")


# What everybody on the desk may look at, and what everybody in the field may do.
LOOK = {"see_desk", "see_lists", "see_people", "reveal_person", "save_view", "see_protocols"}
FIELD = {"report_visit", "add_off_list", "acknowledge_shift", "confirm_posting", "mark_read", "issue_token"}
FIELD |= {"change_password", "report_phone"}
# Everybody may check themselves, show what was done, sign for a text read, and answer what is held against them.
FIELD |= {"fill_checklist", "add_proof", "report_done", "read_directive", "answer_hearing"}
# An urgent report needs no post; a daily one is signed by whoever answers for the unit, whatever their role.
FIELD |= {"send_urgent_report", "sign_unit_report", "restate_unit_report"}
# Whoever stands before the one bound hands over the notice and records what is owed.
FIELD |= {"serve_notice", "record_duty"}

# Pushed lists (intake).
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
    "receive_directive",
    "record_meeting",
    "mend_item",
    "dispatch_items",
    "load_register",
    "raise_drill_gap",
    "start_rehearsal",
    "stop_rehearsal",
    "propose_protocol",
    "order_unit_reports",
    "schedule_report",
    "receive_enquiry",
    "answer_enquiry",
    "reveal_enquirer",
    "see_enquiries",
    "acknowledge_urgent_report",
}

# What follows is grouped by room: who looks, who works, who decides.
ORDERS_LOOK: set[str] = {"see_orders", "appeal_order"}
ORDERS_WORK: set[str] = {"propose_order", "propose_closure", "propose_reclass"}
# Whoever signs binds or frees a person: the commander, and health's own decision makers.
ORDERS_SIGN: set[str] = {
    "sign_order",
    "refuse_proposal",
    "extend_order",
    "decide_appeal",
    "release_order",
    "withdraw_order",
    "reclass_orders",
    "undo_reclass",
    "drop_reclass",
}

SITES_LOOK: set[str] = {"see_sites"}
# Whoever looks after people in isolation, at a site or at their door.
SITES_DOOR: set[str] = {
    "record_check",
    "report_symptoms",
    "request_need",
    "deliver_need",
    "confirm_rules",
    "assess_home",
}
SITES_MOVE: set[str] = {
    "start_transfer",
    "confirm_departure",
    "confirm_arrival",
    "disinfect_vehicle",
    "cancel_transfer",
}
SITES_WORK: set[str] = {"name_facility_seat", "check_site", "set_room_ready", "open_incident"}
SITES_WORK |= {"assign_bed", "check_in", "move_stay", "end_stay", "settle_at_home"} | SITES_DOOR | SITES_MOVE
# A site does not open itself: the county registers, opens and closes it.
SITES_OPEN: set[str] = {"add_facility", "open_site", "close_site", "draw_visits", "report_unannounced"}

CODES_LOOK: set[str] = {"see_codes", "issue_pass", "dispute_code", "see_checkpoints", "register_device", "check_device"}
CODES_LOOK |= {"make_access_code", "ask_help", "reveal_sighting"}
# What a post does, and the township that answers for it.
CODES_LOOK |= {"record_stop", "count_crossings", "advance_red_code", "register_checkpoint"}
CODES_WORK: set[str] = {"load_risk_areas", "rotate_pass_key", "revoke_pass", "check_presence"}

# Whoever finds and follows contacts where they live sees no case, only the contacts of their own place.
CASES_FIELD: set[str] = {"see_contacts", "record_follow_up"}
CASES_LOOK: set[str] = CASES_FIELD | {"see_cases"}
CASES_WORK: set[str] = {
    "open_case", "revise_case", "refute_case", "add_case_visit", "add_exposure", "add_contact", "derive_contacts",
    "end_contact", "name_plan_step", "open_cluster", "link_cases", "record_presences",
    "write_assistance", "receive_assistance",
    "answer_assistance", "reply_assistance",
}  # fmt: skip
# Taking records over from another system, and taking them out.
CASES_WORK |= {
    "import_linelist",
    "import_contacts",
    "import_followups",
    "import_labs",
    "import_visits",
    "export_records",
}

LAB_LOOK: set[str] = {"see_lab"}
# Whoever answers for samplers, rooms or stores may ask what would be needed.
PLAN_LOOK: set[str] = {"see_plans"}
LAB_PLAN: set[str] = {"add_laboratory", "add_station", "open_round", "close_round", "reroute_box", "settle_doubt"}
LAB_PLAN |= {"recall_pool", "tell_members", "log_outage", "add_key_workers", "explain_late"}
LAB_PLAN |= {"plan_slots", "confirm_slots", "drop_slots", "move_slot"}
# Whoever answers where somebody lives says why they need not come.
LAB_MISSED: set[str] = {"excuse_slot"}
LAB_PLAN |= LAB_MISSED
LAB_SAMPLE: set[str] = {
    "see_lab",
    "open_session",
    "draw_swab",
    "undo_swab",
    "close_tube",
    "close_session",
    "pack_box",
    "recheck_swab",
}
LAB_CARRY: set[str] = {"hand_over"}
LAB_TEST: set[str] = {
    "receive_box",
    "start_test_run",
    "record_result",
    "retest_tube",
    "release_results",
    "strike_tubes",
    "log_outage",
    "explain_late",
}

# What is told to everybody is signed by whoever leads.
PUBLISH: set[str] = {"publish_bulletin"}

PROBLEMS_LOOK: set[str] = {"see_problems"}
PROBLEMS_WORK: set[str] = {"raise_problem", "mend_problem", "fix_problem", "reopen_task", "close_task"}
PROBLEMS_WORK |= {"fill_checklist", "add_proof", "report_done"}
# The county's inspection plans rounds, hangs the board, and hears people; only who leads decides a hearing.
PROBLEMS_LEAD: set[str] = {"report_unannounced", "plan_inspection", "put_on_board", "open_hearing", "see_hearings"}
PROBLEMS_DECIDE: set[str] = {"decide_hearing"}

# The county's headquarters and health open rounds and take positive pools apart; tracers tell the people.
HEADQUARTERS = (
    LAB_PLAN | PLAN_LOOK | PROBLEMS_LEAD
    | TOWNSHIP_WORK | COUNTY_DATA | COMMAND | ORDERS_LOOK | ORDERS_WORK | SITES_LOOK | SITES_WORK | SITES_OPEN | CODES_LOOK
    | CODES_WORK | CASES_LOOK | CASES_WORK | LAB_LOOK | PROBLEMS_LOOK | PROBLEMS_WORK
)  # fmt: skip

VERBS: dict[str, frozenset[str]] = {
    Role.COMMANDER: frozenset(HEADQUARTERS | ORDERS_SIGN | PROBLEMS_DECIDE | PUBLISH),
    Role.DUTY_LEADER: frozenset(HEADQUARTERS | ORDERS_SIGN | PROBLEMS_DECIDE | PUBLISH),
    Role.OFFICE: frozenset(HEADQUARTERS),
    Role.LIST_CLERK: frozenset(LOOK | FIELD | COUNTY_DATA),
    Role.TOWNSHIP: frozenset(
        LAB_LOOK | LAB_MISSED | PLAN_LOOK | TOWNSHIP_WORK | ORDERS_LOOK | SITES_LOOK | SITES_WORK | CODES_LOOK
        | CASES_FIELD | PROBLEMS_LOOK | PROBLEMS_WORK
    ),
    Role.GRID: frozenset(LOOK | FIELD | SITES_DOOR | CASES_FIELD),
    # The supervisor sees the process and its times, never a person.
    Role.INSPECTOR: frozenset(
        {
            "see_desk", "see_journal", "see_checkpoints", "check_presence", "mark_read", "report_phone",
            "read_directive", "save_view",
        } | PROBLEMS_LOOK | PROBLEMS_WORK | PROBLEMS_LEAD
    ),
    Role.HEALTH: frozenset(
        LAB_PLAN | PLAN_LOOK | LOOK | FIELD | ORDERS_LOOK | ORDERS_WORK | ORDERS_SIGN | SITES_LOOK | SITES_WORK | SITES_OPEN
        | CODES_LOOK | CODES_WORK | CASES_LOOK | CASES_WORK | LAB_LOOK
    ),
    Role.TRACER: frozenset(LOOK | FIELD | CASES_LOOK | CASES_WORK | ORDERS_LOOK | LAB_LOOK | {"tell_members"}),
    Role.SITE: frozenset(LOOK | FIELD | SITES_LOOK | SITES_WORK | ORDERS_LOOK),
    Role.CHECKPOINT: frozenset(FIELD | CODES_LOOK),
    Role.CLINICIAN: frozenset(LOOK | FIELD | ORDERS_LOOK | SITES_LOOK | SITES_MOVE | LAB_SAMPLE),
    Role.SAMPLER: frozenset(FIELD | LAB_SAMPLE),
    Role.COURIER: frozenset(FIELD | LAB_CARRY),
    Role.LABORATORY: frozenset(LOOK | FIELD | LAB_LOOK | LAB_TEST),
    Role.REPORTER: frozenset(FIELD),
    Role.SYSTEM: frozenset(),
}  # fmt: skip
