"""Spark gives the same rows: on a standalone cluster of two workers, over several seeds."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from bihuan.engines import tracing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
EPOCH = datetime(2022, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def session():
    pytest.importorskip("pyspark.sql", reason="pyspark is not installed (pip install 'bihuan[spark]')")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java 17 and there is no java on the path")
    import pyspark

    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    built = tracing.spark_session("local-cluster[2,1,1024]", settings={"spark.sql.shuffle.partitions": "4"})
    yield built
    built.stop()


def world(seed: int, *, as_text: bool) -> tuple[pa.Table, list[tracing.Window]]:
    rng = np.random.default_rng(seed)
    n = 3_000
    begin = rng.integers(0, 4_000, n) * 60
    end = begin + rng.integers(0, 120, n) * 60
    person, place = rng.integers(0, 400, n), rng.integers(0, 60, n)
    base = int(EPOCH.timestamp())
    table = pa.table(
        {
            "person_id": pa.array([f"P{p}" for p in person]) if as_text else person,
            "place_id": pa.array([f"L{p}" for p in place]) if as_text else place,
            "t_in": pa.array((begin + base) * 1_000_000).cast(pa.timestamp("us", None if as_text else "UTC")),
            "t_out": pa.array((end + base) * 1_000_000).cast(pa.timestamp("us", None if as_text else "UTC")),
            "place_kind": pa.array(np.array(["bus", "market", "home"])[place % 3]),
        }
    )
    windows = []
    for case in [*rng.choice(400, 4, replace=False).tolist(), 999]:
        for _ in range(2):
            start = EPOCH + timedelta(minutes=int(rng.integers(0, 2_000)))
            windows.append(tracing.Window(f"P{case}" if as_text else case, start, start + timedelta(hours=9)))
    return table, windows


@pytest.mark.parametrize(("seed", "as_text"), [(1, False), (2, True), (3, False)])
def test_two_workers_give_the_rows_of_one_machine(session, tmp_path, seed, as_text):
    table, windows = world(seed, as_text=as_text)
    parquet.write_table(table, tmp_path / "visits.parquet")
    how = {"min_overlap_minutes": 15, "depth": 3, "wide_above": 1}
    visits = tracing.read_visits(tmp_path / "visits.parquet")
    here = tracing.trace(visits, windows, **how)
    there, rows_read, merged = tracing.trace_on_spark(session, tmp_path / "visits.parquet", windows, **how)
    assert there.contacts.equals(here.contacts)
    assert {"close", "secondary", "level3"} == set(here.contacts["class"].to_pylist())
    assert (rows_read, merged) == (visits.rows_read, visits.rows)
    assert there.persons == here.persons
    assert there.by_place_kind == here.by_place_kind
    assert there.wide_places == here.wide_places
    assert here.wide_places
    assert there.cases_without_visits == here.cases_without_visits == 1
    assert session.sparkContext.master == "local-cluster[2,1,1024]"


def test_places_of_no_kind_and_cases_nobody_saw(session, tmp_path):
    table, windows = world(6, as_text=False)
    table = table.drop_columns(["place_kind"])
    how = {"min_overlap_minutes": 15, "depth": 2}
    here = tracing.trace(tracing.index_visits(table), windows, **how)
    parquet.write_table(table, tmp_path / "visits.parquet")
    there, _rows, _merged = tracing.trace_on_spark(session, tmp_path / "visits.parquet", windows, **how)
    assert there.contacts.equals(here.contacts)
    assert there.by_place_kind == here.by_place_kind == {}
    nobody = [tracing.Window(999, EPOCH, EPOCH + timedelta(hours=9))]
    there, _rows, _merged = tracing.trace_on_spark(session, tmp_path / "visits.parquet", nobody, **how)
    assert (there.contacts.num_rows, there.cases_without_visits) == (0, 1)
    assert there.contacts.schema.equals(tracing.trace(tracing.index_visits(table), nobody, **how).contacts.schema)


@pytest.mark.parametrize("until", [None, EPOCH + timedelta(hours=40)])
def test_windows_that_are_still_open(session, tmp_path, until):
    table, windows = world(7, as_text=True)
    still = [tracing.Window(w.person_id, w.start) for w in windows]
    how = {"min_overlap_minutes": 15, "depth": 2, "until": until}
    parquet.write_table(table, tmp_path / "visits.parquet")
    here = tracing.trace(tracing.index_visits(table), still, **how)
    there, _rows, _merged = tracing.trace_on_spark(session, tmp_path / "visits.parquet", still, **how)
    assert there.contacts.equals(here.contacts)
    assert set(here.contacts["class"].to_pylist()) == {"close", "secondary"}
    assert there.until == here.until


def test_a_bad_visit_is_named_by_its_ids(session, tmp_path):
    table, windows = world(4, as_text=False)
    swapped = table.set_column(2, "t_in", table["t_out"]).set_column(3, "t_out", table["t_in"])
    parquet.write_table(swapped, tmp_path / "visits.parquet")
    with pytest.raises(tracing.Fault, match=r"ends before it begins \(person_id=\d+ place_id="):
        tracing.trace_on_spark(session, tmp_path / "visits.parquet", windows, min_overlap_minutes=15)


def test_a_csv_and_a_folder_of_parquet_give_the_same_rows(session, tmp_path):
    table, windows = world(5, as_text=False)
    how = {"min_overlap_minutes": 15, "depth": 2}
    csv.write_csv(table, tmp_path / "visits.csv")
    (tmp_path / "folder").mkdir()
    for part in range(3):
        parquet.write_table(
            table.slice(part * 1_000, 1_000), tmp_path / "folder" / f"{part}.parquet", row_group_size=300
        )
    here = tracing.trace(tracing.index_visits(table), windows, **how)
    for name in ("visits.csv", "folder"):
        there, rows_read, _merged = tracing.trace_on_spark(session, tmp_path / name, windows, **how)
        assert rows_read == table.num_rows
        assert there.contacts.cast(here.contacts.schema).equals(here.contacts), name
        assert there.by_place_kind == here.by_place_kind
