"""The kinds of scanner that a configuration may name, each with its own options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from hal.readers.dialect import Dialect
from hal.readers.evdev import InputDevice
from hal.readers.gm65 import WANTED, Gm65
from hal.readers.keys import Keys
from hal.readers.lines import Lines
from hal.readers.reader import Line, Reader
from hal.readers.ssi import START, STOP, Ssi
from hal.readers.trigger import HONEYWELL_OFF, HONEYWELL_ON, Trigger
from hal.serial_line import SerialLine

__all__ = [
    "KINDS",
    "Gm65Options",
    "HoneywellOptions",
    "Kind",
    "LinesOptions",
    "SsiOptions",
    "WedgeOptions",
    "make_reader",
]

DevicePath = Annotated[str, Meta(min_length=1, max_length=200)]
Baud: TypeAlias = Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Whose: TypeAlias = Literal["own", "host"]
End: TypeAlias = Literal["enter", "pause"]


class Gm65Options(Struct, frozen=True, forbid_unknown_fields=True):
    """GM65, GM805, GM812, GM861.  settings: what differs is written at each connection, or left as it is."""

    port: DevicePath
    baud: Baud = 9600
    settings: Literal["write", "leave"] = "write"
    save: bool = False  # what was written, also to the scanner's flash, once


class SsiOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """GM67, Zebra, Symbol.  trigger: whether the scanner looks by itself or when it is told."""

    port: DevicePath
    baud: Baud = 9600
    trigger: Whose = "own"


class HoneywellOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Honeywell on a serial port, CR after each code."""

    port: DevicePath
    baud: Baud = 9600
    trigger: Whose = "own"


class LinesOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Any other scanner that gives text.  ends: what ends a scan; `enter`: CR, LF or both."""

    port: DevicePath
    baud: Baud = 9600
    ends: End = "enter"


class WedgeOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A scanner that pretends to be a keyboard.  ends: as above, `enter`: the key."""

    device: DevicePath
    ends: End = "enter"


@dataclass(frozen=True)
class Kind:
    """options: its struct.  line, dialect: made from it."""

    options: type[Struct]
    line: Callable[[Any], Line]
    dialect: Callable[[Any], Dialect]


def _serial(options: Any) -> Line:
    return SerialLine(options.port, options.baud)


def _gm65(options: Gm65Options) -> Dialect:
    return Gm65(WANTED if options.settings == "write" else {}, save=options.save)


def _ssi(options: SsiOptions) -> Dialect:
    return Ssi(trigger=Trigger(START, STOP) if options.trigger == "host" else None)


def _honeywell(options: HoneywellOptions) -> Dialect:
    return Lines(trigger=Trigger(HONEYWELL_ON, HONEYWELL_OFF) if options.trigger == "host" else None)


KINDS: Final[dict[str, Kind]] = {
    "gm65": Kind(Gm65Options, _serial, _gm65),
    "ssi": Kind(SsiOptions, _serial, _ssi),
    "honeywell": Kind(HoneywellOptions, _serial, _honeywell),
    "lines": Kind(LinesOptions, _serial, lambda options: Lines(by_pause=options.ends == "pause")),
    "wedge": Kind(
        WedgeOptions,
        lambda options: InputDevice(options.device),
        lambda options: Keys(by_pause=options.ends == "pause"),
    ),
}


def make_reader(
    kind: str, options: Struct, on_code: Callable[[str, str], None], on_state: Callable[[str | None], None]
) -> Reader:
    """A reader that is not running yet."""
    made = KINDS[kind]
    return Reader(made.line(options), made.dialect(options), on_code, on_state)
