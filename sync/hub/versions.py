"""Versions of what a hub signs again and again: they never go back, also not for a hub that was restored."""

from __future__ import annotations

__all__ = ["next_version"]


def next_version(last: int, now_s: int) -> int:
    """The version behind `last` at `now_s` (Unix time).

    A backup knows an older `last` than the sites do; the hub's clock went on meanwhile, and stands above all that was
    given out before, as long as the hub gave less than one a second.
    """
    return max(last + 1, now_s)
