"""Covasim beside the drill: the same people, course and measures as far as the drill can say them, one core, one run.

Each line of Covasim gets an environment of its own under var/bench, from a file of exact versions: theirs conflict with ours.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

VERSIONS = ("3.1.9", "4.0.1")
DAYS = 120
_HERE = Path(__file__).parent
_ROOT = Path("var/bench/peers")
_SCRIPT = _HERE / "peers" / "covasim_run.py"
CORE = max(os.sched_getaffinity(0))


def environment(version: str) -> Path:
    """The interpreter that has this line of Covasim; made when it is not there or its versions changed."""
    there, lock = (_ROOT / f"covasim-{version}").resolve(), _HERE / "peers" / f"covasim-{version}.lock"
    python, done = there / "bin" / "python", there / "installed"
    if not done.exists() or done.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", there], check=True)
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock], check=True)
        done.write_text(lock.read_text())
    return python


def on_one_core(*words: object) -> dict[str, Any]:
    """What a program told in its last line, run on one core."""
    done = subprocess.run(
        [str(w) for w in words], capture_output=True, text=True, check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {CORE}),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told.pop("new", None)
    return told


def ours(file: Path, beta: float, seeds: int, measures: str, repeats: int, *rest: str) -> dict[str, Any]:
    return on_one_core(
        sys.executable, "-m", "benchmarks.drill_matched", file, DAYS, beta, seeds, measures, repeats, *rest
    )


def peer(version: str, people: int, beta: float, seeds: int, seed: int, measures: str, *rest: str) -> dict[str, Any]:
    return on_one_core(environment(version), _SCRIPT, people, DAYS, beta, seeds, seed, measures, *rest)


def run(people: int) -> dict[str, Any]:
    """Speeds at this many people, ratios, and attack rates side by side at 100,000 over seeds."""
    _ROOT.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    file = (_ROOT / f"people-{people}.npz").resolve()
    cases = {
        "no measures": (0.016, people // 1000, "none"), "test, trace, isolate": (0.016, people // 1000, "trace"),
        "contained": (0.008, 20, "trace"),
    }  # fmt: skip
    for word, (beta, seeds, measures) in cases.items():
        found = {f"covasim {v}": peer(v, people, beta, seeds, 1, measures, *_write(v, file)) for v in VERSIONS}
        mine = ours(file, beta, seeds, measures, 5)
        told[word] = {
            **{name: _short(one) for name, one in found.items()}, "drill": _short(mine),
            "ratios": {name: round(one["run_s"] / mine["run_s"], 1) for name, one in found.items()},
        }  # fmt: skip
    told["attack rates, 100,000 people"] = agreement()
    return told


def _write(version: str, file: Path) -> tuple[str, ...]:
    return (f"people={file}",) if version == VERSIONS[0] else ()


def _short(one: dict[str, Any]) -> str:
    cost = f"{one['run_s']:.4g} s, {one['bytes_a_person']} bytes a person, built in {one['build_s']:.3g} s"
    return f"{cost}, attack {one['attack']:.4f}, diagnoses {one['diagnoses']:.0f}"


def agreement(seeds: int = 3) -> dict[str, Any]:
    """Means over seeds: the same mixing (all layers drawn anew every day), then as Covasim is by default."""
    people, file = 100_000, (_ROOT / "people-100000.npz").resolve()
    rows = {
        "no measures, met anew every day": ("none", ("redrawn",), ("daily",)),
        "no measures, fixed contacts": ("none", (), ()),
        "test, trace, isolate": ("trace", (), ()),
    }
    told = {}
    for word, (measures, theirs, rest) in rows.items():
        found = [
            peer(VERSIONS[0], people, 0.016, 100, seed, measures, *theirs, *_write(VERSIONS[0], file))
            for seed in range(1, seeds + 1)
        ]
        mine = ours(file, 0.016, 100, measures, 10, *rest)

        def mean(figure: str, found: list[dict[str, Any]] = found) -> float:
            return sum(float(one[figure]) for one in found) / len(found)

        told[word] = {
            "covasim 3.1.9": round(mean("attack"), 4), "drill": round(mine["attack"], 4),
            "difference": f"{100 * (mine['attack'] / mean('attack') - 1):+.1f} %",
            "diagnoses": f"{mean('diagnoses'):.0f} / {mine['diagnoses']:.0f}",
            "peak quarantined": f"{mean('peak_quarantined'):.0f} / {mine['peak_quarantined']:.0f}",
            "peak a day": f"{mean('peak_new'):.0f} / {mine['peak_new']:.0f}",
            "peak day": f"{mean('peak_day'):.0f} / {mine['peak_day']:.0f}",
            "drill, contacts a case": round(mine["contacts_a_case"], 1),
            "drill by layer": " ".join(f"{k[3:]} {v:.3f}" for k, v in mine.items() if k.startswith("by ")),
        }  # fmt: skip
    return told
