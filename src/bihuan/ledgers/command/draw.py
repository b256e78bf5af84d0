"""A draw anybody can repeat: the same seed and the same pool give the same stops, on any machine, in any year."""

import hashlib
from collections.abc import Collection


def drawn(pool: Collection[str], size: int, seed: str) -> list[str]:
    """The first `size` of the pool by SHA-256 of «seed:subject»; the order in which the pool was told does not matter."""
    return sorted(set(pool), key=lambda s: hashlib.sha256(f"{seed}:{s}".encode()).digest())[: max(0, size)]
