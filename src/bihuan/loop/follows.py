"""The closed loop on one page: after this outcome of this act, these follow.

A step is done by rule (recording, deadlines, tasks, letters), needing no right of whoever set it off. Whatever binds
or frees a person is never done here: it is proposed to somebody who may sign.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bihuan.ledgers.cases.choices import Classification
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.loop import sites
from bihuan.loop.act import Doing, Follows, Outcome, Step

# Who is told of what happens at a site: its own staff first, else the township, else the county's health department.
SITE_ROLES = (Role.SITE, Role.TOWNSHIP, Role.HEALTH, Role.OFFICE)
DOOR_ROLES = (Role.SITE, Role.GRID, Role.TOWNSHIP)
# What cannot be settled where it happens, and what the leader on duty must hear of at once.
COUNTY_ROLES = (Role.HEALTH, Role.OFFICE)
ALARM_ROLES = (Role.HEALTH, Role.OFFICE, Role.DUTY_LEADER, Role.COMMANDER)

POSITIVE_ROLES = (Role.TRACER, Role.HEALTH, Role.OFFICE)

Given = Mapping[str, Any]


def does(verb: str, **given: Callable[[Outcome], Any]) -> Step:
    """Do `verb` by rule, with arguments taken from the outcome before it."""

    def step(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
        return [(verb, {name: take(outcome) for name, take in given.items()})]

    return step


def each(verb: str, argument: str, name: str) -> Step:
    """Do `verb` by rule for each of the things that the outcome names."""

    def step(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
        return [(verb, {argument: thing}) for thing in outcome.result.get(name, ())]

    return step


def problems_found(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """Every line of a filled checklist that does not hold becomes a problem of its own."""
    asked = checklists.checklist(args.checklist)
    common = {"subject": args.subject, "source": args.kind, "found_in": outcome.subject}
    return [
        ("raise_problem", {**common, "item": f"{asked.name}/{f.item.name}", "words": f.words, "is_fixed": f.is_fixed})
        for f in checklists.findings(asked, args.answers)
    ]


def tests_answered(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """Every test owed under an order that the released results answer is met."""
    return [("credit_test", pair) for pair in outcome.result.get("_duties", ())]


def result(name: str) -> Callable[[Outcome], Any]:
    """One value of the outcome's result."""
    return lambda outcome: outcome.result[name]


