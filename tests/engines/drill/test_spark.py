"""A comparison on Spark says row by row what it says on one machine."""

import dataclasses
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bihuan.engines import drill, tracing

pytest.importorskip("pyspark")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
SCENARIO = drill.Scenario(
    drill.County(people=4000), drill.read_pathogen("covid-omicron"), horizon_days=30, seeds=5,
    stock={"kits": drill.Item(start=2000, a_swab=1)},
)  # fmt: skip
PROTOCOLS = ["none", "covid-19/2021-05-11", "covid-19/2022-06-28"]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    made = tracing.spark_session("local[2]")
    yield made
    made.stop()


def test_the_same_rows_words_and_curves(session: Any) -> None:
    here = drill.compare(SCENARIO, PROTOCOLS, runs=3, first_seed=4)
    told: list[tuple[int, int]] = []
    there = drill.compare(
        SCENARIO, PROTOCOLS, runs=3, first_seed=4, session=session, each=lambda done, of: told.append((done, of))
    )
    assert there.runs == here.runs
    assert [(r["protocol"], r["seed"]) for r in there.runs] == [(p, 4 + k) for p in PROTOCOLS for k in range(3)]
    assert repr(there.table) == repr(here.table)
    assert (there.words, there.stock, there.bottlenecks) == (here.words, here.stock, here.bottlenecks)
    for ident, columns in here.curves.items():
        for name, band in columns.items():
            assert there.curves[ident][name].tolist() == band.tolist()
    assert told[-1] == (9, 9)


def test_what_a_worker_cannot_run_is_said_here(session: Any) -> None:
    waning = dataclasses.replace(
        SCENARIO, horizon_days=900, seeds=4000, stock={}, county=drill.County(people=30_000),
        pathogen=drill.read_pathogen("covid-omicron", changes={"after_infection": [0.0], "r0": 12}),
    )  # fmt: skip
    with pytest.raises(ValueError, match="more infections than"):
        drill.compare(waning, ["none", "covid-19/2022-12-07"], runs=1, session=session)
