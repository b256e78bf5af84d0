"""Passes a second on one core, and a hundred thousand forgeries that must all be refused."""

import time

from bihuan.engines import passes
from tests.engines.passes import made


def rates(*, number: int = 4000) -> dict[str, float]:
    """Issued, verified and drawn passes a second."""
    start = time.perf_counter()
    codes = [made.code(code_id=i.to_bytes(8, "big")) for i in range(number)]
    issued = time.perf_counter()
    assert all(passes.verify(code, keys=made.RING, at=made.AT).valid for code in codes)
    verified = time.perf_counter()
    for code in codes[:100]:
        passes.qr_svg(code)
    drawn = time.perf_counter()
    return {
        "issue": number / (issued - start),
        "verify": number / (verified - issued),
        "qr_svg": 100 / (drawn - verified),
    }


def accepted_forgeries(*, number: int = 100_000) -> int:
    """How many of `number` seeded forgeries are accepted. Must be 0."""
    accepted = 0
    for seed in range(10):
        for forged in made.spoilt(seed, number // 10):
            accepted += passes.verify(forged, keys=made.RING, at=made.AT).valid
    return accepted


def main() -> None:
    """Print the rates and the count of accepted forgeries; fail when one was accepted."""
    for name, rate in rates().items():
        print(f"{name:8} {rate:10,.0f} a second")
    start = time.perf_counter()
    accepted = accepted_forgeries()
    print(f"forgeries accepted: {accepted} of 100,000 ({time.perf_counter() - start:.0f} s)")
    if accepted:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
