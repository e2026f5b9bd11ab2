"""Grow GM65, GM805, GM812, GM861 and the modules sold under other names with them: UART 3.3 V, 9600 8N1.

    host     7E 00 type length address(2) data… crc(2)      type 07 read, 08 write, 09 save, 0A are you there
    scanner  02 00 00 length data… crc(2)                    03 00 00 … to a heartbeat
    a code   its text and CR; or, with zone 60 = 81, 03 00 length text

CRC-16/XMODEM over type to data, and over everything but the first byte of a reply; `AB CD` in its place is not
checked.  Facts: a maker's text and several code bases agree; not tried on a scanner by us.

The scanner's settings lie in numbered zones.  What is written there is gone with its power, until it is saved to its
flash, which wears: nothing is written that is there already, and saving happens once in a process, if wanted.
Text and length-prefixed codes are both understood at any time, since a scanner that lost power is back at text.
"""

from __future__ import annotations

from binascii import crc_hqx
from collections import Counter
from collections.abc import Mapping
from typing import Final

from hal.readers.dialect import PAUSE_S, Code, Heard, Oddity
from hal.readers.lines import Text
from hal.readers.talk import Conversation, Talk

__all__ = ["SAVE", "WANTED", "Gm65", "command", "crc16", "read_zone", "write_zone"]

READ, WRITE, STORE = 7, 8, 9
UNCHECKED: Final = bytes.fromhex("AB CD")
BAUD_ZONE: Final = 0x2A  # two bytes

# Each zone and what it should hold.
WANTED: Final[Mapping[int, int]] = {
    0x00: 0xD6,  # sound and light after a code, light and aim as usual, looks all the time
    0x0D: 0xA0,  # codes go to the serial port
    0x2C: 0x02,  # every symbology
    0x60: 0x81,  # codes come with their length before them: no byte of a code can end it
}
# A zone that is changed from this value alone.  A1 is the factory's: codes are typed over USB.  Whoever chose something
# else, such as a serial port over USB, would never hear of a code again.
ONLY_FROM: Final[Mapping[int, int]] = {0x0D: 0xA1}

_REPLY: Final = b"\x02\x00\x00"
_CODE: Final = b"\x03\x00"
_BEAT_REPLY: Final = b"\x03\x00\x00"
_OVERHEAD: Final = 6  # 02 00 00 length, and two of checksum


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 1021, starting from 0."""
    return crc_hqx(data, 0)


def command(kind: int, address: int, data: bytes, *, checked: bool = True) -> bytes:
    """One frame to the scanner."""
    body = bytes([kind, len(data)]) + address.to_bytes(2, "big") + data
    return b"\x7e\x00" + body + (crc16(body).to_bytes(2, "big") if checked else UNCHECKED)


def read_zone(zone: int, count: int = 1) -> bytes:
    return command(READ, zone, bytes([count]))


def write_zone(zone: int, value: int) -> bytes:
    return command(WRITE, zone, bytes([value]))


SAVE: Final = command(STORE, 0, b"\x00")


class Gm65:
    """The dialect.  `wanted`: zones to bring about, none to leave all as they are.  `save`: into the flash, too."""

    def __init__(self, wanted: Mapping[int, int] = WANTED, *, save: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._wanted, self._save = wanted, save
        self._talk = Talk(self._conversation)
        self._text = Text(self.counts)
        self._rest = bytearray()  # not looked at yet: nothing, or the beginning of a frame
        self._last_s = 0.0

    @property
    def fault(self) -> str | None:
        return self._talk.fault

    @property
    def settled(self) -> bool:
        return self._talk.settled

    def opened(self, now_s: float) -> bytes:
        self._rest.clear()
        self._text.forget()
        return self._talk.opened(now_s)

    def feed(self, data: bytes, now_s: float) -> Heard:
        self._lapse(now_s)
        self._last_s = now_s
        self._rest += data
        codes: list[Code] = []
        send = b""
        while self._rest:
            if self._text.begun or not _may_be_frame(self._rest):
                text = self._text.take(self._rest.pop(0), now_s)
                codes += [] if text is None else [Code(text)]
                continue
            frame = self._whole_frame(now_s)
            if frame is None:
                break
            if _is_reply(frame):
                send += self._talk.answer(frame[4:-2], now_s)
            elif frame:
                codes.append(Code(frame[3:].rstrip(b"\r\n")))  # nobody says whether the length counts the end
        return Heard(tuple(codes), send)

    def due(self, now_s: float) -> Heard:
        self._lapse(now_s)
        return Heard(send=self._talk.due(now_s))

    def closing(self) -> bytes:
        return b""

    def _conversation(self) -> Conversation:
        if not self._wanted:
            yield read_zone(BAUD_ZONE, 2)
        written = False
        for zone, value in self._wanted.items():
            said = yield read_zone(zone)
            if said != bytes([value]) and (zone not in ONLY_FROM or said == bytes([ONLY_FROM[zone]])):
                yield write_zone(zone, value)
                written = True
        if written and self._save:
            self._save = False  # a flash that forgets must not be written for ever
            yield SAVE

    def _lapse(self, now_s: float) -> None:
        self._text.lapsed(now_s)
        if self._rest and now_s - self._last_s >= PAUSE_S:
            self.counts[Oddity.HALF] += 1
            self._rest.clear()

    def _whole_frame(self, now_s: float) -> bytes | None:
        """The frame that has come, taken away; empty when it does not hold; None while it has not come whole."""
        length = _length(self._rest)
        if length is None or len(self._rest) < length:
            return None
        frame = bytes(self._rest[:length])
        del self._rest[:length]
        if _is_reply(frame) and frame[-2:] not in (crc16(frame[1:-2]).to_bytes(2, "big"), UNCHECKED):
            self._text.spoil(Oddity.BAD_SUM, now_s)  # where bytes were lost, what follows is the end of a code
            return b""
        return frame


def _may_be_frame(rest: bytearray) -> bool:
    return any(rest.startswith(head[: len(rest)]) for head in (_REPLY, _CODE))


def _is_reply(frame: bytes) -> bool:
    """A code of length 0 is none: the answer to a heartbeat looks like it."""
    return frame.startswith((_REPLY, _BEAT_REPLY))


def _length(rest: bytearray) -> int | None:
    """Of the frame at the beginning; None while its length has not come."""
    if len(rest) < 3:
        return None
    if rest.startswith(_CODE) and rest[2]:
        return 3 + rest[2]
    return _OVERHEAD + rest[3] if len(rest) > 3 else None
