"""The rules that are not about one person: places, posts, clocks, rounds, duties, stores, outbreaks."""

from bihuan.engines.protocol import _model as m
from bihuan.engines.protocol._reader import Reader
from bihuan.engines.protocol._times import Moment, Span
from bihuan.engines.protocol._yaml import Node

_TEST = {
    "kind",
    "pool",
    "days",
    "day_from",
    "first_day",
    "count",
    "within",
    "gap",
    "specimen",
    "samples_on_last",
}
VEHICLE_WHOLES = ("none", "carriage", "everyone", "cabin")


def read_vehicles(reader: Reader, exposures: Node, above: m.Basis) -> dict[str, m.Vehicle]:
    """Who is exposed in a vehicle: rows or bays each side, or a whole carriage, cabin or bus, and which crew."""
    out = {}
    found = exposures.get("vehicles")
    basis = reader.basis(found, above) if found else above
    for kind, node in reader.entries(found, "vehicles"):
        one = reader.mapping(node, {"whole", "rows_each_side", "bays_each_side", "roles"}, f"vehicle {kind}")
        out[kind] = m.Vehicle(
            kind=kind,
            whole=reader.word(one, "whole", VEHICLE_WHOLES, f"vehicle {kind}", "none"),
            rows_each_side=reader.number(one, "rows_each_side") if one.get("rows_each_side") else None,
            bays_each_side=reader.number(one, "bays_each_side") if one.get("bays_each_side") else None,
            roles=reader.words(one, "roles"),
            basis=reader.basis(one, basis),
        )
    return out


def read_areas(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.AreaRule]:
    """Levels of area with their measure and how they fall."""
    out = {}
    found = top.get("areas")
    above = reader.basis(found, root) if found else root
    for level, node in reader.entries(found, "areas"):
        one = reader.mapping(
            node,
            {
                "title",
                "units",
                "measure",
                "rule",
                "down",
                "leave_test_within",
                "survey_every",
                "radius_metres",
                "compulsory",
                "max_days",
                "tests",
            },
            f"area {level}",
        )
        basis = reader.basis(one, above)
        down = []
        for step in reader.items(one.get("down")):
            said = reader.mapping(step, {"to", "when", "only_if"}, "down")
            when = tuple(c for c in (reader.condition(i) for i in reader.items(said.get("when"))) if c is not None)
            if not when:
                reader.fault(step, "a lowering without «when» never happens; say what must be true")
            down.append(m.StepDown(said.text("to"), when, said.text("only_if"), reader.basis(said, basis)))
        out[level] = m.AreaRule(
            level=level,
            title=one.text("title", level),
            units=reader.words(one, "units"),
            measure=reader.word(one, "measure", (*m.MODES, "none"), f"area {level}", "none"),
            rule=one.text("rule"),
            down=tuple(down),
            leave_test_within=reader.span(one, "leave_test_within"),
            basis=basis,
            survey_every=reader.span(one, "survey_every"),
            radius_metres=reader.number(one, "radius_metres") or None,
            compulsory=reader.flag(one, "compulsory"),
            max_days=reader.number(one, "max_days"),
            tests=tuple(read_test(reader, i, basis, Moment("stage_end")) for i in reader.items(one.get("tests"))),
        )
    return out


def read_posts(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.PostRule]:
    """Groups of posts and how often they are tested."""
    out = {}
    found = top.get("posts")
    above = reader.basis(found, root) if found else root
    for key, node in reader.entries(found, "posts"):
        one = reader.mapping(node, {"who", "kind", "every", "per_week", "closed_loop"}, f"post {key}")
        every, per_week = reader.span(one, "every"), reader.number(one, "per_week")
        if (every is None) == (per_week == 0):
            reader.fault(node, f"post «{key}» says either «every» or «per_week»")
        out[key] = m.PostRule(
            id=key,
            who=reader.words(one, "who"),
            kind=one.text("kind", "pcr"),
            every=every,
            per_week=per_week,
            closed_loop=reader.flag(one, "closed_loop"),
            basis=reader.basis(one, above),
        )
    return out


def read_clocks(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.ClockRule]:
    """Clocks: from which event to which, within what, who, and to whom a breach is raised."""
    out = {}
    found = top.get("clocks")
    above = reader.basis(found, root) if found else root
    for key, node in reader.entries(found, "clocks"):
        one = reader.mapping(node, {"start", "stop", "limit", "least", "who", "raised_to"}, f"clock {key}")
        for needed in ("start", "stop", "limit", "who", "raised_to"):
            if one.get(needed) is None:
                reader.fault(node, f"clock «{key}» needs «{needed}»")
        out[key] = m.ClockRule(
            id=key,
            start=one.text("start"),
            stop=one.text("stop"),
            limit=reader.span(one, "limit") or Span(0, "min"),
            least=reader.span(one, "least"),
            who=one.text("who"),
            raised_to=one.text("raised_to"),
            basis=reader.basis(one, above),
        )
    return out


