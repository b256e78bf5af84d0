"""Protocol files: refused with line and column, checked for ground and end, layered with a visible diff."""

import copy
from pathlib import Path

import pytest

from bihuan.engines import protocol
from bihuan.engines.protocol import _library
from bihuan.engines.protocol._read import read_edition
from bihuan.engines.protocol._yaml import read_yaml

GOOD = (protocol.SHELF / "covid-19" / "2022-06-28.yaml").read_text(encoding="utf-8")
MEASLES = (protocol.SHELF / "measles" / "2024-12-12.yaml").read_text(encoding="utf-8")


def faults(text: str) -> tuple[protocol.Fault, ...]:
    try:
        edition, found = read_edition(read_yaml(text, file="x.yaml"))
    except protocol.ProtocolFault as fault:
        return fault.faults
    return tuple(found) if edition is None else (*found, *protocol.check_edition(edition))


def test_every_file_on_the_shelf_has_no_fault() -> None:
    editions = [protocol.edition(i) for i in protocol.edition_ids()]
    assert len(editions) >= 16
    for edition in editions:
        assert protocol.check_edition(edition, editions) == (), edition.id


def test_every_number_has_unit_source_and_confidence() -> None:
    for ident in protocol.edition_ids():
        for number in protocol.edition(ident).numbers:
            assert number.unit, (ident, number.path)
            assert number.basis.document, (ident, number.path)
            assert number.basis.confidence in ("read", "secondary", "memory", "assumed"), (ident, number.path)
            assert number.line > 0, (ident, number.path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    checks_per_day: 2\n", "    chekcs_per_day: 2\n", "unknown key «chekcs_per_day»"),
        ("until: last_exposure+7d", "until: last_exposrue+7d", "is not anchor±time"),
        ("        until: last_exposure+7d\n", "", "never ends"),
        ("{if: routinely_tested, from", "{if: routinly_tested, from", "unknown condition"),
        ("limit: 24h, who", "limit: one day, who", "not a length of time"),
        (
            "source: V9A\n    clause: 密接的密接7天居家隔离",
            "source: V99\n    clause: x",
            "is not listed under «sources»",
        ),
        ("days: [1, 4, 7]", "days: [1, 4, 77]", "can never fall due"),
        ("mode: central_quarantine", "mode: dungeon", "is not a mode"),
        ("{event: test_positive, to: case}", "{event: test_positive, to: caze}", "not a class here"),
        ("from: 2022-06-28, until", "from: 2022-06-31, until", "not a day of the calendar"),
        ("max_days: {person: 21", "max_days: {person: 9", "beyond the maximum"),
        ("    max_days: 21\n", "", "it would never end"),
        ("  max_days: {person: 21, area: 21, source: TOOL}\n", "", "sets no maximum"),
        ("every: 1d, closed_loop: true", "closed_loop: true", "either «every» or «per_week»"),
        ("managed_as: A", "managed_as: B", "not managed as class A"),
        ("until: 2022-11-11}", "until: null}", "compels after 2025-09-01"),
    ],
)
def test_a_fault_is_named_with_its_line_and_column(old: str, new: str, said: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1) if "checks" not in old else GOOD.replace(f"    {old}", f"    {new}", 1)
    found = [f for f in faults(text) if said in f.message]
    assert found, [str(f) for f in faults(text)][:5]
    assert found[0].line > 1
    assert found[0].column >= 1


def test_the_place_of_an_unknown_key_is_exact() -> None:
    text = GOOD.replace("late_tests: {after", "late_tests: {befor: 1, after", 1)
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "befor" in row)
    fault = next(f for f in faults(text) if "befor" in f.message)
    assert (fault.line, fault.column) == (line, text.splitlines()[line - 1].index("befor") + 1)


def test_not_yaml_duplicate_keys_and_old_yaml_are_refused_with_place() -> None:
    for text, said in (
        ("a: [1, 2", "not YAML 1.2"),
        ("a: 1\na: 2\n", "not YAML 1.2"),
        ("%YAML 1.1\n---\na: 1\n", "only YAML 1.2"),
        ("- a\n", "one mapping"),
    ):
        with pytest.raises(protocol.ProtocolFault) as fault:
            read_yaml(text, file="x.yaml")
        assert said in str(fault.value)


def test_yaml_12_does_not_take_no_for_false() -> None:
    assert read_yaml("on: no\nyes: off\n", file="x.yaml").plain() == {"on": "no", "yes": "off"}


