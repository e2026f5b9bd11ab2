"""What makes the locks of a serial board safe when the program that pulsed them has died.

All the makes time their pulses themselves: a coil that was on goes off within its pulse, whoever is dead.  One of them
can also be told to end it at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edge.core.errors import LockerError
from hal.boards.options import BoardOptions
from hal.boards.waveshare import Waveshare
from hal.bus import Exchange, shared

__all__ = ["all_relays_off"]

ANSWERED_S: Final = 0.1  # the answer to the first order is over by then: nothing is sent into it


def all_relays_off(options: BoardOptions) -> str:
    """Tell a Waveshare board so; what came of it, in words.  Never raises: without an answer its pulses end as well."""
    bus = shared(options.port, options.baud)
    off = Waveshare(options.address).all_off()
    try:
        bus.ask(Exchange(off.request, None, 0.0))  # first, and unheard: whether the adapter echoes does not matter yet
        assert off.probe is not None, "its answer is its request"
        bus.ask(replace(off, probe=replace(off.probe, settle_s=ANSWERED_S)))
    except LockerError as error:
        return f"its board ends every pulse by itself; it did not confirm that all relays are off: {error}"
    finally:
        bus.leave()
    return "all relays are off"
