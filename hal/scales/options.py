"""`[scale]` of the configuration, and the scale that it describes."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from edge.core.ports import Scale
from hal.scales.generic import generic, pattern_faults
from hal.scales.parse import Reader
from hal.scales.protocol import LineSettings, Protocol
from hal.scales.table import PROTOCOLS
from hal.scales.units import UNITS

__all__ = ["GENERIC", "HID", "KINDS", "ScaleOptions", "faults_of", "make_scale", "protocol_of"]

HID: Final = "hid"
GENERIC: Final = "generic"
KINDS: Final = (*PROTOCOLS, HID, GENERIC)

Command = Annotated[str, Meta(max_length=16)]


class ScaleOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The courier's scale; without a kind there is none.  Zero and empty: what the protocol has."""

    kind: Annotated[str, Meta(max_length=32)] = ""
    port: Annotated[str, Meta(max_length=200)] = ""
    capacity_g: Annotated[int, Meta(ge=1, le=1_000_000)] = 150_000
    unit: Annotated[str, Meta(pattern="^(g|kg|lb|oz)?$")] = ""
    baud: Annotated[int, Meta(ge=0, le=115_200)] = 0
    bits: Annotated[int, Meta(ge=0, le=8)] = 0
    parity: Annotated[str, Meta(pattern="^[NEO]?$")] = ""
    stop: Annotated[int, Meta(ge=0, le=2)] = 0
    pattern: Annotated[str, Meta(max_length=200)] = ""
    ask: Command = ""
    ends: Annotated[str, Meta(min_length=1, max_length=4)] = "\r\n"
    zero: Command = ""
    tare: Command = ""


_LINE: Final = ("baud", "bits", "parity", "stop")
_OF_GENERIC: Final = ("pattern", "ask", "ends", "zero", "tare")
_DEFAULTS: Final = ScaleOptions()


def faults_of(options: ScaleOptions) -> list[tuple[str, str]]:
    """What no single key can say: key, and what is wrong with it."""
    if not options.kind:
        given = [name for name in ScaleOptions.__struct_fields__ if _given(options, name)]
        return [(given[0], "says nothing without a kind")] if given else []
    if options.kind not in KINDS:
        return [("kind", f"must be one of: {', '.join(KINDS)}")]
    faults = [(name, f"is only for kind {GENERIC}") for name in _OF_GENERIC if _unwanted(options, name)]
    if options.kind == HID:
        faults += [(name, "a scale on USB has none") for name in (*_LINE, "unit") if _given(options, name)]
    elif not options.port:
        faults.append(("port", "is missing; must be the path of a serial port, best under /dev/serial/by-id"))
    if options.kind in PROTOCOLS:
        faults += _unit_faults(options, PROTOCOLS[options.kind])
    if options.kind == GENERIC:
        faults += [("pattern", fault) for fault in pattern_faults(options.pattern)]
        faults += [(name, "must have characters of one byte each") for name in _OF_GENERIC[1:] if _wide(options, name)]
        if not options.unit and "(?P<unit>" not in options.pattern:
            faults.append(("unit", "is missing: the pattern names none"))
    return faults + _line_faults(options)


def make_scale(options: ScaleOptions) -> Scale:
    """The scale of options without faults; opened when it is first read."""
    if options.kind == HID:
        from hal.scales.hid import HidScale

        return HidScale(options.port, options.capacity_g)
    from hal.scales.serial_scale import SerialScale
    from hal.serial_line import SerialLine

    protocol = protocol_of(options)
    line = protocol.line
    port = SerialLine(options.port, line.baud, bits=line.bits, parity=line.parity, stop=line.stop)
    return SerialScale(options.port, port, Reader(protocol, protocol.compiled(), options.capacity_g, options.unit))


def protocol_of(options: ScaleOptions) -> Protocol:
    """The row of the table, or of the configuration, with the line as it is set here."""
    if options.kind == GENERIC:
        return generic(
            options.pattern, _line(options), ask=options.ask, ends=options.ends, zero=options.zero, tare=options.tare
        )
    from dataclasses import replace

    row = PROTOCOLS[options.kind]
    return replace(row, line=_line(options, row.line))


def _line(options: ScaleOptions, made: LineSettings = LineSettings()) -> LineSettings:
    return LineSettings(
        options.baud or made.baud, options.bits or made.bits, options.parity or made.parity, options.stop or made.stop
    )


def _unit_faults(options: ScaleOptions, row: Protocol) -> list[tuple[str, str]]:
    if row.unit_told and options.unit:
        return [("unit", f"{row.name} tells its unit itself")]
    if not row.unit_told and not options.unit:
        return [("unit", f"is missing: {row.name} tells none; must be one of: {', '.join(UNITS)}")]
    return []


def _line_faults(options: ScaleOptions) -> list[tuple[str, str]]:
    from hal.serial_line import BAUDS

    faults = []
    if options.baud and options.baud not in BAUDS:
        faults.append(("baud", f"must be one of: {', '.join(map(str, BAUDS))}"))
    if options.bits and options.bits < 7:
        faults.append(("bits", "must be 7 or 8"))
    return faults


def _given(options: ScaleOptions, name: str) -> bool:
    return bool(getattr(options, name) != getattr(_DEFAULTS, name))


def _unwanted(options: ScaleOptions, name: str) -> bool:
    return options.kind != GENERIC and _given(options, name)


def _wide(options: ScaleOptions, name: str) -> bool:
    return any(ord(letter) > 255 for letter in getattr(options, name))
