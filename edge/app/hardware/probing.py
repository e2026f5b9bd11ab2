"""`locker hardware scan --ask`: which board answers at which address, by status questions only.

A board that is asked in another make's words hears noise: no question here holds an unlock of any make, at any address
(a test compares them all).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from msgspec import Struct

from edge.core.errors import HardwareFault, LockerError
from hal.boards.codec import Status
from hal.boards.options import MAKES, BoardOptions, codec_of
from hal.boards.ys import Ys
from hal.bus import Bus, Exchange
from hal.serial_line import SerialLine

__all__ = ["FIRST", "Answer", "Asked", "ask", "options_of", "probe", "question"]

FIRST: Final = {"ys": 1, "cu16": 0, "cu48": 0, "waveshare": 1, "wkly": 0, "winnsen": 1}


class Answer(Struct, frozen=True):
    """A board that answered as this make does, at this address and baud."""

    make: str
    address: int
    baud: int


class Asked(Struct, frozen=True):
    """One port.  trouble: why it could not be asked."""

    port: str
    found: tuple[Answer, ...]
    trouble: str = ""


def ask(port: str, addresses: int) -> Asked:
    """Every board that answers there, or why nobody could ask."""
    try:
        return Asked(port, tuple(probe(port, addresses)))
    except HardwareFault as fault:
        return Asked(port, (), str(fault))


def probe(port: str, addresses: int, bus_of: Callable[[str, int], Bus] | None = None) -> list[Answer]:
    """Every board that answers on this port.  HardwareFault when it cannot be opened."""
    found: list[Answer] = []
    bauds = sorted({options_of(make, FIRST[make], port).baud for make in FIRST})
    for baud in bauds:
        bus = (bus_of or _bus)(port, baud)
        try:
            bus.line.open()
            found += _answers(bus, port, baud, addresses)
        finally:
            bus.close()
    return found


def question(make: str, address: int, port: str = "-") -> Exchange[Status]:
    """One status question that every board of this make answers, whatever its size."""
    if make == "ys":
        return Ys(address, 8).status_of_one(1)
    return codec_of(options_of(make, address, port), (1,)).status((1,))[0]


def options_of(make: str, address: int, port: str) -> BoardOptions:
    """The options of a board of which nothing but its address is known."""
    told = {"port": port, "address": address, "contact": "closed_when_shut", "evidence": "latch"}
    return msgspec.convert(told, MAKES[make])


def _answers(bus: Bus, port: str, baud: int, addresses: int) -> Iterator[Answer]:
    for make, first in FIRST.items():
        if options_of(make, first, port).baud != baud:
            continue
        for address in range(first, first + addresses):
            try:
                heard = bus.ask(question(make, address))
            except HardwareFault:
                raise
            except LockerError:
                continue  # nobody there, as far as a board of this make goes
            if heard.answer is not None:
                yield Answer(make, address, baud)


def _bus(port: str, baud: int) -> Bus:
    return Bus(SerialLine(port, baud))
