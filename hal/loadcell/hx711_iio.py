"""HX711 behind the kernel's own driver, which holds the clock as no program can: one directory of its industrial I/O.

`in_voltage0_raw` gives one conversion of channel A and blocks until the chip has it; `in_voltage0_scale` stands for the
amplifier (code-confirmed: the driver's source).  The directory is an option: its number may change when something else
is plugged in, so a link that a udev rule makes is the better name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge.core.errors import HardwareFault, machine_says
from hal.loadcell.hx711 import believable, from_offset_binary

__all__ = ["Hx711Iio"]

RAW, SCALE = "in_voltage0_raw", "in_voltage0_scale"
TEXT_BYTES: Final = 64  # a number and a line end


class Hx711Iio:
    """A Cell.  `scale` is the text of in_voltage0_scale with which tare and span were found: with any other amplifier
    they are wrong.
    """

    def __init__(self, directory: str, scale: str) -> None:
        self._directory, self._scale = Path(directory), scale

    def begin(self) -> None:
        said = self._text(SCALE)
        if said != self._scale:
            raise HardwareFault(f"hx711 {self._directory}: {SCALE} is {said}, tare and span are for {self._scale}")

    def sample(self) -> int | None:
        said = self._text(RAW)
        if not said.isdecimal() or not 0 <= int(said) <= 0xFFFFFF:
            raise HardwareFault(f"hx711 {self._directory}: {RAW} is {said!r}, must be 0 to {0xFFFFFF}")
        counts = from_offset_binary(int(said))
        return counts if believable(counts) else None

    def end(self) -> None:
        self.begin()

    def close(self) -> None:
        """Nothing is held."""

    def _text(self, name: str) -> str:
        path = self._directory / name
        try:
            with path.open("rb") as file:
                return file.read(TEXT_BYTES).decode("ascii", "replace").strip()
        except OSError as error:
            raise HardwareFault(f"hx711 {path}: {machine_says(error)}") from error
