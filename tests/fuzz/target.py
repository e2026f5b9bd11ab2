"""A target: a decoder, and what has to be true of whatever it lets pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from edge.core.errors import LockerError

__all__ = ["MAX_CPU_S", "Finding", "Target"]

MAX_CPU_S: Final = 5.0  # for one input; the slowest decoder takes a tenth of a second, and machines are busy

MAX_LINE_CHARS: Final = 2048  # of what is said about an input: it ends in logs and on consoles


class Finding(AssertionError):
    """What must not be: the message says what was let pass, and why it ought not to have been."""


@dataclass(frozen=True)
class Target:
    """read: the decoder's answer; errors of the tree are refusals, None is nothing, anything else raised is a finding.
    holds: raises Finding for an answer that must not be; nothing else may raise in it.
    seeds: genuine messages, made anew each time.  max_bytes: no longer inputs are tried.
    """

    name: str
    read: Callable[[bytes], Any]
    holds: Callable[[Any], None]
    seeds: Callable[[], Iterable[bytes]]
    max_bytes: int = 4096

    def __call__(self, data: bytes) -> None:
        began_s = time.process_time()
        try:
            answer = self.read(data)
        except LockerError as refusal:
            longest = max((len(line) for line in str(refusal).splitlines()), default=0)
            if longest > MAX_LINE_CHARS:
                raise Finding(f"{self.name}: a refusal with a line of {longest} characters") from None
        else:
            if answer is not None:
                self.holds(answer)
        spent_s = time.process_time() - began_s
        if spent_s > MAX_CPU_S:
            raise Finding(f"{self.name}: {len(data)} bytes took {spent_s:.1f} s, limit {MAX_CPU_S:g} s")
