"""The shelf of checklists: whole in both languages, enough of them, and their faults named by line."""

from pathlib import Path

import pytest

from bihuan.ledgers.command import checklists, forms

ASKED_FOR = (
    "four_checks_seven_bans", "infection_control_hospital", "infection_control_department", "infection_control_ward",
    "ward_disinfection", "medical_waste", "isolation_site", "fever_clinic", "pharmacy", "cold_store", "school",
    "school_class_check", "care_home", "market", "checkpoint", "station", "gathering", "construction_site",
    "vaccination_site", "laboratory", "sampling_point", "courier_hub", "village_clinic", "disinfection",
)  # fmt: skip


def test_every_file_is_whole() -> None:
    assert [f for p in sorted(forms.FOLDER.glob("*.yaml")) for f in checklists.faults(p)] == []


def test_the_shelf_holds_what_was_asked_for() -> None:
    names = {c.name for c in checklists.checklists()}
    assert len(names) >= 30
    assert set(ASKED_FOR) <= names
    four_seven = checklists.checklist("four_checks_seven_bans").items
    assert [sum(i.name.startswith(k) for i in four_seven) for k in ("check_", "ban_")] == [4, 7]


def test_no_two_lines_of_a_checklist_say_the_same() -> None:
    for asked in checklists.checklists():
        for language in ("zh", "en"):
            words = [getattr(i.words, language) for i in asked.items]
            assert len(set(words)) == len(words), asked.name


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("at: {places: [moon]}", "no kind «moon»"),
        ("owner: emperor", "owner must be one of"),
        ("window_days: 0", "window_days must be a whole number"),
        ("colour: red", "unknown key «colour»"),
        ("items: {}", "at least one item"),
        ("items: {a: {zh: 甲, en: A, at_least: 3}}", "a bound is a number"),
        ("items: {a: {zh: 甲}}", "needs its words"),
        ("items: {a: {zh: 甲, en: A, level: maybe}}", "must or should"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, wrong: str, told: str) -> None:
    lines = {
        "checklist": "checklist: mine", "title": "title: {zh: 我, en: Mine}", "source": "source: R149",
        "at": "at: {places: [venue]}", "items": "items: {a: {zh: 甲, en: A}}",
    }  # fmt: skip
    lines[wrong.split(":")[0]] = wrong
    path = tmp_path / "mine.yaml"
    path.write_text("\n".join(lines.values()), encoding="utf-8")
    found = checklists.faults(path)
    assert any(told in f and f.startswith("mine.yaml:") for f in found), found


def test_numbers_out_of_bounds_and_issues_are_findings() -> None:
    asked = checklists.checklist("ward_disinfection")
    said = {i.name: {"answer": {"number": "45", "text": "灯1"}.get(i.kind, "yes")} for i in asked.items}
    assert checklists.findings(asked, said) == []
    said["uv_minutes"] = {"answer": "12"}
    assert [(f.item.name, f.words) for f in checklists.findings(asked, said)] == [("uv_minutes", "12")]
    said["uv_minutes"] = {"answer": "long"}
    assert [i.name for i in checklists.unusable(asked, said)] == ["uv_minutes"]
    project = checklists.checklist("project_dispatch")
    assert "problem" in [i.name for i in checklists.unanswered(project, {})]
    assert checklists.findings(project, {"problem": {"answer": "无"}}) == []
    assert checklists.findings(project, {"problem": {"answer": "用地未批"}})[0].words == "用地未批"
