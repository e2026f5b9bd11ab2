"""The check bytes of the makes, each as its frames have them."""

from __future__ import annotations

from functools import reduce
from operator import xor

__all__ = ["bcc", "crc", "low_sum"]


def bcc(data: bytes) -> int:
    """Exclusive or over all bytes."""
    return reduce(xor, data, 0)


def low_sum(data: bytes) -> int:
    """Low byte of the sum of all bytes."""
    return sum(data) & 0xFF


def crc(data: bytes) -> bytes:
    """CRC-16/MODBUS (initial FFFF, polynomial A001 reflected), low byte first as on the line."""
    rest = 0xFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = (rest >> 1) ^ 0xA001 if rest & 1 else rest >> 1
    return rest.to_bytes(2, "little")
