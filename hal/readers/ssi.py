"""Simple Serial Interface: Zebra and Symbol scan engines, Grow GM67 and others that imitate it.  9600 8N1.

    length opcode source status [data…] checksum(2)

length counts all but the checksum, the checksum is the two's complement of the sum of all before it; source is 4 for
the host and 0 for the scanner.  Status of the scanner: bit 0, it says it again; bit 1, more of the same follows.
A code comes as F3 with its kind and its text, and must be acknowledged, or it comes again.  Frames, checksums and the
acknowledgement: confirmed by several code bases.  A code in several frames (F4, or F3 with bit 1): one source, taken
to be laid out like F3; experimental.  Nothing was tried on a scanner by us.

The scanner must be set to send packets, and to SSI as its host; both are in its maker's book of codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from hal.readers.dialect import MAX_LINE_BYTES, PAUSE_S, UNKNOWN, Code, Heard, Oddity
from hal.readers.talk import Conversation, Talk
from hal.readers.trigger import Trigger

__all__ = ["ACK", "DISABLE", "ENABLE", "START", "STOP", "Ssi", "frame"]

HOST: Final = 4
_SCANNER: Final = 0
_DECODED, _DECODED_IN_PARTS, _ACKNOWLEDGED, _REFUSED = 0xF3, 0xF4, 0xD0, 0xD1
_REPLIES: Final = frozenset({0xA4, 0xC6, 0xD4, 0xD6, 0xF6})  # revision, parameters, what it can do, batch, event
_SAID: Final = _REPLIES | {_DECODED, _DECODED_IN_PARTS, _ACKNOWLEDGED, _REFUSED}
_AGAIN, _MORE = 1, 2
_HEAD_BYTES: Final = 4
_SUM_BYTES: Final = 2
_PARTS_S: Final = 3.0  # for the next part; a scanner that misses our word says it again within two seconds

# The kinds of code that parcels and telephones bear.  Several code bases agree.
_SYMBOLOGIES: Final[Mapping[int, str]] = {
    0x01: "Code39",
    0x03: "Code128",
    0x06: "ITF",
    0x0A: "EAN8",
    0x0B: "EAN13",
    0x0F: "Code128",  # as GS1
    0x11: "PDF417",
    0x1B: "DataMatrix",
    0x1C: "QRCode",
    0x2D: "Aztec",
}


def frame(opcode: int, data: bytes = b"", *, source: int = HOST, status: int = 0) -> bytes:
    """One frame, the host's unless said otherwise."""
    body = bytes([_HEAD_BYTES + len(data), opcode, source, status]) + data
    return body + (-sum(body) & 0xFFFF).to_bytes(2, "big")


ACK: Final = frame(_ACKNOWLEDGED)
START: Final = frame(0xE4)
STOP: Final = frame(0xE5)
ENABLE: Final = frame(0xE9)
DISABLE: Final = frame(0xEA)


class Ssi:
    """The dialect.  It enables the scanner, which answers that, every half minute: one that came back looks again."""

    def __init__(self, *, trigger: Trigger | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._trigger = trigger or Trigger()
        self._talk = Talk(_conversation)
        self._rest = b""
        self._parts = b""  # of a code that comes in several frames
        self._given = b""  # the frame that was acknowledged last
        self._last_s = 0.0

    @property
    def fault(self) -> str | None:
        return self._talk.fault

    @property
    def settled(self) -> bool:
        return self._talk.settled

    def opened(self, now_s: float) -> bytes:
        self._rest = self._parts = self._given = b""
        self._trigger.pull(now_s)  # but told when it has answered: one question at a time
        return self._talk.opened(now_s)

    def feed(self, data: bytes, now_s: float) -> Heard:
        self._lapse(now_s)
        self._rest += data
        self._last_s = now_s
        codes: list[Code] = []
        send = b""
        while (whole := self._cut()) is not None:
            opcode, body = whole[1], whole[_HEAD_BYTES:-_SUM_BYTES]
            if opcode in (_DECODED, _DECODED_IN_PARTS) and body:
                codes += self._decoded(whole)
                send += ACK
            elif opcode in (_ACKNOWLEDGED, _REFUSED):
                send += self._trigger.pull(now_s) if self._talk.asking else b""
                send += self._talk.answer(bytes([opcode]), now_s)
            else:
                self.counts[Oddity.GARBAGE] += 1
        return Heard(tuple(codes), send + self._trigger.pull(now_s) if codes else send)

    def due(self, now_s: float) -> Heard:
        self._lapse(now_s)
        return Heard(send=self._talk.due(now_s) + self._trigger.due(now_s))

    def closing(self) -> bytes:
        return self._trigger.off

    def _decoded(self, whole: bytes) -> list[Code]:
        status, kind, text = whole[3], whole[_HEAD_BYTES], whole[_HEAD_BYTES + 1 : -_SUM_BYTES]
        same = self._given[1:3] + self._given[4:-_SUM_BYTES] == whole[1:3] + whole[4:-_SUM_BYTES]
        if status & _AGAIN and same:
            self.counts[Oddity.RESENT] += 1
            return []
        self._given = whole
        self._parts += text
        if status & _MORE:
            self._parts = self._parts[: MAX_LINE_BYTES + 1]
            return []
        text, self._parts = self._parts, b""
        if len(text) > MAX_LINE_BYTES:
            self.counts[Oddity.TOO_LONG] += 1
            return []
        return [Code(text.rstrip(b"\r\n"), _SYMBOLOGIES.get(kind, UNKNOWN))]

    def _lapse(self, now_s: float) -> None:
        if self._rest and now_s - self._last_s >= PAUSE_S:
            self.counts[Oddity.HALF] += 1
            self._rest = b""
        if self._parts and now_s - self._last_s >= _PARTS_S:
            self.counts[Oddity.HALF] += 1
            self._parts = b""

    def _cut(self) -> bytes | None:
        """The next frame that holds; what cannot be the beginning of one is passed over."""
        while self._rest:
            length = self._rest[0]
            if not _may_begin(self._rest):
                self._pass_over(Oddity.GARBAGE)
                continue
            whole = self._rest[: length + _SUM_BYTES]
            if len(whole) < length + _SUM_BYTES:
                return None
            if sum(whole[:-_SUM_BYTES]) + int.from_bytes(whole[-_SUM_BYTES:], "big") & 0xFFFF == 0:
                self._rest = self._rest[len(whole) :]
                return whole
            self._pass_over(Oddity.BAD_SUM)
        return None

    def _pass_over(self, why: Oddity) -> None:
        self._rest = self._rest[1:]
        self.counts[why] += 1


def _may_begin(rest: bytes) -> bool:
    """Whether length, opcode and source can be those of a scanner, as far as they have come."""
    opcode_fits = len(rest) < 2 or rest[1] in _SAID
    source_fits = len(rest) < 3 or rest[2] == _SCANNER
    return rest[0] >= _HEAD_BYTES and opcode_fits and source_fits


def _conversation() -> Conversation:
    yield ENABLE
