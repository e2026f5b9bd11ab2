"""Weights in whole grams.  The factors are exact, as the pound of 1959 is defined; only the end is rounded."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

__all__ = ["UNITS", "grams", "number"]

UNITS: Final[dict[str, Decimal]] = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_NUMBER: Final = re.compile(rb"([+-]?) *([0-9]{1,10}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")


def number(text: bytes) -> Decimal | None:
    """What a scale shows, as it stands; None when it is no number."""
    shown = _NUMBER.fullmatch(text.strip(b" "))
    return None if shown is None else Decimal((shown[1] + shown[2]).decode("ascii"))


def grams(value: Decimal, unit: str) -> int:
    """KeyError for a unit that is none of UNITS."""
    return int((value * UNITS[unit]).to_integral_value(ROUND_HALF_EVEN))