def test_compulsion_needs_class_a() -> None:
    text = MEASLES.replace("mode: exclusion, from", "mode: exclusion, compulsory: true, from", 1)
    assert any("not managed as class A" in f.message for f in faults(text)) or any(
        "compels after" in f.message for f in faults(text)
    )
    cholera = (protocol.SHELF / "cholera" / "2025-09-01.yaml").read_text(encoding="utf-8")
    refused = faults(cholera.replace("statutory_class: A, managed_as: A", "statutory_class: B, managed_as: B"))
    assert any("Art. 58 compels for class A only" in f.message for f in refused)
    assert any("does not cite Art. 58" in f.message for f in faults(cholera.replace("persons: [58]", "persons: [60]")))


def test_overlapping_editions_are_refused() -> None:
    edition, _ = read_edition(read_yaml(GOOD.replace("until: 2022-11-11", "until: 2022-11-12"), file="x.yaml"))
    assert edition is not None
    found = protocol.check_edition(edition, [protocol.edition("covid-19/2022-11-11")])
    assert [f for f in found if "overlaps covid-19/2022-11-11" in f.message]


def test_a_signed_override_lets_an_unverified_rule_bind() -> None:
    signed = "source: MEM\n    override: {by: 郑令, at: 2022-07-01, reason: 省里来文已核}"
    edition, found = read_edition(
        read_yaml(GOOD.replace("source: MEM\n    stages", signed + "\n    stages", 1), file="x")
    )
    assert not found
    assert edition is not None
    assert edition.rule("general_contact").stages[0].basis.binds
    assert not protocol.edition("covid-19/2022-06-28").rule("general_contact").stages[0].basis.binds


def test_a_layer_says_what_it_changes_and_leaves_the_rest() -> None:
    changes = {c.path: (c.before, c.after) for c in protocol.changes_of("county/2022-06-28")}
    assert "clocks.team_named" in changes
    assert not any(path.startswith("classes") for path in changes)
    county, national = protocol.edition("county/2022-06-28"), protocol.edition("covid-19/2022-06-28")
    assert county.classes.keys() == national.classes.keys()
    assert county.clocks["report"].basis == national.clocks["report"].basis
    assert str(county.clocks["team_named"].limit) == "20min"


def test_a_layer_over_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    path = tmp_path / "x" / "2022-01-01.yaml"
    path.write_text("protocol: x/2022-01-01\nextends: y/2021-01-01\nvalid: {from: 2022-01-01}\n", encoding="utf-8")
    with pytest.raises(protocol.ProtocolFault, match="extends «y/2021-01-01»"):
        _library.read_path(path, tmp_path)


def test_an_inherited_rule_keeps_the_source_of_the_file_it_stands_in() -> None:
    twenty = protocol.edition("covid-19/2022-11-11")
    assert twenty.rule("close_contact").basis.source == "T20"
    assert twenty.clocks["report"].basis.source == "AS20"
    assert twenty.rule("case").basis.source == "MEM"
    assert twenty.outbreak[0].basis.source == "V9"


def test_the_diff_says_for_whom_it_becomes_lighter() -> None:
    found = protocol.diff_editions(protocol.edition("covid-19/2022-06-28"), protocol.edition("covid-19/2022-11-11"))
    lighter = {c.subject.split()[0]: c for c in found.of("lighter") if c.what in ("stages", "class")}
    assert lighter["close_contact"].person_days == -2
    assert lighter["secondary_contact"].person_days == -7
    assert "Becomes lighter" in found.page()
    same = protocol.edition("covid-19/2022-06-28")
    assert protocol.diff_editions(same, copy.copy(same)).changes == ()


def test_policy_numbers_count_levels_and_days() -> None:
    nine = protocol.policy_numbers(protocol.edition("covid-19/2022-06-28"))
    assert nine.quarantine_days["close_contact"] == 7
    assert nine.test_days["close_contact"] == (1, 2, 3, 5, 7, 10)
    assert (nine.traced_levels, nine.window_before_onset_days, nine.case_mode) == (2, 2, "hospital")
    ten = protocol.policy_numbers(protocol.edition("covid-19/2022-12-07"))
    assert (ten.traced_levels, ten.case_mode, ten.case_days) == (1, "home_quarantine", 7)
    assert protocol.policy_numbers(protocol.edition("dengue/2014-10-01")).traced_levels == 0


def test_the_public_face_is_sorted_and_complete() -> None:
    constants = [n for n in protocol.__all__ if n.isupper()]
    classes = [n for n in protocol.__all__ if not n.isupper() and n[0].isupper()]
    functions = [n for n in protocol.__all__ if n[0].islower()]
    assert protocol.__all__ == [*sorted(constants), *sorted(classes), *sorted(functions)]
    assert all(hasattr(protocol, name) for name in protocol.__all__)
