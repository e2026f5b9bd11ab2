"""The parameters of a screen in words: moments, waits and lists as a neighbour would say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

__all__ = ["parameters"]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NUMBERS_SHOWN: Final = 3  # tracking numbers in one sentence; the rest is a count


def parameters(raw: Mapping[str, Any], zone: tzinfo | None = None) -> dict[str, Any]:
    """`raw` with what its sentences need: `when` and `from` (moments), `wait` and `soon` (how long), lists as text.

    zone: whose wall time is shown; None is the machine's.
    """
    spoken = dict(raw)
    spoken["when"] = _moment(int(raw.get("when_s") or 0), zone)
    spoken["from"] = _moment(int(raw.get("from_s") or 0), zone)
    spoken["wait"] = _wait(int(raw.get("wait_s") or 0))
    spoken["soon"] = _wait(int(raw.get("expected_s") or 0))
    spoken["numbers"] = _list(tuple(raw.get("numbers") or ()))
    return spoken


def _moment(at_s: int, zone: tzinfo | None) -> str:
    """Day and minute; empty for a moment that is not known or that no calendar has."""
    if at_s <= 0:
        return ""
    try:
        at = datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at.hour:02}:{at.minute:02}"


def _wait(wait_s: int) -> str:
    """Whole minutes, hours or days, rounded up: who comes back then may try.  Empty for no wait."""
    for unit_s, unit, most in ((60, "minute", 90), (3600, "hour", 48), (86400, "day", 3660)):
        count = -(-wait_s // unit_s)
        if 0 < count <= most:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return ""


def _list(numbers: tuple[str, ...]) -> str:
    shown = [number for number in numbers if number][:NUMBERS_SHOWN]
    more = len(numbers) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if shown and more else "")