def asks(kind: str, *, limit: str, roles: Sequence[str], words: str, is_repeatable: bool = False) -> Step:
    """Open a task of this kind, with a clock, where the outcome lies. `words` may name values of the outcome's result.

    The result may tell `_path`, `_subject`, `_limit` and `_detail` where they are others than the outcome's and the line's.
    """

    def step(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
        given = {
            "kind": kind, "title": words % dict(outcome.result), "path": outcome.result.get("_path", outcome.path),
            "subject": outcome.result.get("_subject", outcome.subject), "roles": list(roles),
            "limit": outcome.result.get("_limit", limit), "detail": outcome.result.get("_detail"),
            "is_repeatable": is_repeatable,
        }  # fmt: skip
        return [("open_follow_up", given)]

    return step


def the_duty(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """The check that was made is the one that was owed. Its result travels here only, so that no journal line holds it."""
    found = str(sites.check_result(args.celsius, args.symptoms))
    return [("record_duty", {"duty": outcome.result["_duty"], "result": found, "evidence": f"visit:{doing.id}"})]


def to_hospital(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """A closed journey to the designated hospital is planned; people confirm its departure and arrival."""
    told = outcome.result
    given = {
        "kind": "to_hospital", "passengers": [{"order": told["_order"], "seat": 1}], "from_facility": told["_from"],
        "from_words": told["_place"], "to_facility": told["_to"], "reason": "symptoms",
    }  # fmt: skip
    return [("start_transfer", given)]


def the_problem(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """What was found goes into the problem ledger, where a second time is noticed."""
    told = outcome.result
    given = {"subject": told["_at"], "item": told["_item"], "source": told["_source"], "found_in": told["_found_in"]}
    return [("raise_problem", given)]


def each_visit(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """Every door that was drawn becomes the inspector's task."""
    given = {
        "kind": TaskKind.UNANNOUNCED_VISIT, "limit": "unannounced_visit", "roles": [], "responsible": args.inspector,
    }  # fmt: skip
    return [("open_follow_up", given | visit) for visit in outcome.result["_visits"]]


def contacts_proposed(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """What the protocol asks of contacts is put before somebody who may sign."""
    told = outcome.result
    rows = [*told.get("_contacts", ()), *(told.get("_again", ()) if doing.verb == "undo_reclassing" else ())]
    return [("propose_for_contacts", {"contacts": rows, "case": told.get("_case")})] if rows else []


def contacts_gone(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """Whoever is no contact any more may be bound for nothing: their orders are looked at again."""
    grounds = [f"contact:{i}" for i in outcome.result.get("_gone", ())]
    if doing.verb == "refute_case":
        grounds.append(outcome.subject)
    if not grounds:
        return []
    return [("propose_reclass", {"cause": "refuted", "grounds": grounds, "reason": doing.verb})]


def contacts_moved(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """A last exposure that moved moves the end of what rests on it, once somebody has signed."""
    return [
        ("propose_reclass", {
            "cause": "anchor", "grounds": [f"contact:{i}" for i in ids], "reason": doing.verb,
            "anchors": {"last_exposure": last},
        })
        for last, ids in sorted(outcome.result.get("_moved", {}).items())
    ]  # fmt: skip


def looks_retracted(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """What was put up for decision because of the second look that was undone is not asked any more."""
    grounds = [f"contact:{i}" for i in outcome.result.get("_again", ())] + [f"case:{outcome.result['case']}"]
    return [("retract_reclass", {"grounds": grounds})]


def gap_asked(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """A gap of a drill is the task of whoever holds that role at the county, else of its office."""
    told = outcome.result
    given = {
        "kind": TaskKind.DRILL_GAP, "title": told["_title"], "path": told["_path"], "subject": told["_subject"],
        "roles": [told["_role"], Role.OFFICE], "limit": "drill_gap", "detail": told["_detail"],
    }  # fmt: skip
    return [("open_follow_up", given)]


def numbers_proposed(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """Numbers that a rehearsal speaks for are the commander's to decide, else the office's."""
    told = outcome.result
    given = {
        "kind": TaskKind.PROTOCOL_PROPOSAL, "title": told["_title"], "path": told["_path"],
        "subject": told["_subject"], "roles": [Role.COMMANDER, Role.OFFICE], "limit": "protocol_proposal",
        "detail": told["_detail"],
    }  # fmt: skip
    return [("open_follow_up", given)]


def _settle_contact(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
    """A contact was found: the case's clock, or the letter's that asked for them, may be met with it."""
    told = outcome.result
    if told["_case"]:
        return [("settle_tracing", {"case": told["_case"], "path": told["_path"]})]
    return [("settle_assistance", {"contact": told["_contact"], "path": told["_path"]})]


FOLLOWS: Follows = {
    # A list from receipt to reply.
    ("receive_list", "received"): [
        does("dispatch_list", pushed_list=result("list")),
        does("close_list", pushed_list=result("list")),
    ],
    ("route_row", "routed"): [does("dispatch_list", pushed_list=result("_list"))],
    ("settle_match", "settled"): [does("dispatch_list", pushed_list=result("_list"))],
    ("reopen_row", "reopened"): [does("dispatch_list", pushed_list=result("_list"))],
    ("add_off_list", "added"): [does("dispatch_list", pushed_list=result("_list"))],
    ("report_visit", "ended_list"): [does("reply_list", pushed_list=result("_list"))],
    ("hand_over_row", "ended"): [does("close_list", pushed_list=result("_list"))],
    ("return_row", "ended"): [does("close_list", pushed_list=result("_list"))],
    # A person recorded twice: the decision to merge is the act itself, the merge its record.
    ("settle_double", "same"): [
        does("merge_persons", kept=result("_kept"), gone=result("_gone"), reason=lambda _o: "register")
    ],
    # The testing chain: a wrong count is somebody's task, a positive pool is taken apart at once.
    ("hand_over", "count_differs"): [does("alarm_count", box=result("_box"))],
    ("receive_box", "count_differs"): [does("alarm_count", box=result("_box"))],
    ("release_results", "released"): [
        each("recall_pool", "tube", "_pools"),
        each("report_positive", "swab", "_positives"),
        tests_answered,
    ],
    ("report_positive", "to_case"): [
        does(
            "open_case",
            person=result("_person"),
            classification=lambda _o: Classification.ASYMPTOMATIC,  # until a doctor says more
            sampled_at=result("_sampled_at"),
            origin=result("_origin"),
        )
    ],
    ("report_positive", "to_decide"): [
        asks(TaskKind.POSITIVE_FOUND, limit="positive_found", roles=POSITIVE_ROLES, words="%(_tube)s")
    ],
    ("report_positive", "environment"): [
        asks(TaskKind.POSITIVE_PLACE, limit="positive_found", roles=POSITIVE_ROLES, words="%(_place)s")
    ],
    # Supervision: what a checklist finds is in the ledger at once, and whoever raised something hears how it ended.
    ("fill_checklist", "found"): [problems_found],
    ("close_task", "closed"): [does("answer_raiser", task=result("_task"))],
    ("close_list", "complete"): [does("reply_list", pushed_list=result("_list"))],
    # An exercise that showed a gap is mended in life.
    ("raise_drill_gap", "raised"): [gap_asked],
    ("propose_protocol", "proposed"): [numbers_proposed],
    # Isolation sites: a check that is due, a check that failed while people live there.
    ("remind_site_check", "due"): [asks(TaskKind.SITE_CHECK, limit="site_check", roles=SITE_ROLES, words="%(_place)s")],
    ("check_site", "failed_open"): [
        asks(TaskKind.SITE_FAULT, limit="site_fault", roles=SITE_ROLES, words="%(_place)s")
    ],
    # From a case to its contacts, found township by township within the case's own twenty-four hours.
    ("open_case", "opened"): [does("propose_for_case", case=result("case"))],
    ("derive_contacts", "derived"): [
        does("dispatch_contacts", case=result("_case")),
        contacts_proposed,
        contacts_gone,
        contacts_moved,
    ],
    ("add_contact", "added"): [does("dispatch_contacts", case=result("_case")), contacts_proposed],
    ("refute_case", "refuted"): [contacts_gone],
    ("undo_reclassing", "undone"): [looks_retracted, contacts_proposed, contacts_gone],
    ("record_follow_up", "found"): [_settle_contact],
    ("record_follow_up", "found_unwell"): [_settle_contact],
    ("record_follow_up", "last_day_filled"): [does("finish_follow_up", contact=result("_contact"))],
    ("end_contact", "ended"): [
        does("settle_tracing", case=result("_case"), path=result("_path")),
        contacts_gone,
    ],
    # Orders: what rested on an order that is withdrawn is looked at again, by somebody who may sign.
    ("withdraw_order", "with_dependents"): [
        does(
            "propose_reclass",
            cause=lambda _o: "withdrawn",
            grounds=result("_grounds"),
            reason=lambda _o: "withdraw_order",
        )
    ],
    ("set_response", "other_edition"): [
        does(
            "propose_reclass",
            cause=lambda _o: "edition",
            protocol=result("_protocol"),
            reason=lambda _o: "set_response",
        )
    ],
    # Isolation, from the bed to the door: arrivals, checks, symptoms, needs.
    ("assign_bed", "assigned_here"): [does("check_in", stay=result("_stay"))],
    ("assess_home", "unfit"): [asks(TaskKind.PLACE_STAY, limit="place_stay", roles=COUNTY_ROLES, words="%(_place)s")],
    ("start_transfer", "planned"): [
        asks(TaskKind.TRANSFER, limit="transfer", roles=SITE_ROLES, words="%(_place)s × %(_people)s")
    ],
    ("confirm_arrival", "arrived"): [each("check_in", "stay", "_stays")],
    ("confirm_arrival", "somebody_missing"): [
        each("check_in", "stay", "_stays"),
        asks(TaskKind.MISSING_PERSON, limit="missing_person", roles=ALARM_ROLES, words="%(_place)s × %(lost)s"),
    ],
    ("record_check", "recorded"): [the_duty],
    ("record_check", "recorded_symptoms"): [the_duty, does("report_symptoms", order=result("_order"))],
    ("record_check", "extra_symptoms"): [does("report_symptoms", order=result("_order"))],
    ("record_duty", "symptoms"): [does("report_symptoms", order=result("order"))],
    ("report_symptoms", "reported"): [to_hospital],
    ("report_symptoms", "no_hospital"): [
        asks(TaskKind.SYMPTOMS, limit="symptom_transfer", roles=COUNTY_ROLES, words="%(_place)s")
    ],
    ("request_need", "asked"): [
        asks(TaskKind.NEED, limit="need", roles=DOOR_ROLES, words="%(_place)s %(_need)s", is_repeatable=True)
    ],
    ("request_need", "medicine"): [
        asks(TaskKind.NEED, limit="need_medicine", roles=DOOR_ROLES, words="%(_place)s %(_need)s", is_repeatable=True)
    ],
    # What is looked at without notice, and what went wrong inside a site.
    ("draw_visits", "drawn"): [each_visit],
    ("report_unannounced", "not_kept"): [the_problem],
    ("open_incident", "opened"): [
        asks(TaskKind.INCIDENT, limit="incident_report", roles=ALARM_ROLES, words="%(_place)s"),
        asks(TaskKind.SITE_CHECK, limit="site_check", roles=SITE_ROLES, words="%(_place)s"),
        the_problem,
    ],
    # Letters of assistance: theirs go to our townships, ours hand contacts over.
    ("receive_assistance", "received"): [
        does("dispatch_assistance", assistance=result("_assistance")),
        contacts_proposed,
    ],
    ("answer_assistance", "answered"): [contacts_gone],
    ("write_assistance", "written"): [does("settle_tracing", case=result("_case"), path=result("_path"))],
}
