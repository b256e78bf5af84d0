"""How hard-pressed this process is: by how long acts take that phones wait for. Writes come first; pages step back.

Each process measures for itself what its callers felt. The switch on disk overrules the measurement for all of them.
"""

from collections import deque
from pathlib import Path
from threading import Lock

# An answer a sampler waits longer for than this, on average, is a queue at a table.
HIGH_SECONDS, LOW_SECONDS = 0.5, 0.25
WINDOW_SECONDS = 10.0
# Fewer acts than this say nothing about the load.
LEAST_CALLS = 5
# How old a look at the switch may be.
SWITCH_SECONDS = 2.0
MODES = ("auto", "on", "off")


class Pressure:
    """A moving mean of the last seconds, with a step between rising and falling so that it does not flutter."""

    def __init__(self, switch: Path | None = None) -> None:
        self._calls: deque[tuple[float, float]] = deque(maxlen=2000)
        self._is_high = False
        self._switch = switch
        self._mode, self._looked = "auto", float("-inf")
        self._lock = Lock()

    def note(self, now: float, seconds: float) -> None:
        """A call of acts took so long, from its arrival to its answer. `now` is a clock that only runs forward."""
        with self._lock:
            self._calls.append((now, seconds))

    def is_high(self, now: float) -> bool:
        """Whether pages should step back."""
        mode = self.mode(now)
        if mode != "auto":
            return mode == "on"
        with self._lock:
            while self._calls and self._calls[0][0] < now - WINDOW_SECONDS:
                self._calls.popleft()
            if len(self._calls) < LEAST_CALLS:
                self._is_high = False
            else:
                mean = sum(s for _at, s in self._calls) / len(self._calls)
                self._is_high = mean > (LOW_SECONDS if self._is_high else HIGH_SECONDS)
            return self._is_high

    def mode(self, now: float) -> str:
        """What the switch says: `auto` where there is none."""
        if self._switch is not None and now - self._looked >= SWITCH_SECONDS:
            self._looked = now
            try:
                text = self._switch.read_text(encoding="utf-8").strip()
            except OSError:
                text = "auto"
            self._mode = text if text in MODES else "auto"
        return self._mode


def switch_file(home: Path) -> Path:
    """Where the switch stands: one word in a file that every process of the house reads."""
    return home / "shed"
