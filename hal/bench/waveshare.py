"""Waveshare Modbus RTU Relay (D): 8 relays and 8 inputs; Modbus RTU with the maker's own coil addresses.

Frames, the tenths of a second of a flash and its highest value: vendor's text and several programs.  A flash above
7FFF is cut to it here; what a real board does then was never tried.  An input is active while its contact is closed.
The channel modes can be read and written and have no effect here.  Without a silence of 3.5 characters after another
board's frame it hears nothing: one source, measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hal.bench.checks import crc
from hal.bench.make import TURNAROUND_S, Not, Reply, Request, Terminals, bits, hexed

__all__ = ["Waveshare"]

CHANNELS: Final = 8
FLASH_UNIT_MS: Final = 100
LONGEST_FLASH: Final = 0x7FFF
MODES: Final = 0x1000  # the first of the channels' mode registers
NO_ADDRESS, NO_VALUE = 2, 3  # exceptions of Modbus
FUNCTIONS: Final = (0x01, 0x02, 0x03, 0x05, 0x06, 0x10)

Deed = Callable[[Terminals], Reply]


class Waveshare:
    """One kind of board; its address is in its memory, 1 as delivered."""

    name = "waveshare"
    baud = 9600
    addresses = range(1, 248)
    sizes = (CHANNELS,)
    pulse_ms = 0
    quiet_chars = 3.5

    def find(self, line: bytes) -> Request | Not:
        if len(line) < 2:
            return Not.YET
        if line[1] not in FUNCTIONS:
            return Not.EVER
        if line[1] == 0x10 and len(line) < 7:
            return Not.YET
        size = 9 + line[6] if line[1] == 0x10 else 8
        if len(line) < size:
            return Not.YET
        frame = line[:size]
        if crc(frame[:-2]) != frame[-2:]:
            return Not.EVER
        words, deed = _deed(frame)
        if frame[0] == 0:
            return Request(size, None, f"every board: {words}", lambda board: _unanswered(deed, board))
        return Request(size, frame[0], words, deed)


def _deed(frame: bytes) -> tuple[str, Deed]:
    function, at, value = frame[1], int.from_bytes(frame[2:4]), int.from_bytes(frame[4:6])
    match function:
        case 0x05:
            return _relay(frame, at >> 8, at & 0xFF, value)
        case 0x01 | 0x02:
            return _read_bits(frame, at, value)
        case 0x03:
            return _read_modes(frame, at, value)
        case _:
            pass
    first = value if function == 0x06 else int.from_bytes(frame[7:9])
    count = 1 if function == 0x06 else value
    values = [first] if function == 0x06 else [int.from_bytes(frame[7 + 2 * n : 9 + 2 * n]) for n in range(count)]
    return _write_modes(frame, at, values)


def _read_modes(frame: bytes, at: int, count: int) -> tuple[str, Deed]:
    if not (at >= MODES and count >= 1 and at - MODES + count <= CHANNELS):
        return "read a register that is not there", _exception(frame, NO_ADDRESS)

    def obey(board: Terminals) -> Reply:
        modes = [board.memory.get(at + n, 0) for n in range(count)]
        data = b"".join(mode.to_bytes(2) for mode in modes)
        return _answer(bytes([*frame[:2], len(data)]) + data, f"modes {', '.join(map(str, modes))}")

    return f"read the mode of {count} channels from {at - MODES + 1}", obey


def _write_modes(frame: bytes, at: int, values: list[int]) -> tuple[str, Deed]:
    if not (at >= MODES and values and at - MODES + len(values) <= CHANNELS):
        return "write a register that is not there", _exception(frame, NO_ADDRESS)
    if any(value > 3 for value in values):
        return "set a mode that there is not", _exception(frame, NO_VALUE)

    def obey(board: Terminals) -> Reply:
        board.memory |= dict(enumerate(values, at))
        return _answer(frame[:6], "done")

    return f"set the mode of channels from {at - MODES + 1} to {', '.join(map(str, values))}", obey


def _relay(frame: bytes, kind: int, place: int, value: int) -> tuple[str, Deed]:
    """The maker's coil addresses: 00 on, off, toggle; 02 flash on; 04 flash off."""
    channel = place + 1
    if kind == 0x00 and place == 0xFF and value in (0xFF00, 0x0000):
        on = value == 0xFF00
        return f"all relays {'on, for ever' if on else 'off'}", _each(frame, lambda board, n: board.switch(n, on))
    if kind not in (0x00, 0x02, 0x04) or channel > CHANNELS:
        return f"a coil that is not there: {hexed(frame[2:4])}", _exception(frame, NO_ADDRESS)
    if kind == 0x00:
        return _switch(frame, channel, value)
    ms = min(value, LONGEST_FLASH) * FLASH_UNIT_MS
    if value == 0:
        return f"flash relay {channel} for nothing", _exception(frame, NO_VALUE)
    cut = f" (cut from {value * FLASH_UNIT_MS} ms)" if value > LONGEST_FLASH else ""
    words = f"relay {channel} {'on' if kind == 0x02 else 'off'} for {ms} ms{cut}"
    return words, _one(frame, lambda board: board.flash(channel, ms, on=kind == 0x02))


def _switch(frame: bytes, channel: int, value: int) -> tuple[str, Deed]:
    match value:
        case 0xFF00:
            return f"relay {channel} on, for ever", _one(frame, lambda board: board.switch(channel, on=True))
        case 0x0000:
            return f"relay {channel} off", _one(frame, lambda board: board.switch(channel, on=False))
        case 0x5500:
            turn = _one(frame, lambda board: board.switch(channel, on=not board.energised(channel)))
            return f"toggle relay {channel}", turn
        case _:
            pass
    return f"relay {channel}: {value:04X} says nothing", _exception(frame, NO_VALUE)


def _read_bits(frame: bytes, at: int, count: int) -> tuple[str, Deed]:
    relays = frame[1] == 0x01
    what = "relays" if relays else "inputs"
    if not (count >= 1 and at + count <= CHANNELS):
        return f"read {what} that are not there", _exception(frame, NO_ADDRESS)

    def obey(board: Terminals) -> Reply:
        asked = board.energised if relays else board.closed
        data = bits(count, lambda n: asked(at + n))
        active = [str(at + n) for n in range(1, count + 1) if asked(at + n)]
        said = ("on: " if relays else "closed: ") + (", ".join(active) or "none")
        return _answer(bytes([*frame[:2], len(data)]) + data, said)

    return f"read {count} {what} from {at + 1}", obey


def _one(frame: bytes, act: Callable[[Terminals], None]) -> Deed:
    """Act, and answer with the request itself, as Modbus has it."""

    def obey(board: Terminals) -> Reply:
        act(board)
        return _answer(frame[:6], "done (the request again)")

    return obey


def _each(frame: bytes, act: Callable[[Terminals, int], None]) -> Deed:
    def every(board: Terminals) -> None:
        for channel in range(1, CHANNELS + 1):
            act(board, channel)

    return _one(frame, every)


def _exception(frame: bytes, code: int) -> Deed:
    head = bytes([frame[0], frame[1] | 0x80, code])
    return lambda _: _answer(head, f"refused, exception {code}")


def _unanswered(deed: Deed, board: Terminals) -> None:
    deed(board)


def _answer(data: bytes, words: str) -> Reply:
    return Reply(TURNAROUND_S, lambda: (data + crc(data), words))
