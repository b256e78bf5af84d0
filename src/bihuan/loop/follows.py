"""The closed loop on one page: after this outcome of this act, these follow.

A step is done by rule (recording, deadlines, tasks, letters), needing no right of whoever set it off. Whatever binds
or frees a person is never done here: it is proposed to somebody who may sign.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bihuan.loop.act import Doing, Follows, Outcome, Step

Given = Mapping[str, Any]


def does(verb: str, **given: Callable[[Outcome], Any]) -> Step:
    """Do `verb` by rule, with arguments taken from the outcome before it."""

    def step(doing: Doing, args: Any, outcome: Outcome) -> Sequence[tuple[str, Given]]:
        return [(verb, {name: take(outcome) for name, take in given.items()})]

    return step


def result(name: str) -> Callable[[Outcome], Any]:
    """One value of the outcome's result."""
    return lambda outcome: outcome.result[name]


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
    ("close_list", "complete"): [does("reply_list", pushed_list=result("_list"))],
}
