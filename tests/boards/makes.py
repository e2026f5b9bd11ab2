"""Lock boards at byte level, one class a make, written from the published frames and sharing no line with the drivers.

Each takes whole requests off a stream and gives the answer that the real one is said to give.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import reduce
from operator import xor
from typing import Any


class Board(ABC):
    """What all have: contacts by lock (True: closed), what the infrared sees, and the pulses that the coils got."""

    options: dict[str, Any] = {}  # that the driver needs besides port, address, contact and evidence
    driver = ""
    request_length = 5

    def __init__(self, address: int = 1, locks: int = 8) -> None:
        self.address, self.locks = address, locks
        self.shorted = dict.fromkeys(range(1, locks + 1), True)
        self.present = dict.fromkeys(range(1, locks + 1), False)
        self.pulsed: list[int] = []

    def split(self, stream: bytes) -> tuple[bytes, bytes]:
        """The first whole request and the rest; nothing and the stream while none is whole."""
        length = self.request_length
        return (stream[:length], stream[length:]) if len(stream) >= length else (b"", stream)

    @abstractmethod
    def hear(self, request: bytes) -> bytes:
        """The answer; nothing where there is none."""

    def octets(self, bits: dict[int, bool], count: int) -> bytes:
        """Lowest lock first, lowest bit first."""
        value = sum(1 << (lock - 1) for lock, on in bits.items() if on)
        return value.to_bytes(count, "little")


class YsBoard(Board):
    driver = "ys"

    def hear(self, request: bytes) -> bytes:
        head, board, lock, act = request[:4]
        if reduce(xor, request) or board != self.address:
            return b""
        if head == 0x8A and act == 0x11 and 1 <= lock <= self.locks:
            self.pulsed.append(lock)
            return self.checked(0x8A, board, lock, 0x11 if self.shorted[lock] else 0x00)
        if head == 0x80 and act == 0x33 and lock:
            return self.checked(0x80, board, lock, 0x11 if self.shorted[lock] else 0x00)
        if head == 0x80 and act == 0x33:
            groups = self.octets(self.shorted, -(-self.locks // 8))
            return self.checked(0x80, board, *reversed(groups), 0x33)
        return b""

    @staticmethod
    def checked(*octets: int) -> bytes:
        return bytes(octets) + bytes([reduce(xor, octets)])


def summed(*octets: int) -> bytes:
    return bytes(octets) + bytes([sum(octets) % 256])


class Cu16Board(Board):
    driver = "cu16"

    def __init__(self, address: int = 1, locks: int = 16) -> None:
        super().__init__(address, locks)

    def hear(self, request: bytes) -> bytes:
        if request != summed(*request[:-1]) or request[1] >> 4 != self.address:
            return b""
        if request[2] == 0x31:
            self.pulsed.append((request[1] & 15) + 1)
            return b""
        state = (*self.octets(self.shorted, 2), *self.octets(self.present, 2))
        return summed(2, self.address << 4, 0x35, *state, 3)


class Cu48Board(Board):
    driver = "cu48"
    request_length = 6

    def __init__(self, address: int = 1, locks: int = 48) -> None:
        super().__init__(address, locks)

    def hear(self, request: bytes) -> bytes:
        if request != summed(*request[:-1]) or request[1] != self.address:
            return b""
        if request[3] == 0x61:
            self.pulsed.append(request[2] + 1)
            return b""
        state = (*self.octets(self.shorted, 6), *self.octets(self.present, 6))
        return summed(2, self.address, 0, 0x75, *state, 3)


class WaveshareBoard(Board):
    driver = "waveshare"
    options = {"pulse_ms": 100}
    request_length = 8

    def __init__(self, address: int = 1, locks: int = 8) -> None:
        super().__init__(address, locks)
        self.modes = [0] * 8
        self.sets_modes, self.knows_modes, self.flashes = True, True, True
        self.times: list[int] = []  # of every flash, in 100 ms
        self.all_off = 0

    def hear(self, request: bytes) -> bytes:
        if self.crc(request[:-2]) != request[-2:] or request[0] != self.address:
            return b""
        function, register = request[1], int.from_bytes(request[2:4], "big")
        value = int.from_bytes(request[4:6], "big")
        if function == 2:
            return self.checked(self.address, 2, 1, *self.octets(self.shorted, 1))
        if function == 5 and register >> 8 == 2 and self.flashes:
            self.pulsed.append(register - 0x200 + 1)
            self.times.append(value)
            return request
        if function == 5 and (register, value) == (0x00FF, 0):
            self.all_off += 1
            return request
        if function == 3 and self.knows_modes:
            return self.checked(self.address, 3, 16, *(octet for mode in self.modes for octet in (0, mode)))
        if function == 6 and self.knows_modes:
            if self.sets_modes:
                self.modes[register - 0x1000] = value
            return request
        return self.checked(self.address, function | 0x80, 2)

    @staticmethod
    def crc(octets: bytes) -> bytes:
        """Bit by bit over the reversed polynomial, as in the Modbus guide's flow chart."""
        rest = 0xFFFF
        for octet in octets:
            rest ^= octet
            for _ in range(8):
                low, rest = rest & 1, rest >> 1
                rest ^= 0xA001 * low
        return bytes([rest % 256, rest // 256])

    def checked(self, *octets: int) -> bytes:
        return bytes(octets) + self.crc(bytes(octets))


class WklyBoard(Board):
    driver = "wkly"
    first_id = 1

    def split(self, stream: bytes) -> tuple[bytes, bytes]:
        if len(stream) < 5 or len(stream) < stream[4]:
            return b"", stream
        return stream[: stream[4]], stream[stream[4] :]

    def hear(self, request: bytes) -> bytes:
        if reduce(xor, request) or request[5] != self.address:
            return b""
        if request[6] == 0x82:
            lock = request[7] - self.first_id + 1
            self.pulsed.append(lock)
            return self.checked(0x82, 0, request[7], int(self.shorted[lock]))
        return self.checked(0x84, 0, self.locks, *(int(shut) for shut in self.shorted.values()))

    def checked(self, *octets: int) -> bytes:
        frame = b"WKLY" + bytes([len(octets) + 7, self.address, *octets])
        return frame + bytes([reduce(xor, frame)])


class WinnsenBoard(Board):
    driver = "winnsen"
    request_length = 6

    def hear(self, request: bytes) -> bytes:
        head, length, act, station, lock, end = request
        if (head, length, end) != (0x90, 6, 3) or station != self.address:
            return b""
        if act == 0x05:
            self.pulsed.append(lock)
            return bytes([0x90, 7, 0x85, station, lock, 1, 3])
        return bytes([0x90, 7, 0x92, station, 0 if self.shorted[lock] else 1, lock, 3])


MAKES: tuple[type[Board], ...] = (YsBoard, Cu16Board, Cu48Board, WaveshareBoard, WklyBoard, WinnsenBoard)
