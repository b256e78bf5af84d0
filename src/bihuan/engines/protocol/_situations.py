"""Worked situations: what a person, a case, a place or a clock is expected to get, run against the editions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.engines.protocol import _rules as rules
from bihuan.engines.protocol._library import edition
from bihuan.engines.protocol._model import Edition, NoAnswer
from bihuan.engines.protocol._plan import Plan, carried_over, plan, shanghai
from bihuan.engines.protocol._times import day_start
from bihuan.engines.protocol._window import Seat, classify, contact_window, exposed_in_vehicle, exposure_class
from bihuan.engines.protocol._yaml import read_file

Lookup = Callable[[str], Edition]


@dataclass(frozen=True)
class Situation:
    """One worked situation: what is asked of which edition, and what is expected."""

    id: str
    edition: str
    ask: str
    given: dict[str, Any]
    expect: Any
    file: str
    line: int


def read_situations(path: Path) -> tuple[Situation, ...]:
    """The situations of a file, with the line each stands on."""
    tree = read_file(path)
    listed = tree.get("situations")
    default = tree.text("edition")
    out = []
    for node in listed.value if listed else []:
        said = node.plain()
        given = {k: v for k, v in said.items() if k not in ("id", "edition", "ask", "expect", "why")}
        out.append(
            Situation(
                said["id"],
                said.get("edition", default),
                said.get("ask", "plan"),
                given,
                said["expect"],
                node.file,
                node.line,
            )
        )
    return tuple(out)


def run_situation(situation: Situation, lookup: Lookup = edition) -> tuple[str, ...]:
    """What differs from the expectation; nothing where the situation holds."""
    try:
        got = _ASKS[situation.ask](lookup(situation.edition), situation, lookup)
    except NoAnswer as no:
        got = {"no": no.kind}
    expected = situation.expect if isinstance(situation.expect, dict) else {"answer": situation.expect}
    out = []
    for key, value in expected.items():
        if key not in got:
            out.append(f"{situation.id}: {key} expected {value}, got {got.get('no', 'nothing of that name')}")
        elif not _same(value, got[key]):
            out.append(f"{situation.id}: {key} expected {value}, got {got[key]}")
    return tuple(out)


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, str) and isinstance(got, datetime):
        return shanghai(expected) == got
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return len(expected) == len(got) and all(_same(a, b) for a, b in zip(expected, got, strict=True))
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(_same(v, got[k]) for k, v in expected.items())
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return bool(expected == got)


def _instants(given: dict[str, Any]) -> dict[str, Any]:
    return {
        k: [shanghai(t) for t in v] if isinstance(v, list) else shanghai(v) if _is_time(v) else v
        for k, v in given.items()
    }


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-"


def _made(chosen: Edition, given: dict[str, Any]) -> Plan:
    as_of = shanghai(given["as_of"]) if "as_of" in given else None
    return plan(chosen, given["class"], _instants(given.get("anchors", {})), as_of, given.get("facts"))


def _ask_plan(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    return _plan_said(_made(chosen, situation.given))


def _plan_said(made: Plan) -> dict[str, Any]:
    tests = [
        t.due_from.date().isoformat()
        if t.due_until == day_start(t.due_from, days=1)
        else f"{_minute(t.due_from)}..{_minute(t.due_until)}"
        for t in made.tests
    ]
    return {
        "stages": [f"{s.mode} {_minute(s.start)}..{_minute(s.until)}" for s in made.stages],
        "tests": tests,
        "kinds": sorted({t.kind for t in made.tests}),
        "pools": sorted({t.pool for t in made.tests}),
        "samples": [t.samples for t in made.tests],
        "checks_per_day": made.checks_per_day,
        "checks": sum(len(rules.check_windows(s.start, s.until, s.checks_per_day)) for s in made.stages),
        "code": made.code,
        "release": list(made.release),
        "becomes": made.reclassed_to,
        "binds": made.binds,
        "rooms": [s.room for s in made.stages],
        "gives": [s.give for s in made.stages if s.give],
        "ends": made.ends,
    }


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def _ask_window(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    start, until = contact_window(chosen, _instants(situation.given.get("case", {})))
    return {"from": start, "until": until, "answer": [start, until]}


def _ask_clocks(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    started = shanghai(situation.given["started"])
    out: dict[str, Any] = {}
    for key in chosen.clocks:
        due = rules.clock_due(chosen, key, started)
        out[key] = [due.not_before, due.due_at] if due.not_before else due.due_at
    return out


def _ask_pool(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    return {"answer": rules.pool_size(chosen, situation.given.get("facts", {}))}


def _window(due: rules.DueWindow) -> list[datetime]:
    return [due.due_from, due.due_until]


def _ask_post(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": _window(rules.post_test_due(chosen, given["post"], shanghai(given["last"])))}


def _ask_duty(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": [_window(w) for w in rules.duty_windows(chosen, given["duty"], shanghai(given["day"]))]}


def _ask_area(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    steps = rules.area_steps(
        chosen,
        given["level"],
        declared=shanghai(given["declared"]),
        last_case=shanghai(given["last_case"]) if "last_case" in given else None,
        facts=given.get("facts"),
        as_of=shanghai(given["as_of"]) if "as_of" in given else None,
    )
    return {"answer": [[s.to, s.earliest, list(s.missing)] for s in steps]}


def _ask_area_ends(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    return {"answer": rules.area_ends(chosen, situation.given["level"], shanghai(situation.given["declared"]))}


def _ask_area_tests(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    found = rules.area_tests(chosen, situation.given["level"], shanghai(situation.given["declared"]))
    return {"answer": [[kind, pool, *_window(day)] for kind, pool, day in found]}


def _ask_survey(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": _window(rules.area_survey_due(chosen, given["level"], shanghai(given["last"])))}


def _ask_outbreak(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    found = rules.outbreak_declared(chosen, [(shanghai(at), place) for at, place in situation.given["cases"]])
    return {"answer": found[0] if found else None}


def _ask_over(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    over, heightened = rules.outbreak_over(chosen, shanghai(situation.given["last"]))
    return {"answer": [over, heightened]}


def _ask_seat(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": exposed_in_vehicle(chosen, given["vehicle"], Seat(**given["case"]), Seat(**given["other"]))}


def _ask_exposure(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    return {"answer": exposure_class(chosen, situation.given["kind"])}


def _ask_class(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    return {"answer": classify(chosen, situation.given["of"], situation.given.get("facts", {}))}


def _ask_reserve(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": rules.reserve_needed(chosen, given["reserve"], given["per_day"])}


def _ask_round(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    given = situation.given
    return {"answer": rules.rounds_may_stop(chosen, given["round"], given["cases"])}


def _ask_carried(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    new = lookup(situation.given["to"])
    return _plan_said(carried_over(_made(chosen, situation.given), _made(new, situation.given)))


def _ask_numbers(chosen: Edition, situation: Situation, lookup: Lookup) -> dict[str, Any]:
    """Numbers that date nothing by themselves, looked up by their path."""
    return {".".join(n.path): n.value for n in chosen.numbers}


_ASKS: dict[str, Callable[[Edition, Situation, Lookup], dict[str, Any]]] = {
    "plan": _ask_plan,
    "window": _ask_window,
    "clocks": _ask_clocks,
    "pool": _ask_pool,
    "post": _ask_post,
    "duty": _ask_duty,
    "area": _ask_area,
    "area_ends": _ask_area_ends,
    "area_tests": _ask_area_tests,
    "survey": _ask_survey,
    "outbreak": _ask_outbreak,
    "over": _ask_over,
    "seat": _ask_seat,
    "exposure": _ask_exposure,
    "class": _ask_class,
    "reserve": _ask_reserve,
    "round": _ask_round,
    "carried": _ask_carried,
    "numbers": _ask_numbers,
}
