"""The seams to the outside: one narrow Protocol per thing, each with its guarantee, units and errors.

Every method here may block and is called from a worker lane (one lane per bank, so that one transaction is in flight
per bus), never from the loop.  All instants `*_s` are monotonic seconds of the runtime's clock, unless named wall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from edge.core.words import Adjusted, ClockTrust, Content, Evidence, Level, PulseOutcome, ScaleState


class DoorReading(Struct, frozen=True):
    """What a door's feedback said.

    level: debounced by the driver (sampled consensus); `unknown` when the board gave no valid answer.
    evidence: `switch` or `latch`, whichever the door has.
    at_s: monotonic instant at which the reading was *taken* (not delivered).
    """

    level: Level
    evidence: Evidence
    at_s: float


class ContentReading(Struct, frozen=True):
    """What a compartment's content sensor said.

    content: `unknown` while a scale has not settled or the sensor does not answer.
    weight_g: settled weight where the sensor is a scale, else None.
    at_s: monotonic instant at which the reading was taken.
    """

    content: Content
    at_s: float
    weight_g: int | None = None


class Weighing(Struct, frozen=True):
    """What the courier's scale said.

    at_s: monotonic instant; the weight was not taken before it (a stream: not before the frame then under way).
    weight_g: what it shows, in whole grams; it counts only while `state` is stable.  None: it shows no weight.
    net: a tare has been taken off.  detail: why, where the state alone does not tell.
    """

    state: ScaleState
    at_s: float
    weight_g: int | None = None
    net: bool = False
    detail: str = ""


class UnlockOrder(Struct, frozen=True):
    """One pulse of one door.  (opening, attempt) is unique for ever; the owner of the bus never repeats one."""

    door: int
    opening: int
    attempt: int
    not_after_s: float


class LockBank(Protocol):
    """The locks and feedback of some doors behind one board or bus.

    Guarantees: `unlock` drives exactly the named door's coil, at most once, through the coil guard, and not after
    `order.not_after_s`; it returns when the coil is off again (or was never driven) and says only what happened to
    the coil.  `read` returns a reading for every door of the bank, `unknown` where there is no valid answer.
    Errors: none for expected trouble (it is in the outcome or the reading); HardwareFault when the bank is gone.
    """

    @property
    def doors(self) -> Sequence[int]: ...

    def unlock(self, order: UnlockOrder) -> PulseOutcome: ...

    def read(self) -> Mapping[int, DoorReading]: ...

    def close(self) -> None: ...


class ContentSensors(Protocol):
    """The content sensors of some doors.  `read` gives one reading for each door asked for; it never raises."""

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]: ...

    def close(self) -> None: ...


class Scale(Protocol):
    """The courier's scale at the locker.

    Guarantees: `read` gives what the scale shows now, `unknown` where it gives no valid answer, and never a number
    from a frame that is not whole.  `zero` and `tare` say what was *seen* to come of it.  All return within 5 s.
    Errors: HardwareFault when the scale is gone or has said nothing valid for long.
    """

    def read(self) -> Weighing: ...

    def zero(self) -> Adjusted: ...

    def tare(self) -> Adjusted: ...

    def close(self) -> None: ...


class Indicator(Protocol):
    """Lights at doors and a buzzer.  Best effort: failures are counted, never raised."""

    def light(self, door: int, on: bool) -> None: ...

    def beep(self, tone: str) -> None: ...


class Supply(Protocol):
    """The rail that feeds the locks.  True: can open; False: alive but cannot open; None: not sensed."""

    def lock_rail_ok(self) -> bool | None: ...


class WallClock(Protocol):
    """Wall time as the machine has it, with where it came from.  It is doubted by the core, never trusted as it is."""

    def read(self) -> tuple[float, ClockTrust]:
        """Seconds since 1970 UTC, and its source (`unsynced`, `saved`, `rtc` or `ntp`)."""
        ...
