"""One frame of a serial scale, read by its protocol.  Pure: bytes in, what the scale says out; never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from edge.core.ports import Weighing
from edge.core.words import ScaleState
from hal.scales.protocol import WORDS, Protocol, Says
from hal.scales.units import UNITS, grams, number

__all__ = ["Reader", "weighed"]

_STATES: Final = {
    Says.UNKNOWN: ScaleState.UNKNOWN,
    Says.ERROR: ScaleState.ERROR,
    Says.OVER: ScaleState.OVER,
    Says.UNDER: ScaleState.UNDER,
    Says.MOVING: ScaleState.MOVING,
    Says.ZERO: ScaleState.STABLE,
    Says.STABLE: ScaleState.STABLE,
}


@dataclass(frozen=True)
class Reader:
    """Reads the frames of one protocol.  `capacity_g`: a weight beyond it, either way, is none."""

    protocol: Protocol
    patterns: tuple[re.Pattern[bytes], ...]
    capacity_g: int
    unit: str = ""  # of a frame that tells none

    def fits(self, frame: bytes) -> bool:
        """Whether the frame is one of this protocol: its form, and its checksum where it has one."""
        return self._match(frame) is not None

    def read(self, frame: bytes, at_s: float) -> Weighing:
        """What it says; `unknown` where it does not fit."""
        match = self._match(frame)
        if match is None:
            return Weighing(ScaleState.UNKNOWN, at_s, detail="not a frame of this protocol")
        said, why = self._said(match)
        first = next((one for one in _STATES if one in said), None)
        if first is None:
            return Weighing(ScaleState.UNKNOWN, at_s, detail="does not say whether it has settled")
        net = Says.NET in said
        if first not in (Says.STABLE, Says.MOVING, Says.ZERO):
            return Weighing(_STATES[first], at_s, net=net, detail=why.get(first, ""))
        if first is Says.ZERO and "weight" not in match.re.groupindex:
            return _zero(at_s, net)
        told = weighed(_STATES[first], at_s, self._value(match, said), self._unit(match), self.capacity_g, net=net)
        if first is Says.MOVING and told.weight_g is None:
            return Weighing(ScaleState.MOVING, at_s, net=net)  # what it shows on the way may be anything
        return told

    def _match(self, frame: bytes) -> re.Match[bytes] | None:
        if self.protocol.checksum and (not frame or -sum(frame[:-1]) & 0x7F != frame[-1]):
            return None
        return next((match for one in self.patterns if (match := one.fullmatch(frame)) is not None), None)

    def _said(self, match: re.Match[bytes]) -> tuple[set[Says], dict[Says, str]]:
        groups = match.groupdict()
        said = {Says(name) for name, text in groups.items() if name in WORDS and text is not None}
        why: dict[Says, str] = {}
        for bit in self.protocol.bits:
            byte = groups.get(bit.group)
            if byte and bool(byte[0] & bit.mask) is bit.when:
                said.add(bit.says)
                why.setdefault(bit.says, bit.why)
        return said, why

    def _value(self, match: re.Match[bytes], said: set[Says]) -> Decimal | None:
        groups = match.groupdict()
        value = number((groups.get("sign") or b"") + (groups.get("weight") or b""))
        if value is None:
            return None
        scale = self.protocol.exponent
        if scale is not None:
            value = value.scaleb(scale.highest - (groups[scale.group][0] & scale.mask))
        return -value if Says.NEGATIVE in said else value

    def _unit(self, match: re.Match[bytes]) -> str:
        groups, bit = match.groupdict(), self.protocol.unit_bit
        if bit is not None:
            return bit[2] if groups[bit[0]][0] & bit[1] else bit[3]
        told = (groups.get("unit") or b"").strip(b" ")
        return told.decode("latin-1").lower() if told else self.unit


def _zero(at_s: float, net: bool) -> Weighing:
    """At its zero, and no number told: nothing on it, unless a tare is taken off of what nobody knows."""
    if net:
        return Weighing(ScaleState.UNKNOWN, at_s, net=True, detail="at zero beneath a tare")
    return Weighing(ScaleState.STABLE, at_s, 0)


def weighed(
    state: ScaleState, at_s: float, value: Decimal | None, unit: str, capacity_g: int, *, net: bool = False
) -> Weighing:
    """A weight as it counts: a number, of a unit that is known, of what the scale can carry; else unknown."""
    if value is None:
        return Weighing(ScaleState.UNKNOWN, at_s, net=net, detail="shows no number")
    if unit not in UNITS:
        return Weighing(ScaleState.UNKNOWN, at_s, net=net, detail=f"unit {unit!r} is not known" if unit else "no unit")
    weight_g = grams(value, unit)
    if abs(weight_g) > capacity_g:
        return Weighing(ScaleState.UNKNOWN, at_s, net=net, detail=f"shows {weight_g} g, capacity is {capacity_g} g")
    return Weighing(state, at_s, weight_g, net)
