"""A drill's scenario: county, pathogen, what the county can do, how long things take; read from YAML or by name."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bihuan.engines.drill._arrays import LAYERS, STAYS
from bihuan.engines.drill._county import County
from bihuan.engines.drill._pathogen import PATHOGENS, Pathogen, pathogen_names
from bihuan.engines.drill._reading import ScenarioFault, into, line_of, load

SCENARIOS = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Returnees:
    """People who come home from places with the disease; those on a list are kept as `class_name` asks."""

    per_day: float = 0.0
    infected: float = 0.0
    infected_days: int = 5
    declared: float = 0.9
    list_delay_days: float = 0.5
    class_name: str = "traveller_high"


@dataclass(frozen=True)
class Capacities:
    """What the county has, for the whole county."""

    samplers: int = 600
    swabs_per_sampler_hour: float = 60.0
    sampling_hours: float = 8.0
    lab_tubes_per_day: int = 20_000
    tracers: int = 60
    hours_a_tracer: float = 10.0
    hours_a_case: float = 4.0
    hours_a_contact: float = 0.1
    beds: int = 1000
    rooms: int = 3000


@dataclass(frozen=True)
class Delays:
    """Mean days between steps."""

    clinic_days: float = 1.5
    result_days: float = 0.5
    isolation_days: float = 0.2
    notify_days: float = 0.5
    late_after_days: int = 1


@dataclass(frozen=True)
class Behaviour:
    """What people do. Recall and leaks are by layer; a leak is the share of contacts that a stay leaves."""

    clinic_share: float = 0.6
    clinic_share_severe: float = 0.97
    sick_at_home: float = 0.7
    background_swabs_per_1000: float = 0.5
    mass_share: float = 0.95
    recall: dict[str, float] = field(default_factory=dict)
    recall_second: dict[str, float] = field(default_factory=dict)
    leak: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Measures:
    """Numbers that stand instead of the protocol's, and measures a protocol leaves to the county. None: as the protocol."""

    traced_levels: int | None = None
    window_days: int | None = None
    case_mode: str | None = None
    case_days: int | None = None
    close_mode: str | None = None
    close_days: int | None = None
    second_mode: str | None = None
    second_days: int | None = None
    post_pool: int = 5
    mass_on_detected: int | None = None
    mass_delay_days: int = 1
    mass_round_days: int | None = None
    mass_gap_days: int = 2
    mass_most_rounds: int = 10
    mass_clear_to_stop: int | None = None
    mass_pool: int | None = None
    lock_on_cases: int | None = None
    lock_days: int = 7
    case_study_hours: float | None = None
    transfer_hours: float | None = None
    close_class_days: int = 0
    county_on_detected: int = 0
    county_days: int = 14
    county_factor: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Costs:
    """What one of each costs, in one currency. The defaults are assumptions, round numbers to be replaced by the county's
    own; they weigh measures against each other and are no budget."""

    test: float = 16.0
    tracer_hour: float = 50.0
    bed_day: float = 1000.0
    room_day: float = 300.0
    restricted_day: float = 0.0


@dataclass(frozen=True)
class Staff:
    """How long acts take whoever does them, beside `Capacities`. The defaults are assumed round numbers, no measurement;
    they limit nothing. source: where the county's own come from."""

    hours_a_tube: float = 0.05  # in the laboratory, from opening the box to the result: twenty tubes an hour
    tubes_a_trip: float = 200.0
    hours_a_trip: float = 2.0
    hours_a_room_day: float = 1.0  # at an isolation site: one person a shift for eight rooms
    hours_a_shift: float = 8.0
    source: str = "assumed"


@dataclass(frozen=True)
class Item:
    """One thing in store: how much is there on day 0, what comes on which day, and how much an act uses.

    An act one of whose items is missing is not done that day: no kits, no swabs. Rooms and beds are not emptied; their
    days without the item are counted. source: where the numbers come from.
    """

    start: float = 0.0
    deliveries: dict[str, float] = field(default_factory=dict)  # day -> how much
    a_swab: float = 0.0
    a_tube: float = 0.0
    a_study: float = 0.0
    a_room_day: float = 0.0
    a_bed_day: float = 0.0
    source: str = "assumed"


