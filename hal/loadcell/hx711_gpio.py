"""HX711 on two of the Pi's pins, clocked by this program.  Experimental, and meant for a bench.

No program on a general system can promise a pulse of less than 60 µs.  So every pulse is measured, from before the
clock goes high until after it is low, and a word with one that took too long is thrown away: the chip may have powered
down in the middle.  On a busy machine that may be every word; then the content is unknown, never wrong.  The kernel's
driver (hx711_iio) does not have this trouble.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, Protocol, TypeVar

from edge.core.errors import HardwareFault
from hal.loadcell.hx711 import BITS, LONGEST_HIGH_S, PULSES, believable, from_bits

__all__ = ["Hx711Gpio", "Pin", "claim"]

T = TypeVar("T")

SETTLE_S: Final = 0.4  # four conversions at ten a second after a power-down (vendor text)


class Pin(Protocol):
    """A pin, as gpiozero's factories have it."""

    state: Any


class Hx711Gpio:
    """A Cell on a clock and a data pin.  errors: what their library raises.  clock: as fine as the machine has one."""

    def __init__(
        self,
        clock_pin: Pin,
        data_pin: Pin,
        *,
        name: str,
        clock: Callable[[], float],
        pause: Callable[[float], object],
        errors: tuple[type[Exception], ...],
        release: Callable[[], object],
    ) -> None:
        self._clock_pin, self._data_pin, self.name = clock_pin, data_pin, name
        self._clock, self._pause, self._errors, self._release = clock, pause, errors, release
        self.too_slow = 0  # words thrown away for a pulse that took too long

    def begin(self) -> None:
        self._guarded(lambda: setattr(self._clock_pin, "state", 0))

    def sample(self) -> int | None:
        return self._guarded(self._word)

    def end(self) -> None:
        """It cannot be asked how it is set: 25 pulses set it at every word."""

    def close(self) -> None:
        self._release()

    def _word(self) -> int | None:
        if self._data_pin.state:
            return None
        word, longest_s = 0, 0.0
        for pulse in range(PULSES):
            before_s = self._clock()
            self._clock_pin.state = 1
            self._clock_pin.state = 0
            longest_s = max(longest_s, self._clock() - before_s)
            if pulse < BITS:
                word = word << 1 | bool(self._data_pin.state)
        if longest_s > LONGEST_HIGH_S:
            self.too_slow += 1
            self._pause(SETTLE_S)
            return None
        if not self._data_pin.state:
            return None  # the last pulse makes the chip let go of the line (vendor text): nobody is there
        counts = from_bits(word)
        return counts if believable(counts) else None

    def _guarded(self, job: Callable[[], T]) -> T:
        try:
            return job()
        except self._errors as error:
            raise HardwareFault(f"hx711 {self.name}: {error}") from error


def claim(
    factory: Any, pin: int, kind: Literal["input", "output"], errors: tuple[type[Exception], ...]
) -> tuple[Pin, Callable[[], object]]:
    """The bare pin of a gpiozero factory, and how to give it back.  HardwareFault when it is taken."""
    from gpiozero import InputDevice, OutputDevice

    try:
        device = (OutputDevice if kind == "output" else InputDevice)(pin, pin_factory=factory)
    except errors as error:
        raise HardwareFault(f"hx711 pin {pin}: {error}") from error
    return device.pin, device.close
