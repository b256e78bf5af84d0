"""An edition built from its tree: every rule typed, every fault gathered before anything is refused."""

from bihuan.engines.protocol import _model as m
from bihuan.engines.protocol._numbers import numbers_in
from bihuan.engines.protocol._read_places import (
    read_areas,
    read_clocks,
    read_duties,
    read_outbreak,
    read_outbreak_end,
    read_pools,
    read_posts,
    read_reserves,
    read_rounds,
    read_test,
    read_vehicles,
)
from bihuan.engines.protocol._reader import Reader
from bihuan.engines.protocol._times import Span
from bihuan.engines.protocol._yaml import Fault, Node

_TOP = {
    "protocol",
    "title",
    "short",
    "layer",
    "jurisdiction",
    "extends",
    "valid",
    "disease",
    "sources",
    "legal",
    "late_tests",
    "windows",
    "exposures",
    "classes",
    "areas",
    "posts",
    "clocks",
    "pools",
    "pool_positive",
    "rounds",
    "duties",
    "reserves",
    "outbreak",
    "outbreak_end",
}
_STAGE = {
    "mode",
    "from",
    "until",
    "room",
    "compulsory",
    "checks_per_day",
    "code",
    "tests",
    "instead",
    "if",
    "give",
    "activities",
    "transfer",
    "may_leave",
}
_CLASS = {"title", "of", "stages", "release", "upon", "if", "definition", "never", "not_yet"}
EVENTS = ("test_positive", "linked_positive", "symptoms")


