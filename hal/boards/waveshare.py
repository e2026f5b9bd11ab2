"""Waveshare Modbus RTU Relay (D): 8 relays that the board switches off by itself, and 8 inputs for the contacts.

Source: vendor text and programs that agree; examples and their CRCs recomputed.  Not tried on a board.
    flash relay c           ID 05 02 c 00 t crc            on for t × 100 ms; answered by the same bytes
    all relays off          ID 05 00 FF 00 00 crc          answered by the same bytes
    read the inputs         ID 02 00 00 00 08 crc          answered by ID 02 01 [inputs, lowest bit first] crc
    read the modes          ID 03 10 00 00 08 crc          answered by ID 03 10 [8 × 16 bits] crc
    set the mode of c       ID 06 10 c 00 00 crc           answered by the same bytes; 0 is "by order only"
    refused                 ID (function + 80) code crc    codes 1, 2 and 3 are about the request: nothing was done

The frames are made here and nowhere else: a Modbus library writes a coil as FF00 or 0000, and FF00 in the flash
register is 65,280 × 100 ms.  Here it cannot be written: the time has one byte, and never more than MOST_TENTHS.
The answer to an order is the order itself, so it counts only when it is known whether the adapter echoes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from edge.core.words import PulseOutcome
from hal.boards.codec import Status, bits, frames
from hal.bus import Exchange

__all__ = ["BAUD", "BAUDS", "MOST_TENTHS", "Waveshare", "crc16"]

BAUD: Final = 9600
BAUDS: Final = (4800, 9600, 19200, 38400, 57600, 115200)
CHANNELS: Final = 8
MOST_TENTHS: Final = 10  # × 100 ms: no lock needs more than a second
TIMEOUT_S: Final = 0.2
NOT_OBEYED: Final = (1, 2, 3)  # no such function, relay, value; 4 is a failure on the way, 5 is "under way" (Modbus, 7)


class Waveshare:
    """One board, its inputs wired to the contacts of the same number."""

    channels = CHANNELS

    def __init__(self, address: int) -> None:
        self._id = address

    def status(self, channels: Sequence[int]) -> Sequence[Exchange[Status]]:
        return (self._inputs(),)

    def unlock(self, channel: int, ms: int) -> Exchange[PulseOutcome]:
        tenths = max(1, min(-(-ms // 100), MOST_TENTHS))
        request = self._framed(0x05, 0x02, channel - 1, 0x00, tenths)

        def find(heard: bytes) -> PulseOutcome | None:
            code = self._refusal(heard, 0x05)
            if code is not None:
                return PulseOutcome.BROKEN if code in NOT_OBEYED else PulseOutcome.UNKNOWN
            return PulseOutcome.DONE if request in heard else None

        return Exchange(request, find, TIMEOUT_S, probe=self._inputs())

    def greet(self, ask: Callable[[Exchange[bool]], bool | None]) -> str:
        """Every relay off, and no input may work a relay: in another mode a door's contact would feed its own lock.

        Both must be answered: one lost answer would leave a coil on unseen for as long as the board is met.
        """
        if not ask(self.all_off()):
            return f"board {self._id}: does not confirm that every relay is off"
        parted = ask(self._by_order_only())
        if parted is False:
            for channel in range(CHANNELS):
                ask(self._echoed(0x06, 0x10, channel, 0x00, 0x00))
            parted = ask(self._by_order_only())
        if parted is None:
            return f"board {self._id}: does not tell whether an input works a relay"
        return "" if parted else f"board {self._id}: an input works a relay (its mode is not 0) and cannot be parted"

    def all_off(self) -> Exchange[bool]:
        """Every relay off at once, also those in the middle of a flash."""
        return self._echoed(0x05, 0x00, 0xFF, 0x00, 0x00)

    def _inputs(self) -> Exchange[Status]:
        def find(heard: bytes) -> Status | None:
            said = self._read(heard, 0x02, 1)
            return None if said is None else Status(bits(said))

        return Exchange(self._framed(0x02, 0x00, 0x00, 0x00, CHANNELS), find, TIMEOUT_S)

    def _by_order_only(self) -> Exchange[bool]:
        """Whether every channel is in mode 0.  A board that refuses the question has no modes: True."""

        def find(heard: bytes) -> bool | None:
            if self._refusal(heard, 0x03) is not None:
                return True
            said = self._read(heard, 0x03, 2 * CHANNELS)
            return None if said is None else not any(said)

        return Exchange(self._framed(0x03, 0x10, 0x00, 0x00, CHANNELS), find, TIMEOUT_S)

    def _echoed(self, *octets: int) -> Exchange[bool]:
        request = self._framed(*octets)
        return Exchange(request, lambda heard: True if request in heard else None, TIMEOUT_S, probe=self._inputs())

    def _read(self, heard: bytes, function: int, length: int) -> bytes | None:
        """The data of the first valid answer to a question."""
        for frame in frames(heard, length + 5, bytes((self._id, function, length))):
            if crc16(frame[:-2]) == frame[-2:]:
                return frame[3:-2]
        return None

    def _refusal(self, heard: bytes, function: int) -> int | None:
        """The code of the first valid refusal."""
        for frame in frames(heard, 5, bytes((self._id, function | 0x80))):
            if crc16(frame[:3]) == frame[3:]:
                return frame[2]
        return None

    def _framed(self, *octets: int) -> bytes:
        frame = bytes((self._id, *octets))
        return frame + crc16(frame)


def crc16(octets: bytes) -> bytes:
    """CRC-16/MODBUS as it goes on the line, low byte first (start FFFF, polynomial A001)."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")
