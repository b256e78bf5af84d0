"""A pushed workbook through `bihuan screen` as its own process: seconds, peak memory, and how many were matched rightly.

The register is in PostgreSQL; the list is damaged as benchmarks/linkage_people.py says, a tenth of it strangers, and
carries the 12-digit code of each person's village. Beside it, in the same run, the engine alone with the whole register
in memory: the floor that reading, matching in the database, sealing, routing, dispatch and the durable commit stand on.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import _county
from benchmarks.linkage_people import Columns, damage_people

LIMIT_SECONDS, LIMIT_MIB, LEAST_F1 = 15.0, 2048, 0.985
_HEADINGS = {
    "name": "姓名", "id_number": "证件号码", "phone": "联系电话", "birth_on": "出生日期", "sex": "性别", "address": "现住址",
}  # fmt: skip
_STRANGERS = 0.1
_IMPORTS = "import bihuan.cli, django; django.setup(); import bihuan.adapters.pushed_lists, bihuan.loop.door"
# A process counts the memory of whoever forked it as its own peak: a small one stands between.
_WATCH = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
)
_ROWS = """
    SELECT r.row_number, r.match_state, r.person_id, r.candidate_id, r.probability, t.person_id
    FROM intake_listrow r JOIN intake_pushedlist l ON l.id = r.pushed_list_id
    LEFT JOIN intake_listrow t ON t.id = r.duplicate_of_id
    WHERE l.id = %s ORDER BY r.row_number"""


def run(scale: float = 1.0, *, seed: int = 2) -> dict[str, Any]:
    """Screen 5,000 rows against 1,000,000 persons, both times `scale`."""
    people, pushed = max(2_000, int(1_000_000 * scale)), max(200, int(5_000 * scale))
    with _county.county(people=people) as county:
        rows, truth = damage_people(county.people, pushed, seed=seed, strangers=_STRANGERS)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "名单.xlsx"
            write_workbook(file, rows, _codes(county, truth, seed))
            told, seconds, peak_mib = _screen(county, file)
        scores = _scores(county, told["list"], truth)
        floor = _engine_alone(county.people, rows)
        load_seconds = county.load_seconds
    return {
        "people": people,
        "pushed": pushed,
        "seconds": round(seconds, 2),
        "limit_seconds": LIMIT_SECONDS,
        "ratio_to_limit": round(seconds / LIMIT_SECONDS, 3),
        "peak_mib": peak_mib,
        "limit_mib": LIMIT_MIB,
        "engine_alone_seconds": round(floor, 2),
        "ratio_to_engine_alone": round(seconds / floor, 2),
        "receipt": {k: v for k, v in told.items() if isinstance(v, int)} | {"rejected": len(told["rejected"])},
        "least_f1": LEAST_F1,
        "load_seconds": round(load_seconds, 1),
        **scores,
    }


def write_workbook(file: Path, rows: Columns, codes: list[str]) -> None:
    """The list as an office sends one: a title above the header, every cell text."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("协查名单")
    sheet.write_string(0, 0, "协查人员名单")
    for column, heading in enumerate([*_HEADINGS.values(), "现住址国标"]):
        sheet.write_string(1, column, heading)
    for i, code in enumerate(codes):
        for column, name in enumerate(_HEADINGS):
            sheet.write_string(i + 2, column, rows[name][i])
        sheet.write_string(i + 2, len(_HEADINGS), code)
    book.close()


def _codes(county: _county.County, truth: list[int], seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    other = rng.integers(0, len(county.villages), len(truth)).tolist()
    return [county.villages[county.village_of[t] if t >= 0 else o][0] for t, o in zip(truth, other, strict=True)]


def _screen(county: _county.County, file: Path) -> tuple[dict[str, Any], float, int]:
    """One call of the command: its receipt, wall seconds and peak resident MiB of the process."""
    words = ["screen", str(file), "--source", "省卫健委", "--purpose", "协查", "--basis", "传染病防治法第三十九条"]
    environment = os.environ | county.environment
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed command is compiled once, not at every call
    subprocess.run([sys.executable, "-c", _IMPORTS], env=environment, check=True)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _WATCH, sys.executable, "-m", "bihuan.cli", *words, "--json"],
        capture_output=True,
        env=environment,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    out, _line, peak = done.stdout.rstrip().rpartition("\n")
    if done.returncode not in (0, 1) or not out:
        raise RuntimeError(f"bihuan screen: {done.stderr.strip()}")
    return json.loads(out), seconds, int(peak) // (1024 if sys.platform != "darwin" else 2**20)


def _scores(county: _county.County, list_id: str, truth: list[int]) -> dict[str, float]:
    """Precision, recall and F1 of whom an accepted row is held or asked to be (from 0.5 on), and of what was decided
    without asking. A rejected row (no name, nothing to identify anybody) goes back to its sender and is never matched;
    one figure counts it as missed all the same."""
    with county.superuser() as root:
        found = root.execute(_ROWS, [list_id]).fetchall()
    person_of = dict(enumerate(county.person_ids))
    right = {"f1": 0, "f1_same": 0}
    linked = {"f1": 0, "f1_same": 0}
    for row_number, state, person, candidate, probability, twin in found:
        true = truth[row_number - 3]  # the title and the header stand above
        true_id = person_of[true] if true >= 0 else None
        if state == "matched":
            answers = {"f1": person, "f1_same": person}
        elif state == "to_review" and (probability or 0) >= 0.5:
            answers = {"f1": candidate}
        elif state == "duplicate_in_list":
            answers = {"f1": twin, "f1_same": twin}
        else:
            answers = {}
        for name, answer in answers.items():
            linked[name] += 1
            right[name] += answer == true_id
    taken = sum(truth[row_number - 3] >= 0 for row_number, *_rest in found)
    told = {"f1_counting_rejected_as_missed": _f1(right["f1"], linked["f1"], sum(t >= 0 for t in truth))}
    for name in right:
        precision, recall = right[name] / max(1, linked[name]), right[name] / max(1, taken)
        suffix = name.removeprefix("f1")
        told[f"precision{suffix}"] = round(precision, 4)
        told[f"recall{suffix}"] = round(recall, 4)
        told[name] = _f1(right[name], linked[name], taken)
    return told


def _f1(right: int, linked: int, there: int) -> float:
    return round(2 * right / max(1, linked + there), 4)


def _engine_alone(register: Columns, rows: Columns) -> float:
    """Seconds of the linkage engine with the index of the whole register already in memory."""
    from bihuan.engines import linkage

    index = linkage.build_index(register)
    linkage.link([linkage.Record("赵一鸣")], index)  # compiled before the clock starts
    started = time.perf_counter()
    linkage.link(rows, index)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))
