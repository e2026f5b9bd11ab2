"""What the Kerong boards have in common: 02 … 03 and the low byte of the sum of everything before it."""

from __future__ import annotations

from typing import Final

__all__ = ["BAUD", "BAUDS", "SETTLE_S", "STATUS_TIMEOUT_S", "framed", "sound"]

BAUD: Final = 19200  # as they leave the factory
BAUDS: Final = (9600, 19200, 57600, 115200)
STATUS_TIMEOUT_S: Final = 0.3
SETTLE_S: Final = 0.025  # sooner after the last frame, answers were found garbled (field notes: 25 to 200 ms)


def framed(*octets: int) -> bytes:
    frame = bytes((0x02, *octets, 0x03))
    return frame + bytes((sum(frame) & 0xFF,))


def sound(frame: bytes) -> bool:
    """Whether the end mark and the sum of a stretch that begins with 02 are right."""
    return frame[-2] == 0x03 and frame[-1] == sum(frame[:-1]) & 0xFF
