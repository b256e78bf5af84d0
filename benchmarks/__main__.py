"""Run benchmarks, print a table, and write the figures with the machine into benchmarks/README.md.

    python -m benchmarks                    # all of them, at full size
    python -m benchmarks screen acts        # some
    python -m benchmarks --quick            # a fiftieth of the size: does it run? README.md is left alone

Each runs in its own process: one sets Django up for its own county, and peak memory is its own.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Name: (size as `run` takes it, quick size). Those without `run` print their own lines by `main`.
_SIZES: Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "screen": ((1.0,), (0.02,)),
    "acts": ((1.0,), (0.05,)),
    "swabs": ((1.0,), (0.02,)),
    "singles": ((1.0,), (0.02,)),
    "kills": ((50, 60_000), (4, 4_000)),
    "result_file": ((1.0,), (0.01,)),
    "pages": ((1.0,), (0.02,)),
    "orders": ((1.0,), (0.02,)),
    "sites": ((1.0,), (0.02,)),
    "reports": ((1.0,), (0.02,)),
    "linkage": ((1_000_000, 5_000), (20_000, 500)),
    "tracing": ((10,), (0.2,)),
    "live": ((10,), (0.2,)),
    "chains": ((), ()),
    "signals": ((), ()),
    "passes": ((), ()),
    "planning": ((), ()),
    "protocol": ((), ()),
    "drill": ((1_000_000, 1000), (100_000, 20)),
}
_HERE = Path(__file__).parent
_MARK = "<!-- figures: written by python -m benchmarks -->"
_RESULTS = _HERE / "results"


def main() -> int:
    """Run what was asked; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_SIZES))
    parser.add_argument("--quick", action="store_true", help="a fiftieth of the size; nothing is written")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(_one(asked.one, quick=asked.quick), ensure_ascii=False, default=str))
        return 0
    unknown = set(asked.names) - set(_SIZES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(_SIZES)}")
    failed = False
    for name in asked.names or _SIZES:
        if not (_HERE / f"{name}.py").exists():
            print(f"{name}: skipped, there is no benchmarks/{name}.py")
            continue
        print(f"{name} …", file=sys.stderr, flush=True)
        words = [sys.executable, "-m", "benchmarks", "--one", name, *(["--quick"] if asked.quick else [])]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False, cwd=_HERE.parent)
        if done.returncode:
            print(f"{name}: failed")
            failed = True
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        for figure, value in _flat(told):
            print(f"{name:9} {figure:48} {value}")
        if not asked.quick:
            _keep(name, told)
    if not asked.quick:
        _write_readme()
    return int(failed)


def _one(name: str, *, quick: bool) -> dict[str, Any]:
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "run"):
        told: dict[str, Any] = module.run(*_SIZES[name][quick])
        return told
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"], capture_output=True, text=True, check=True, cwd=_HERE.parent
    )
    return {"lines": done.stdout.strip().splitlines()}


def _flat(told: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Figures with dotted names, in the order they were told."""
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], str):
            yield from ((f"{before}{name}.{i + 1}", line) for i, line in enumerate(value))
        else:
            yield before + name, value


def _keep(name: str, told: Mapping[str, Any]) -> None:
    _RESULTS.mkdir(exist_ok=True)
    kept = {"measured": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine(), "figures": told}
    (_RESULTS / f"{name}.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1, default=str) + "\n")


def machine() -> str:
    """Cores, memory, load, Python and PostgreSQL of where the figures were measured."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    from bihuan.config import database

    version = subprocess.run(
        [database.programs() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return (
        f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, load {os.getloadavg()[1]:.1f}, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, {version.stdout.strip()}"
    )


def _write_readme() -> None:
    """Replace everything below the mark by the latest figures of every benchmark."""
    lines = []
    for file in sorted(_RESULTS.glob("*.json"), key=lambda f: [*_SIZES, f.stem].index(f.stem)):
        kept = json.loads(file.read_text())
        lines += [
            f"### {file.stem}",
            "",
            f"{kept['measured']} · {kept['machine']}",
            "",
            "| figure | value |",
            "|---|---|",
        ]
        lines += [f"| {name} | {str(value).replace('|', '/')} |" for name, value in _flat(kept["figures"])]
        lines.append("")
    readme = _HERE / "README.md"
    head = readme.read_text().partition(_MARK)[0]
    readme.write_text(head + _MARK + "\n\n" + "\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    sys.exit(main())