def read_pools(reader: Reader, top: Node, root: m.Basis) -> tuple[m.PoolRule, ...]:
    """Pool sizes, first match wins."""
    out = []
    for node in reader.items(top.get("pools")):
        one = reader.mapping(node, {"if", "size"}, "a pool rule")
        size = reader.number(one, "size")
        if size < 1:
            reader.fault(node, "a pool rule needs «size»: 1 or more swabs in a tube")
        when = reader.condition(one.get("if")) or m.Condition("any")
        out.append(m.PoolRule(when, size, reader.basis(one, root)))
    return tuple(out)


def read_rounds(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.RoundRule]:
    """Rounds of testing an area."""
    out = {}
    for key, node in reader.entries(top.get("rounds"), "rounds"):
        one = reader.mapping(node, {"within", "stop_after_clear", "wait", "least_rounds"}, f"round {key}")
        out[key] = m.RoundRule(
            reader.span(one, "within"),
            reader.number(one, "stop_after_clear"),
            reader.span(one, "wait"),
            reader.number(one, "least_rounds"),
            reader.basis(one, root),
        )
    return out


def read_duties(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.DutyRule]:
    """What a unit does with a rhythm."""
    out = {}
    found = top.get("duties")
    above = reader.basis(found, root) if found else root
    for key, node in reader.entries(found, "duties"):
        one = reader.mapping(node, {"who", "what", "per_day", "every", "report"}, f"duty {key}")
        per_day, every = reader.number(one, "per_day"), reader.span(one, "every")
        if (every is None) == (per_day == 0):
            reader.fault(node, f"duty «{key}» says either «per_day» or «every»")
        out[key] = m.DutyRule(
            key,
            one.text("who"),
            one.text("what"),
            per_day,
            every,
            one.text("report"),
            reader.basis(one, above),
        )
    return out


def read_reserves(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.ReserveRule]:
    """What is kept in store, in days at full load."""
    out = {}
    found = top.get("reserves")
    above = reader.basis(found, root) if found else root
    for key, node in reader.entries(found, "reserves"):
        one = reader.mapping(node, {"what", "keep", "check_every", "who"}, f"reserve {key}")
        out[key] = m.ReserveRule(
            key,
            reader.words(one, "what"),
            reader.span(one, "keep") or Span(0, "d"),
            reader.span(one, "check_every"),
            one.text("who"),
            reader.basis(one, above),
        )
    return out


def read_outbreak(reader: Reader, top: Node, root: m.Basis) -> tuple[m.OutbreakRule, ...]:
    """How many cases within how long, and in which kinds of place."""
    out = []
    for node in reader.items(top.get("outbreak")):
        one = reader.mapping(node, {"cases", "within", "places"}, "outbreak")
        if reader.number(one, "cases") < 1:
            reader.fault(node, "an outbreak rule needs «cases»: 1 or more")
        out.append(
            m.OutbreakRule(
                reader.number(one, "cases"),
                reader.span(one, "within"),
                reader.words(one, "places"),
                reader.basis(one, root),
            )
        )
    return tuple(out)


def read_outbreak_end(reader: Reader, top: Node, root: m.Basis) -> m.OutbreakEnd | None:
    """When an outbreak is over."""
    found = top.get("outbreak_end")
    if found is None:
        return None
    one = reader.mapping(found, {"quiet", "from", "heightened"}, "outbreak_end")
    quiet = reader.span(one, "quiet")
    if quiet is None:
        reader.fault(found, "outbreak_end needs «quiet»: how long without a new case")
        return None
    return m.OutbreakEnd(quiet, one.text("from", "last_case"), reader.span(one, "heightened"), reader.basis(one, root))


def read_test(reader: Reader, node: Node, above: m.Basis, until: Moment) -> m.TestRule:
    """One testing rule of a stage or an area: numbered days, or a count within a period."""
    one = reader.mapping(node, _TEST, "tests")
    days, count = reader.numbers(one, "days"), reader.number(one, "count")
    if bool(days) == bool(count):
        reader.fault(node, "tests say either «days» or «count» with «gap»")
    if one.get("day_from") and reader.moment(one, "day_from") is None:
        pass  # the moment reader has noted the fault
    return m.TestRule(
        kind=one.text("kind", "pcr"),
        basis=reader.basis(one, above),
        pool=reader.number(one, "pool", 1),
        days=days,
        day_from=one.text("day_from", "stage_start"),
        first_day=reader.number(one, "first_day", 1),
        count=count,
        within=reader.moment(one, "within") or until,
        gap=reader.span(one, "gap"),
        specimen=one.text("specimen"),
        samples_on_last=reader.number(one, "samples_on_last", 1),
    )
