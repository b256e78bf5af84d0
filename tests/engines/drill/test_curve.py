"""The picture of one run: R under the curve, a line at 1, both languages, nothing drawn where nobody counts."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from bihuan.engines import drill

DAILY = {name: np.arange(5) for name in ("new_infections", "detected", "person_days_restricted", "in_isolation",
                                         "tests_waiting", "studies_waiting", "beds_waiting")}  # fmt: skip
SPREAD = {"r_instant": np.array([np.nan, 4.0, np.nan, 2.0, 0.5]), "r_cohort": np.full(5, np.nan)}
WHITE = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> tuple[ElementTree.Element, list[str]]:
    tree = ElementTree.fromstring(svg)
    return tree, [t.text or "" for t in tree.iter(f"{WHITE}text")]


def test_r_stands_under_the_curve_with_a_line_at_one() -> None:
    tree, words = drawn(drill.daily_curve("t", DAILY, SPREAD))
    assert {"1", "4.0"} <= set(words)
    heads = [t.text for t in tree.iter(f"{WHITE}text") if t.get("font-weight") == "bold"]
    assert [re.sub(r"^\S+ ", "", h or "") for h in heads] == ["People a day", "R", "Restricted", "Waiting"]
    at = {t.text: float(t.get("y", "0")) for t in tree.iter(f"{WHITE}text") if t.get("text-anchor") == "end"}
    points = [p.get("points", "") for p in tree.iter(f"{WHITE}polyline")]
    assert len(points) == 2 + 2 + 2 + 3  # R breaks where a day has no number, and what has none at all is not drawn
    assert "nan" not in " ".join(points)
    last = float(points[3].split()[-1].split(",")[1])
    assert last > at["1"] - 4  # 0.5 stands below the line at 1


def test_without_r_the_picture_is_as_it_was_before() -> None:
    tree, words = drawn(drill.daily_curve("t", DAILY))
    assert not [w for w in words if w.startswith("一人传给几人")]
    assert len(list(tree.iter(f"{WHITE}polyline"))) == 7


@pytest.mark.parametrize(
    ("language", "has", "lacks"), [("zh-hans", "新增感染", "[a-z]{4}"), ("en", "new infections", "[\u4e00-\u9fff]")]
)
def test_each_language_alone(language: str, has: str, lacks: str) -> None:
    _, words = drawn(drill.daily_curve("t", DAILY, SPREAD, language=language))
    assert has in words
    assert not [w for w in words if re.search(lacks, w)]
