"""The temperature of the processor, from the kernel: thousandths of a degree Celsius as text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge.core.errors import HardwareFault, machine_says

__all__ = ["Thermometer", "decode"]

TEXT_BYTES: Final = 32
LOWEST_C, HIGHEST_C = -60.0, 150.0  # beyond, the sensor is wrong


def decode(text: str) -> float:
    """Degrees Celsius.  HardwareFault for what no processor has."""
    try:
        celsius = int(text.strip()) / 1000
    except ValueError:
        raise HardwareFault(
            f"temperature says {text.strip()[:TEXT_BYTES]!r}, must be thousandths of a degree"
        ) from None
    if not LOWEST_C <= celsius <= HIGHEST_C:
        raise HardwareFault(f"temperature {celsius:g} °C, limits {LOWEST_C:g} to {HIGHEST_C:g}")
    return celsius


class Thermometer:
    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def read(self) -> float:
        """Degrees Celsius.  HardwareFault when it cannot be read."""
        try:
            with self._file.open("rb") as file:
                return decode(file.read(TEXT_BYTES).decode("ascii", "replace"))
        except OSError as error:
            raise HardwareFault(f"{self._file}: {machine_says(error)}") from error
