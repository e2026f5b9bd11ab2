"""How a life ends before its time."""

from __future__ import annotations


class Over(Exception):
    """A check failed."""


class CpuSpent(SystemExit):
    """The process has used up what it was given: the life hangs, or spins.  Passes through every task and callback."""
