"""What the author of a driver brings: his bank, what his board saw, and the trouble he can make."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from msgspec import Struct

from edge.core.errors import Broken, Refuse
from edge.core.ports import LockBank, UnlockOrder
from hal.coil import CoilGuard
from hal.timer import SteppedTimer, ThreadTimer, Timer

__all__ = ["Bank", "ContractBroken", "Driven", "NotTried", "Rig"]


class ContractBroken(Broken):
    """A driver did not do what it promises; the message says what was wanted and what came."""


class NotTried(Refuse):
    """The rig has no means for it."""


class Bank(LockBank, Protocol):
    """A lock bank that tells when a pulse begins: every driver's is one."""

    on_began: Callable[[UnlockOrder, float], None] | None


class Driven(Struct, frozen=True):
    """A coil was switched on: whose, and when on the rig's timer."""

    door: int
    at_s: float


class Rig(ABC):
    """One bank and the board behind it, fresh for each promise that is tried.

    Must be given: `doors`, at least two, all shut at the beginning and their contacts saying so; `bank`; and the
    board must call `saw(door)` whenever it switches a coil on.  All else may be given.

    timer: the time of the guard, which must be the driver's as well: `timer.now_s`.  stepped: it moves only when
    somebody waits, for boards in the same process; otherwise it is the machine's.
    options: the driver's options.
    """

    doors: Sequence[int] = ()
    stepped = False
    options: type[Struct] | None = None

    def __init__(self) -> None:
        self.timer: Timer = SteppedTimer() if self.stepped else ThreadTimer(name="conformance")
        self.driven: list[Driven] = []

    # -- must ---------------------------------------------------------------------------------------------------------

    @abstractmethod
    def bank(self, guard: CoilGuard) -> Bank:
        """The open bank, its pulses through this guard; called once.  Short pulses make short work: 20 ms."""

    def saw(self, door: int) -> None:
        """The board switched the coil of this door on, just now.  From any thread."""
        self.driven.append(Driven(door, self.timer.now_s()))

    # -- may ----------------------------------------------------------------------------------------------------------

    def move(self, door: int, shut: bool) -> None:
        """The door is shut or opened by hand: its contact says so."""
        raise NotTried("the rig has no move(door, shut)")

    def on(self) -> Collection[int]:
        """The doors whose coils are on now."""
        raise NotTried("the rig has no on()")

    def mute(self) -> None:
        """From now on the board hears and obeys, and answers nothing."""
        raise NotTried("the rig has no mute()")

    def garble(self) -> None:
        """From now on the board hears and obeys, and its answers come spoilt."""
        raise NotTried("the rig has no garble()")

    def hold(self) -> None:
        """From now on answers are held back, until `release`."""
        raise NotTried("the rig has no hold() and release()")

    def release(self) -> None:
        """What was held back comes now, and everything is well again."""
        raise NotTried("the rig has no hold() and release()")

    def unplug(self) -> None:
        """The line is gone, with everything behind it."""
        raise NotTried("the rig has no unplug()")

    def heal(self) -> None:
        """After `mute` or `garble`: everything is well again."""
        raise NotTried("the rig has no heal()")

    def close(self) -> None:  # noqa: B027  (most hold nothing)
        """Give back what the rig holds."""

    # -- of the suite -------------------------------------------------------------------------------------------------

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        if isinstance(self.timer, SteppedTimer):
            self.timer.advance(self.timer.now_s() + seconds)
        else:
            threading.Event().wait(seconds)
