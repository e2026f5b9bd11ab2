"""Sampled consensus: a contact's level counts once three looks in a row agree.

Edge filters differ from one pin library to the next: some lose the edge that follows a short pulse, one only stores the
setting.  Looking again works everywhere, and a missed look only costs time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

__all__ = ["AGREE", "GAP_S", "LOOKS_LIMIT", "consensus"]

AGREE: Final = 3
GAP_S: Final = 0.02  # three looks span 40 ms, longer than a contact bounces
LOOKS_LIMIT: Final = 12  # a contact that chatters for a quarter of a second is not read, but reported unknown

K = TypeVar("K")


def consensus(
    keys: Sequence[K], look: Callable[[K], bool | None], clock: Callable[[], float], pause: Callable[[float], object]
) -> Mapping[K, tuple[bool | None, float]]:
    """Look at every key until the last AGREE looks at it are equal, at most LOOKS_LIMIT times, GAP_S apart.

    Returns for each key the agreed value and the instant of the first of the looks that agree; None where they did
    not agree, or where the look itself gave None (no answer) at the end.
    """
    since: dict[K, tuple[bool | None, float, int]] = {}
    for turn in range(LOOKS_LIMIT):
        if turn:
            pause(GAP_S)
        now_s = clock()
        for key in keys:
            value = look(key)
            before, first_s, times = since.get(key, (value, now_s, 0))
            since[key] = (value, first_s, times + 1) if value is before else (value, now_s, 1)
        if all(times >= AGREE for _, _, times in since.values()):
            break
    return {key: (value if times >= AGREE else None, first_s) for key, (value, first_s, times) in since.items()}
