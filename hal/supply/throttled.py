"""What the Pi's firmware says of its supply and its heat.

Bits 0 under-voltage, 1 frequency capped, 2 throttled, 3 soft temperature limit; 16 to 19 the same since the start of
the machine (vendor text).  Kernels of Raspberry Pi OS show the number as hexadecimal text in a file named get_throttled
(code-confirmed; its place differs from one Pi to the next), elsewhere the command `vcgencmd get_throttled` asks.
"""

from __future__ import annotations

import re
import subprocess
from enum import IntFlag
from pathlib import Path
from typing import Final

from edge.core.errors import HardwareFault, machine_says

__all__ = ["ASK_S", "COMMAND", "Bits", "Throttled", "decode"]

COMMAND: Final = "command:"
ASK_S: Final = 2.0
TEXT_BYTES: Final = 64
SHAPE: Final = re.compile(r"(?:throttled=)?(?:0x)?([0-9a-fA-F]{1,8})")


class Bits(IntFlag):
    UNDER_VOLTAGE = 1 << 0
    CAPPED = 1 << 1
    THROTTLED = 1 << 2
    SOFT_LIMIT = 1 << 3
    WAS_UNDER_VOLTAGE = 1 << 16
    WAS_CAPPED = 1 << 17
    WAS_THROTTLED = 1 << 18
    WAS_SOFT_LIMIT = 1 << 19


SLOWED: Final = {
    Bits.CAPPED: "frequency capped",
    Bits.THROTTLED: "throttled",
    Bits.SOFT_LIMIT: "soft heat limit",
}


def decode(text: str) -> Bits:
    """From `throttled=0x50005`, or the number alone, which is always hexadecimal.  HardwareFault for anything else."""
    found = SHAPE.fullmatch(text.strip())
    if found is None:
        raise HardwareFault(f"get_throttled says {text.strip()[:TEXT_BYTES]!r}, must be a hexadecimal number")
    return Bits(int(found[1], 16))


class Throttled:
    """Reads them from a file, or by `command:vcgencmd`."""

    def __init__(self, source: str, within_s: float = ASK_S) -> None:
        self._source, self._within_s = source, within_s

    def read(self) -> Bits:
        """HardwareFault when they cannot be had in time."""
        command = self._source.removeprefix(COMMAND)
        return decode(self._file() if command == self._source else self._asked(command))

    def _file(self) -> str:
        try:
            with Path(self._source).open("rb") as file:
                return file.read(TEXT_BYTES).decode("ascii", "replace")
        except OSError as error:
            raise HardwareFault(f"{self._source}: {machine_says(error)}") from error

    def _asked(self, command: str) -> str:
        try:
            done = subprocess.run(
                [command, "get_throttled"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._within_s,
                check=False,
            )
        except OSError as error:
            raise HardwareFault(f"{command}: {machine_says(error)}") from error
        except subprocess.TimeoutExpired as error:
            raise HardwareFault(f"{command}: no answer within {self._within_s:g} s") from error
        if done.returncode:
            raise HardwareFault(f"{command}: ended with {done.returncode}")
        return done.stdout[:TEXT_BYTES].decode("ascii", "replace")
