"""Whether the locks have power, from a pin that is wired to their rail through a divider or an optocoupler.

A battery board keeps the machine alive in a power cut, and not the locks: then nobody is asked for a code in vain.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from gpiozero import DigitalInputDevice

from edge.core.errors import HardwareFault
from hal.debounce import consensus
from hal.factories import library_errors

__all__ = ["RailSense"]

PULLS: Final = {"up": True, "down": False, "none": None}


class RailSense:
    """A Supply.  factory: an open gpiozero factory.  good: the pin's level while the locks have power.

    HardwareFault when the pin cannot be claimed.
    """

    def __init__(
        self,
        factory: Any,
        library: str,
        pin: int,
        *,
        good: str,
        pull: str,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = threading.Event().wait,
    ) -> None:
        self._errors = library_errors(library)
        self._good, self._clock, self._pause = good == "high", clock, pause
        pull_up = PULLS[pull]
        try:
            self._pin = DigitalInputDevice(
                pin, pull_up=pull_up, active_state=True if pull_up is None else None, pin_factory=factory
            )
        except self._errors as error:
            raise HardwareFault(f"supply: rail pin {pin}: {error}") from error

    def lock_rail_ok(self) -> bool | None:
        """None while the pin cannot be read, or does not stand still."""
        return consensus(["rail"], self._look, self._clock, self._pause)["rail"][0]

    def close(self) -> None:
        self._pin.close()

    def _look(self, _key: str) -> bool | None:
        try:
            return bool(self._pin.pin.state) is self._good
        except self._errors:
            return None