def read_edition(tree: Node) -> tuple[m.Edition | None, list[Fault]]:
    """The edition a tree holds, and its faults; None where the head of the file cannot be read."""
    reader = Reader()
    top = reader.mapping(tree, _TOP, "a protocol file")
    _read_sources(reader, top)
    ident = top.text("protocol")
    if ident.count("/") != 1:
        reader.fault(top, "«protocol» must be <disease>/<edition date>", "protocol")
    valid = reader.mapping(top.get("valid"), {"from", "until"}, "valid")
    starts = reader.civil_day(valid, "from")
    if starts is None:
        reader.fault(top, "an edition needs «valid: {from: date}»", "valid")
        return None, reader.faults
    root = reader.basis(top, None)
    disease = reader.mapping(
        top.get("disease"), {"name", "icd10", "statutory_class", "managed_as", "incubation"}, "disease"
    )
    exposures = reader.mapping(top.get("exposures"), {"min_overlap", "kinds", "vehicles"}, "exposures")
    exposure_basis = reader.basis(exposures, root)
    overlap = reader.mapping(exposures.get("min_overlap"), {"length"}, "min_overlap")
    overlap_span = reader.span(overlap, "length") or Span(0, "min")
    statutory = reader.word(disease, "statutory_class", ("A", "B", "C", "none"), "disease", "none")
    edition = m.Edition(
        id=ident,
        title=top.text("title"),
        short=top.text("short", top.text("title")),
        layer=reader.word(top, "layer", m.LAYERS, "a protocol file", "national"),
        disease=ident.partition("/")[0],
        valid_from=starts,
        valid_until=reader.civil_day(valid, "until"),
        statutory_class=statutory,
        managed_as=reader.word(disease, "managed_as", ("A", "B", "C", "none"), "disease", statutory),
        disease_name=disease.text("name"),
        icd10=reader.words(disease, "icd10"),
        legal=_read_legal(reader, top, root),
        windows=_read_windows(reader, top, root),
        min_overlap_minutes=int(overlap_span.delta.total_seconds() // 60),
        overlap_basis=reader.basis(overlap, exposure_basis),
        exposure_kinds={k: tuple(str(i.value) for i in reader.items(n)) for k, n in _kinds(reader, exposures)},
        vehicles=read_vehicles(reader, exposures, exposure_basis),
        classes=_read_classes(reader, top, root),
        late_tests=_read_late(reader, top, root),
        areas=read_areas(reader, top, root),
        posts=read_posts(reader, top, root),
        clocks=read_clocks(reader, top, root),
        pools=read_pools(reader, top, root),
        pool_positive=reader.words(top, "pool_positive"),
        rounds=read_rounds(reader, top, root),
        duties=read_duties(reader, top, root),
        reserves=read_reserves(reader, top, root),
        outbreak=read_outbreak(reader, top, root),
        outbreak_end=read_outbreak_end(reader, top, root),
        numbers=numbers_in(top, reader, root),
        extends=top.text("extends"),
        tree=tree,
    )
    return edition, sorted(set(reader.faults))


def _kinds(reader: Reader, exposures: Node) -> list[tuple[str, Node]]:
    return reader.entries(exposures.get("kinds"), "exposures.kinds")


def _read_sources(reader: Reader, top: Node) -> None:
    for key, node in reader.entries(top.get("sources"), "sources"):
        listed = reader.mapping(node, {"document", "date", "publisher"}, f"source {key}")
        if not listed.text("document"):
            reader.fault(node, f"source «{key}» names no «document»")
        confidence = reader.word(listed, "confidence", m.CONFIDENCES, f"source {key}", "assumed")
        if listed.get("confidence") is None:
            reader.fault(node, f"source «{key}» does not say its «confidence»")
        reader.sources[key] = (listed.text("document"), confidence)


def _read_legal(reader: Reader, top: Node, root: m.Basis) -> m.Legal:
    legal = reader.mapping(
        top.get("legal"), {"law", "persons", "areas", "max_days", "notice", "appeal", "retention"}, "legal"
    )
    basis = reader.basis(legal, root)
    limits = reader.mapping(legal.get("max_days"), {"person", "area"}, "legal.max_days")
    notice = reader.mapping(legal.get("notice"), {"form", "must_say"}, "legal.notice")
    appeal = reader.mapping(legal.get("appeal"), {"to", "article", "suspends", "answer_within"}, "legal.appeal")
    retention = reader.mapping(legal.get("retention"), {"contact", "trace", "access_log"}, "legal.retention")
    article = reader.number(appeal, "article")
    return m.Legal(
        law=legal.text("law"),
        persons=reader.numbers(legal, "persons"),
        areas=reader.numbers(legal, "areas"),
        max_person_days=reader.number(limits, "person"),
        max_area_days=reader.number(limits, "area"),
        appeal_to=reader.words(appeal, "to"),
        appeal_article=article or None,
        appeal_answer_within=reader.span(appeal, "answer_within"),
        notice_says=reader.words(notice, "must_say"),
        retention=tuple((k, str(n.value)) for k, n in reader.entries(retention, "legal.retention")),
        basis=basis,
    )


def _read_windows(reader: Reader, top: Node, root: m.Basis) -> tuple[m.WindowRule, ...]:
    out = []
    for node in reader.items(top.get("windows")):
        one = reader.mapping(node, {"if", "from", "until"}, "a window")
        start, until = reader.moment(one, "from"), reader.moment(one, "until")
        if start is None or until is None:
            reader.fault(node, "a window needs «from» and «until»")
            continue
        when = reader.condition(one.get("if")) or m.Condition("any")
        out.append(m.WindowRule(when, start, until, reader.basis(one, root)))
    return tuple(out)


def _read_late(reader: Reader, top: Node, root: m.Basis) -> m.LateTests | None:
    found = top.get("late_tests")
    if found is None:
        return None
    late = reader.mapping(found, {"after", "do", "keep", "gap"}, "late_tests")
    reader.word(late, "after", ("stage_end",), "late_tests")
    reader.word(late, "do", ("drop",), "late_tests")
    return m.LateTests(reader.number(late, "keep"), reader.span(late, "gap") or Span(24, "h"), reader.basis(late, root))


def _read_classes(reader: Reader, top: Node, root: m.Basis) -> dict[str, m.ClassRule]:
    classes = {
        name: _read_class(reader, name, node, root) for name, node in reader.entries(top.get("classes"), "classes")
    }
    for name, node in reader.entries(top.get("classes"), "classes"):
        for upon in classes[name].upon:
            if upon.to not in classes:
                reader.fault(node, f"«{name}» is re-classed to «{upon.to}», which is not a class here", "upon")
    return classes


def _read_class(reader: Reader, name: str, node: Node, root: m.Basis) -> m.ClassRule:
    one = reader.mapping(node, _CLASS, f"class {name}")
    basis = reader.basis(one, root)
    for kind in ("never", "not_yet"):
        if one.get(kind):
            return m.ClassRule(name, one.text("title", name), "", basis, no=kind, why_not=one.text(kind))
    stages = tuple(
        stage
        for stage in (_read_stage(reader, item, basis) for item in reader.items(one.get("stages")))
        if stage is not None
    )
    if not stages:
        reader.fault(node, f"class «{name}» has no stages; say never: or not_yet: with the reason instead")
    return m.ClassRule(
        name=name,
        title=one.text("title", name),
        of=reader.word(one, "of", ("case", "close_contact", "traveller", "post", "person"), f"class {name}"),
        basis=basis,
        stages=stages,
        release=tuple(c for c in (reader.condition(i) for i in reader.items(one.get("release"))) if c is not None),
        upon=tuple(_read_upon(reader, item, basis) for item in reader.items(one.get("upon"))),
        when=reader.condition(one.get("if")),
        definition=one.text("definition"),
    )


def _read_upon(reader: Reader, node: Node, above: m.Basis) -> m.Upon:
    one = reader.mapping(node, {"event", "to", "linked"}, "upon")
    linked = reader.condition(one.get("linked"))
    event = reader.word(one, "event", EVENTS, "upon", "test_positive")
    return m.Upon(event, one.text("to"), reader.basis(one, above), linked)


def _read_stage(reader: Reader, node: Node, above: m.Basis) -> m.StageRule | None:
    one = reader.mapping(node, _STAGE, "a stage")
    start, until = reader.moment(one, "from"), reader.moment(one, "until")
    if one.get("until") is None:
        reader.fault(node, "a stage that never ends: every stage needs «until»")
    if one.get("from") is None:
        reader.fault(node, "a stage needs «from»")
    if start is None or until is None:
        return None
    basis = reader.basis(one, above)
    return m.StageRule(
        mode=reader.word(one, "mode", m.MODES, "a stage"),
        start=start,
        until=until,
        basis=basis,
        room=one.text("room") or None,
        compulsory=reader.flag(one, "compulsory"),
        checks_per_day=reader.number(one, "checks_per_day"),
        code=reader.word(one, "code", m.CODES, "a stage", "none"),
        tests=tuple(read_test(reader, item, basis, until) for item in reader.items(one.get("tests"))),
        instead=tuple(_read_instead(reader, item, basis) for item in reader.items(one.get("instead"))),
        when=reader.condition(one.get("if")),
        give=one.text("give"),
        activities=reader.words(one, "activities"),
        words=tuple((k, one.text(k)) for k in ("transfer", "may_leave") if one.get(k)),
    )


def _read_instead(reader: Reader, node: Node, above: m.Basis) -> m.Instead:
    one = reader.mapping(node, {"if", "mode", "room"}, "instead")
    when = reader.condition(one.get("if")) or m.Condition("any")
    mode = reader.word(one, "mode", m.MODES, "instead")
    return m.Instead(when, mode, one.text("room", "single"), reader.basis(one, above))
