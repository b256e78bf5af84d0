"""A run that was put down, as a file: every array of its state, and which run it belongs to."""

from pathlib import Path

import numpy as np

from bihuan.engines.drill._arrays import State
from bihuan.engines.drill._run import Kept


def write_kept(path: Path, kept: Kept) -> None:
    """Write it whole or not at all."""
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        np.savez_compressed(
            file, allow_pickle=False, day=kept.day, seconds=kept.seconds, of=kept.of, **kept.state._asdict()
        )
    draft.replace(path)


def read_kept(path: Path) -> Kept:
    """What `write_kept` wrote. Raises ValueError for a file that is no kept run of this version."""
    try:
        with np.load(path, allow_pickle=False) as told:
            state = State(**{name: told[name] for name in State._fields})
            return Kept(int(told["day"]), float(told["seconds"]), str(told["of"]), state)
    except (OSError, KeyError, ValueError, EOFError) as fault:
        raise ValueError(f"no run was kept here: {fault}") from None
