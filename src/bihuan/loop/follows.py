"""The closed loop on one page: after this outcome of this act, these follow.

A step is done by rule (recording, deadlines, tasks, letters), needing no right of whoever set it off. Whatever binds
or frees a person is never done here: it is proposed to somebody who may sign.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bihuan.ledgers.command import checklists
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Follows, Outcome, Step

# Who is told of what happens at a site: its own staff first, else the township, else the county's health department.
SITE_ROLES = (Role.SITE, Role.TOWNSHIP, Role.HEALTH, Role.OFFICE)

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


def result(name: str) -> Callable[[Outcome], Any]:
    """One value of the outcome's result."""
    return lambda outcome: outcome.result[name]


def asks(kind: str, *, limit: str, roles: Sequence[str], words: str) -> Step:
    """Open a task of this kind, with a clock, where the outcome lies. `words` may name values of the outcome's result.

    The result tells `_path`, and where it is about a facility, a stay or a place, the outcome's subject is the task's.
    """

    def step(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
        given = {
            "kind": kind, "title": words % dict(outcome.result), "path": outcome.result.get("_path", outcome.path),
            "subject": outcome.result.get("_subject", outcome.subject), "limit": limit, "roles": list(roles),
            "detail": outcome.result.get("_detail"),
        }  # fmt: skip
        return [("open_follow_up", given)]

    return step


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
    ("release_results", "released"): [each("recall_pool", "tube", "_pools")],
    # Supervision: what a checklist finds is in the ledger at once, and whoever raised something hears how it ended.
    ("fill_checklist", "found"): [problems_found],
    ("close_task", "closed"): [does("answer_raiser", task=result("_task"))],
    ("close_list", "complete"): [does("reply_list", pushed_list=result("_list"))],
    # Isolation sites: a check that is due, a check that failed while people live there.
    ("remind_site_check", "due"): [asks(TaskKind.SITE_CHECK, limit="site_check", roles=SITE_ROLES, words="%(_place)s")],
    ("check_site", "failed_open"): [
        asks(TaskKind.SITE_FAULT, limit="site_fault", roles=SITE_ROLES, words="%(_place)s")
    ],
    # From a case to its contacts, found township by township within the case's own twenty-four hours.
    ("derive_contacts", "derived"): [does("dispatch_contacts", case=result("_case"))],
    ("add_contact", "added"): [does("dispatch_contacts", case=result("_case"))],
    ("record_follow_up", "found"): [does("settle_tracing", case=result("_case"), path=result("_path"))],
    ("record_follow_up", "found_unwell"): [does("settle_tracing", case=result("_case"), path=result("_path"))],
    ("record_follow_up", "last_day_filled"): [does("finish_follow_up", contact=result("_contact"))],
    ("end_contact", "ended"): [does("settle_tracing", case=result("_case"), path=result("_path"))],
    # Orders: what rested on an order that is withdrawn is looked at again, by somebody who may sign.
    ("withdraw_order", "with_dependents"): [
        does(
            "propose_reclass",
            cause=lambda _o: "withdrawn",
            grounds=result("_grounds"),
            reason=lambda _o: "withdraw_order",
        )
    ],
}
