"""Chance in the street: whoever comes and whatever goes wrong draws from a stream of its own.

So leaving one visit or one trouble out of a life leaves the draws of all others as they were, which is what lets a
failing life be shrunk.  Tasks that somebody starts inherit the stream; all that is nobody's shares one.
"""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import Final

_OWN: Final[ContextVar[random.Random | None]] = ContextVar("stream", default=None)


class Chance(random.Random):
    """Seeded by a text; give it to everybody as the `random.Random` of the street."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._shared = random.Random(seed)
        super().__init__(0)

    def draws_alone(self, name: str) -> None:
        """From here on this task, and what it starts, draws from the stream of that name."""
        _OWN.set(self.stream(name))

    def stream(self, name: str) -> random.Random:
        return random.Random(f"{self._seed}/{name}")

    def random(self) -> float:
        return (_OWN.get() or self._shared).random()

    def getrandbits(self, k: int, /) -> int:
        return (_OWN.get() or self._shared).getrandbits(k)
