"""A simulated HX711, seen from its two pins, or as the directory that the kernel's driver makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["SimHx711", "write_iio"]

POWER_DOWN_S: Final = 60e-6
BITS, PULSES = 24, 25


class SimHx711:
    """`clock_pin` and `data_pin` have a `state`, as pins do.  Each word of `words` is one conversion, in turn.

    Drive it: `high_s`, how long each pulse of the clock takes; above 60 µs it powers down, and what it gives for the
    rest of the word is ones.
    """

    def __init__(self, words: Sequence[int]) -> None:
        self.words = list(words)
        self.now_s, self.high_s, self.edge_s = 0.0, 2e-6, 1e-6
        self.pulses, self._down, self._high, self._converts = 0, False, False, False
        self.clock_pin, self.data_pin = _Pin(self._level, self._clocked), _Pin(self._data, _refused)

    def clock(self) -> float:
        return self.now_s

    def _level(self) -> bool:
        return self._high

    def _clocked(self, high: bool) -> None:
        self.now_s += self.high_s if self._high and not high else self.edge_s
        if self._high and not high and self.high_s > POWER_DOWN_S:
            self._down = True
        if high and not self._high:
            self.pulses += 1
        self._high = high
        if not high and self.pulses == PULSES:
            self.pulses, self._down = 0, False
            self.words, self._converts = self.words[1:], True

    def _data(self) -> bool:
        """Low when a word is ready; then its bits, most significant first; high after the last pulse."""
        if self.pulses == 0:
            converts, self._converts = self._converts, False
            return converts or not self.words
        if self._down:
            return True
        return bool(self.words[0] >> (BITS - self.pulses) & 1) if self.pulses <= BITS else True


class _Pin:
    def __init__(self, get: Callable[[], bool], set_: Callable[[bool], None]) -> None:
        self._get, self._set = get, set_

    @property
    def state(self) -> Any:
        return self._get()

    @state.setter
    def state(self, value: Any) -> None:
        self._set(bool(value))


def _refused(_high: bool) -> None:
    raise OSError("the data line is an input")


def write_iio(directory: Path, raw: str, scale: str = "0.000000476") -> None:
    """The directory of a chip of which the kernel says this."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "in_voltage0_raw").write_text(f"{raw}\n")
    (directory / "in_voltage0_scale").write_text(f"{scale}\n")
