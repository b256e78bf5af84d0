"""A draw that anybody can repeat: whom an unannounced visit goes to, decided by a seed and not by favour."""

import hashlib
from collections.abc import Iterable


def draw(ids: Iterable[str], count: int, seed: int) -> tuple[str, ...]:
    """`count` of these ids (all of them if fewer), equally likely, the same for the same seed and ids in any order.

    A larger draw with the same seed begins with the smaller one, so that visits may be added and none replaced.
    """
    if count < 0:
        raise ValueError("draw 0 or more")
    marks = sorted((hashlib.blake2b(f"{seed}:{i}".encode(), digest_size=16).digest(), i) for i in set(ids))
    return tuple(i for _mark, i in marks[:count])
