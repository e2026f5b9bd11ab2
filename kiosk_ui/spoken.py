"""The parameters of a screen in words: moments, waits and lists, as each language has them (CLDR, by Babel).

Digits are 0–9 in every language: they are the digits on the doors and on the keys.  The day has 24 hours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_timedelta, get_datetime_format
from babel.lists import format_list
from babel.units import format_unit

__all__ = ["clock", "day", "listed", "moment", "parameters", "wait"]

BRITISH: Final = Locale("en", "GB")  # day before month
NUMBERS_SHOWN: Final = 3  # tracking numbers in one sentence; the rest is a count

NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"  # no shipped font has the first

_WAITS: Final = ((60, "minute", 90), (3600, "hour", 48), (86400, "day", 3660))  # seconds, unit, most of it


def parameters(raw: Mapping[str, Any], zone: tzinfo | None, locale: Locale, more: str) -> dict[str, Any]:
    """`raw` with what its sentences need: `when`, `from` (moments), `wait`, `soon` (how long), `weight`, lists as text,
    and a `telephone` number that stays on one line.

    zone: whose wall time is shown; None is the machine's.  more: how a list ends that is too long to be shown whole,
    with `{numbers}` and `{more}`.
    """
    return {
        **raw,
        "when": moment(int(raw.get("when_s") or 0), zone, locale),
        "from": moment(int(raw.get("from_s") or 0), zone, locale),
        "wait": wait(int(raw.get("wait_s") or 0), locale),
        "soon": wait(int(raw.get("expected_s") or 0), locale),
        "weight": weight(int(raw.get("weight_g") or 0), locale),
        "numbers": _numbers(tuple(raw.get("numbers") or ()), locale, more),
        "telephone": str(raw.get("telephone") or "").replace(" ", NO_BREAK_SPACE),
    }


def moment(at_s: int, zone: tzinfo | None, locale: Locale) -> str:
    """Day and minute; empty for a moment that is not known or that no calendar has."""
    both = str(get_datetime_format("medium", locale=locale))
    at = _at(at_s, zone)
    return both.format(clock(at_s, zone), format_date(at, "long", locale)) if at else ""


def day(at_s: int, zone: tzinfo | None, locale: Locale) -> str:
    """The day of the week, the day and the month; empty as `moment` is."""
    at = _at(at_s, zone)
    return format_date(at, "full", locale) if at else ""


def clock(at_s: int, zone: tzinfo | None) -> str:
    """Hours and minutes; empty as `moment` is."""
    at = _at(at_s, zone)
    return f"{at:%H:%M}" if at else ""


def wait(wait_s: int, locale: Locale) -> str:
    """Whole minutes, hours or days, rounded up: who comes back then may try.  Empty for no wait."""
    for unit_s, unit, most in _WAITS:
        count = -(-wait_s // unit_s)
        if 0 < count <= most:
            whole = timedelta(seconds=count * unit_s)
            return format_timedelta(whole, unit, threshold=math.inf, locale=locale)  # type: ignore[arg-type]
    return ""


def weight(weight_g: int, locale: Locale) -> str:
    """Kilograms to 10 g; empty for no weight."""
    if weight_g <= 0:
        return ""
    return format_unit(round(weight_g / 1000, 2), "kilogram", "short", locale=locale).replace(
        NARROW_SPACE, NO_BREAK_SPACE
    )


def listed(items: Sequence[object], locale: Locale) -> str:
    """ "A, B and C"."""
    return format_list([str(item) for item in items], locale=locale)


def _at(at_s: int, zone: tzinfo | None) -> datetime | None:
    if at_s <= 0:
        return None
    try:
        return datetime.fromtimestamp(at_s, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None


def _numbers(numbers: tuple[str, ...], locale: Locale, more: str) -> str:
    shown = [number for number in numbers if number][:NUMBERS_SHOWN]
    rest = len(numbers) - len(shown)
    if not shown or not rest:
        return listed(shown, locale)
    return more.format(numbers=", ".join(shown), more=rest)