@dataclass(frozen=True)
class Scenario:
    """Everything a run needs but its seed. `protocol` is an id, or `none` for no measure at all."""

    county: County
    pathogen: Pathogen
    title: str = ""
    protocol: str = "none"
    horizon_days: int = 120
    seeds: int = 10
    returnees: Returnees = field(default_factory=Returnees)
    capacities: Capacities = field(default_factory=Capacities)
    delays: Delays = field(default_factory=Delays)
    behaviour: Behaviour = field(default_factory=Behaviour)
    measures: Measures = field(default_factory=Measures)
    costs: Costs = field(default_factory=Costs)
    staff: Staff = field(default_factory=Staff)
    stock: dict[str, Item] = field(default_factory=dict)


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the program."""
    return tuple(sorted(p.stem for p in SCENARIOS.glob("*.yaml")))


def read_pathogen(name: str, *, file: str = "", line: int = 0, changes: dict[str, Any] | None = None) -> Pathogen:
    """A pathogen by its name or by the path of a YAML file, with some numbers changed. Raises `ScenarioFault`."""
    path = PATHOGENS / f"{name}.yaml"
    if name not in pathogen_names():
        path = Path(file).parent / name
        if not name.endswith(".yaml") or not path.is_file():
            raise ScenarioFault(
                f"there is no pathogen «{name}»",
                file=file,
                line=line,
                mend=f"use one of {', '.join(pathogen_names())}, or a .yaml",
            )
    tree = load(path)
    found = into(Pathogen, {**tree, **(changes or {})}, file=str(path), word="pathogen")
    _names(found.weights, LAYERS, "weights", str(path), line_of(tree, "weights"))
    if found.r0 <= 0 or found.overdispersion > 100:
        raise ScenarioFault("r0 must be above 0 and overdispersion at most 100", file=str(path))
    return found


def read_scenario(source: str | Path) -> Scenario:
    """A scenario by its name or from a YAML file. Raises `ScenarioFault` with the line of an unknown key or bad value."""
    path = Path(source)
    if str(source) in scenario_names():
        path = SCENARIOS / f"{source}.yaml"
    elif not path.is_file():
        raise ScenarioFault(
            "there is no such scenario",
            file=str(source),
            mend=f"give a .yaml file or one of {', '.join(scenario_names())}",
        )
    tree = load(path)
    said = tree.get("pathogen")
    line = line_of(tree, "pathogen")
    if isinstance(said, dict):
        changes = dict(said)
        name = str(changes.pop("name", ""))
        unknown = set(changes) - {f.name for f in dataclasses.fields(Pathogen)}
        if unknown:
            key = sorted(unknown)[0]
            raise ScenarioFault(
                f"unknown key «{key}» in pathogen", file=str(path), line=line_of(said, key), mend="use a pathogen's key"
            )
    else:
        changes, name = {}, str(said)
    pathogen = read_pathogen(name, file=str(path), line=line, changes=changes)
    if not isinstance(tree.get("county"), dict):
        raise ScenarioFault("county is missing", file=str(path), line=1, mend="add county: {people: …}")
    rest = {k: v for k, v in tree.items() if k != "pathogen"}
    for key in rest:
        if key not in {f.name for f in dataclasses.fields(Scenario)}:
            known = ", ".join(f.name for f in dataclasses.fields(Scenario))
            raise ScenarioFault(
                f"unknown key «{key}»", file=str(path), line=line_of(tree, key), mend=f"use one of {known}"
            )
    found = into(Scenario, rest, file=str(path), pathogen=pathogen)
    _check(found, str(path), tree)
    return found


def _names(given: dict[str, Any], known: tuple[str, ...], word: str, file: str, line: int) -> None:
    for name in given:
        if name not in known:
            raise ScenarioFault(
                f"unknown key «{name}» in {word}", file=file, line=line, mend=f"use one of {', '.join(known)}"
            )


def _check(s: Scenario, file: str, tree: Any) -> None:
    """Numbers that fit their kind but cannot be."""
    b, m, c = s.behaviour, s.measures, s.county
    at = {k: line_of(tree, k) for k in tree}
    for word, values in (("recall", b.recall), ("recall_second", b.recall_second), ("leak", b.leak)):
        _names(values, STAYS if word == "leak" else LAYERS, word, file, at.get("behaviour", 0))
    for row in b.leak.values():
        _names(row, LAYERS, "leak", file, at.get("behaviour", 0))
    _names(m.county_factor, LAYERS, "county_factor", file, at.get("measures", 0))
    for mode in (m.case_mode, m.close_mode, m.second_mode):
        if mode is not None and mode not in STAYS:
            raise ScenarioFault(
                f"«{mode}» is not a stay", file=file, line=at.get("measures", 0), mend=f"use one of {', '.join(STAYS)}"
            )
    shares = [
        ("behaviour", b.clinic_share), ("behaviour", b.clinic_share_severe), ("behaviour", b.sick_at_home),
        ("behaviour", b.mass_share), ("returnees", s.returnees.infected), ("returnees", s.returnees.declared),
        ("county", c.employed), ("county", c.health_staff), ("county", c.long_stay),
        *(("behaviour", v) for d in (b.recall, b.recall_second, *b.leak.values()) for v in d.values()),
        *(("measures", v) for v in m.county_factor.values()),
    ]  # fmt: skip
    for where, value in shares:
        if value > 1:
            raise ScenarioFault(f"{value} in {where} is not a share", file=file, line=at.get(where, 0), mend="0 to 1")
    for name, item in s.stock.items():
        for day in item.deliveries:
            if not day.isdecimal():
                raise ScenarioFault(
                    f"delivery of {name}: «{day}» is not a day", file=file, line=at.get("stock", 0),
                    mend="write {10: 5000} for the tenth day after day 0",
                )  # fmt: skip
    if s.staff.tubes_a_trip <= 0 or s.staff.hours_a_shift <= 0:
        raise ScenarioFault("tubes_a_trip and hours_a_shift must be above 0", file=file, line=at.get("staff", 0))
    if not 1 <= s.horizon_days <= 3650:
        raise ScenarioFault("horizon_days must be 1 to 3650", file=file, line=at.get("horizon_days", 0))
    if not 10 <= c.people <= 50_000_000 or c.village_people < 2:
        raise ScenarioFault("people must be 10 to 50000000, village_people at least 2", file=file, line=at["county"])
    if max(c.site_contacts, c.village_contacts, c.county_contacts) > 63:
        raise ScenarioFault("at most 63 contacts a day in a layer", file=file, line=at["county"])
