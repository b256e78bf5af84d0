"""The runs of a comparison past one machine: a task runs some protocols and seeds; the county is built once a worker."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bihuan.engines.drill._compare import Told
    from bihuan.engines.drill._run import Ground
    from bihuan.engines.drill._scenario import Scenario

# Small enough that a slow protocol holds up nobody, large enough that a task is worth its way.
TASKS_A_CORE = 4
_GROUND: "dict[str, Ground]" = {}


def runs_on_spark(session: Any, scenario: "Scenario", jobs: Sequence[tuple[str, int]]) -> "Iterator[Told]":
    """The runs in the order of `jobs`, each (protocol, seed). Raises ValueError as `run` does."""
    cores = session.sparkContext.defaultParallelism
    tasks = min(len(jobs), TASKS_A_CORE * cores)
    # Every task gets runs of every protocol: one of them may cost a hundred times another.
    order = [k for first in range(tasks) for k in range(first, len(jobs), tasks)]
    spread = session.sparkContext.parallelize([(k, *jobs[k]) for k in order], tasks)
    found = dict(spread.mapPartitions(partial(_some_runs, scenario)).collect())
    for k in range(len(jobs)):
        if isinstance(found[k], str):
            raise ValueError(found[k])
        yield found[k]


def _some_runs(scenario: "Scenario", jobs: Iterable[tuple[int, str, int]]) -> "Iterator[tuple[int, Told | str]]":
    """In a worker: runs by their number, or what was wrong."""
    from bihuan.engines.drill._compare import one_run
    from bihuan.engines.drill._run import prepare

    of = repr((scenario.county, scenario.pathogen))
    if of not in _GROUND:
        _GROUND.clear()
        _GROUND[of] = prepare(scenario)
    for k, ident, seed in jobs:
        try:
            yield k, one_run(scenario, ident, seed, _GROUND[of])
        except ValueError as fault:
            yield k, str(fault)
