"""The validator: what must be true of an edition before anybody may put it in force."""

from collections.abc import Iterable
from datetime import date

from bihuan.engines.protocol._model import RESTRICTING, ClassRule, Edition, StageRule
from bihuan.engines.protocol._policy import restricted_days, stage_length_days
from bihuan.engines.protocol._yaml import Fault, Node

LAW_2025 = date(2025, 9, 1)
# 2025 law: Art. 58 grounds compulsory isolation and observation of persons, Art. 63-67 measures on areas.
PERSONS_2025 = {58}
AREAS_2025 = {63, 64, 65, 66, 67}
# 2013 law: Art. 39 class A (and managed as A), Art. 40 observation of contacts in an outbreak of any class, Art. 41-42 areas.
PERSONS_2013_CLASS_A = {39, 41}
PERSONS_2013_CONTACTS = {40}
AREAS_2013 = {41, 42}


def check_edition(edition: Edition, others: Iterable[Edition] = ()) -> tuple[Fault, ...]:
    """Every fault of meaning in an edition, with line and column.

    Compulsion without a ground, stages beyond the maximum, tests that can never fall due, classes that are re-classed in
    a circle, editions whose periods overlap. Faults of form (unknown keys, no end, no source) come from reading.
    """
    top = edition.tree or Node({}, edition.id, 1, 1)
    faults = [*_law(edition, top), *_period(edition, top, others)]
    for name, rule in edition.classes.items():
        node = _at(top, "classes", name)
        if rule.no:
            continue
        for i, stage in enumerate(rule.stages):
            where = _at(node, "stages", str(i))
            faults += _stage(edition, rule, stage, where)
        days, most = restricted_days(edition, name), edition.legal.max_person_days
        if not most and any(stage.compulsory for stage in rule.stages):
            faults.append(node.fault(f"class «{name}» compels and «legal.max_days.person» sets no maximum"))
        if most and days > most:
            faults.append(node.fault(f"class «{name}» restricts {days} d, beyond the maximum of {most} d for a person"))
        if _circle(edition, name):
            faults.append(node.fault(f"class «{name}» is re-classed in a circle", "upon"))
    for level, area in edition.areas.items():
        node = _at(top, "areas", level)
        if area.compulsory:
            why = _area_ground(edition)
            if why:
                faults.append(node.fault(f"area «{level}» is compulsory, {why}", "compulsory"))
            if not area.max_days:
                faults.append(node.fault(f"area «{level}» closes people in and has no «max_days»: it would never end"))
            elif edition.legal.max_area_days and area.max_days > edition.legal.max_area_days:
                faults.append(
                    node.fault(f"area «{level}» may last {area.max_days} d, beyond {edition.legal.max_area_days} d")
                )
        for step in area.down:
            if step.to != "normal" and step.to not in edition.areas:
                faults.append(node.fault(f"area «{level}» falls to «{step.to}», which is no level here", "down"))
    return tuple(sorted(set(faults)))


def _law(edition: Edition, top: Node) -> list[Fault]:
    legal = _at(top, "legal")
    cited_2025 = "2025" in edition.legal.law
    if not edition.legal.law:
        return [top.fault("no law is named: add «legal: {law: …}»")]
    if cited_2025 and edition.valid_from < LAW_2025:
        return [
            legal.fault(f"the law of 2025 is in force from {LAW_2025}, this edition from {edition.valid_from}", "law")
        ]
    compels = any(s.compulsory for r in edition.classes.values() for s in r.stages) or any(
        a.compulsory for a in edition.areas.values()
    )
    open_end = edition.valid_until is None or edition.valid_until > LAW_2025
    if compels and not cited_2025 and open_end:
        return [
            legal.fault("compels after 2025-09-01 on the law of 2013: cite 2025 Art. 58, 63–67 in a new edition", "law")
        ]
    return []


def _period(edition: Edition, top: Node, others: Iterable[Edition]) -> list[Fault]:
    out = []
    valid = _at(top, "valid")
    if edition.valid_until is not None and edition.valid_until <= edition.valid_from:
        out.append(valid.fault("«until» is not after «from»", "until"))
    for other in others:
        if other.id == edition.id or other.disease != edition.disease or other.layer != edition.layer:
            continue
        starts_before_other_ends = other.valid_until is None or edition.valid_from < other.valid_until
        ends_after_other_starts = edition.valid_until is None or other.valid_from < edition.valid_until
        if starts_before_other_ends and ends_after_other_starts:
            out.append(
                valid.fault(
                    f"overlaps {other.id}, in force {other.valid_from} until {other.valid_until or 'further notice'}"
                )
            )
    return out


def _person_ground(edition: Edition, rule: ClassRule) -> str:
    """Why a compulsory stage has no ground; nothing where it has one."""
    cited = set(edition.legal.persons)
    class_a = "A" in (edition.statutory_class, edition.managed_as)
    if edition.valid_from >= LAW_2025:
        if not class_a:
            return f"but {edition.disease} is class {edition.statutory_class}: 2025 Art. 58 compels for class A only"
        return "" if cited & PERSONS_2025 else "but «legal.persons» does not cite Art. 58"
    if class_a:
        return "" if cited & PERSONS_2013_CLASS_A else "but «legal.persons» cites neither Art. 39 nor 41"
    if rule.of == "close_contact" and cited & PERSONS_2013_CONTACTS:
        return ""
    return f"but {edition.disease} is class {edition.statutory_class} and not managed as class A"


def _area_ground(edition: Edition) -> str:
    cited = set(edition.legal.areas)
    if edition.valid_from >= LAW_2025:
        return "" if cited & AREAS_2025 else "but «legal.areas» cites none of 2025 Art. 63–67"
    return "" if cited & AREAS_2013 else "but «legal.areas» cites neither Art. 41 nor 42"


def _stage(edition: Edition, rule: ClassRule, stage: StageRule, where: Node) -> list[Fault]:
    out = []
    if stage.compulsory:
        why = _person_ground(edition, rule)
        if why:
            out.append(
                where.fault(f"{stage.mode} is compulsory, {why}; make it advice or cite the ground", "compulsory")
            )
    length = stage_length_days(stage)
    for i, tests in enumerate(stage.tests):
        if tests.day_from != "stage_start" or not length:
            continue
        never = [day for day in tests.days if day - tests.first_day > length]
        if never:
            said = ", ".join(str(day) for day in never)
            node = _at(where, "tests", str(i))
            out.append(node.fault(f"test day {said} lies after the stage's {length} d: it can never fall due", "days"))
        if any(day < tests.first_day for day in tests.days):
            out.append(_at(where, "tests", str(i)).fault(f"a test day before day {tests.first_day}", "days"))
    if stage.mode in RESTRICTING and not stage.basis.source:
        out.append(where.fault("restricts a person without a source"))
    return out


def _circle(edition: Edition, name: str, seen: tuple[str, ...] = ()) -> bool:
    if name in seen:
        return name == seen[0]
    rule = edition.classes.get(name)
    return rule is not None and any(_circle(edition, upon.to, (*seen, name)) for upon in rule.upon)


def _at(node: Node, *path: str) -> Node:
    for step in path:
        if isinstance(node.value, list) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
        else:
            node = node.get(step) or node
    return node
