"""A board in this process, a sound driver for it, and drivers that each have one sin."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from edge.core.errors import BadInput, HardwareFault
from edge.core.ports import DoorReading, UnlockOrder
from edge.core.words import Evidence, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.conformance import Bank, Rig
from hal.pulse import Pulse
from hal.timer import SteppedTimer

PULSE_S = 0.1


class PlainBoard:
    """Three locks.  What it answers lies in `come` until somebody takes it."""

    def __init__(self, clock: Callable[[], float], saw: Callable[[int], None]) -> None:
        self._clock, self._saw = clock, saw
        self.shut = {1: True, 2: True, 3: True}
        self.off_s: dict[int, float] = {}
        self.trouble = ""
        self.come: list[str] = []
        self.held: list[str] = []

    def send(self, request: str) -> None:
        if self.trouble == "gone":
            raise OSError(5, "Input/output error")
        if request.startswith("open "):
            lock = int(request[5:])
            self._saw(lock)
            self.off_s[lock] = self._clock() + PULSE_S
            answer = f"opened {lock}"
        else:
            answer = "doors " + "".join("1" if shut else "0" for shut in self.shut.values())
        match self.trouble:
            case "mute":
                return
            case "garble":
                self.come.append("?" + answer[1:])
            case "hold":
                self.held.append(answer)
            case _:
                self.come.append(answer)


class PlainOptions(Struct, frozen=True, forbid_unknown_fields=True):
    port: str = ""


class PlainBank:
    """As a driver should be."""

    pulse_ms = round(PULSE_S * 1000)

    def __init__(self, board: PlainBoard, guard: CoilGuard, clock: Callable[[], float]) -> None:
        self.board, self.clock = board, clock
        self.coils = guard.board_timed("plain", self, self.pulse_ms)

    @property
    def doors(self) -> Sequence[int]:
        return (1, 2, 3)

    @property
    def on_began(self) -> Callable[[UnlockOrder, float], None] | None:
        return self.coils.on_began

    @on_began.setter
    def on_began(self, told: Callable[[UnlockOrder, float], None] | None) -> None:
        self.coils.on_began = told

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self.doors:
            raise BadInput(f"door {order.door}: here are {self.doors}")
        return self.coils.fire(order, order.door)

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        if not go():
            return PulseOutcome.LATE
        try:
            answer = self.ask(f"open {pulse.channel}")
        except HardwareFault:
            return PulseOutcome.UNKNOWN
        return PulseOutcome.DONE if answer == f"opened {pulse.channel}" else PulseOutcome.UNKNOWN

    def ask(self, request: str) -> str | None:
        """HardwareFault when the line is gone."""
        self.drop_input()
        try:
            self.board.send(request)
        except OSError as error:
            raise HardwareFault(str(error)) from error
        return self.board.come.pop(0) if self.board.come else None

    def drop_input(self) -> None:
        self.board.come.clear()

    def read(self) -> Mapping[int, DoorReading]:
        at_s = self.clock()
        said = self.understood(self.ask("doors?"))
        return {
            door: DoorReading(
                Level.UNKNOWN if said is None else Level.CLOSED if said[door - 1] == "1" else Level.OPEN,
                Evidence.SWITCH,
                at_s,
            )
            for door in self.doors
        }

    def understood(self, answer: str | None) -> str | None:
        found = re.fullmatch("doors ([01]{3})", answer or "")
        return found[1] if found else None

    def close(self) -> None:
        self.coils.close()


class PlainRig(Rig):
    """Everything can be tried on it."""

    doors = (1, 2, 3)
    stepped = True
    options: type[Struct] | None = PlainOptions
    driver: type[PlainBank] = PlainBank

    def __init__(self) -> None:
        super().__init__()
        self.board = PlainBoard(self.timer.now_s, self.saw)

    def bank(self, guard: CoilGuard) -> Bank:
        return self.driver(self.board, guard, self.timer.now_s)

    def move(self, door: int, shut: bool) -> None:
        self.board.shut[door] = shut

    def on(self) -> Collection[int]:
        return [door for door, off_s in self.board.off_s.items() if self.timer.now_s() < off_s - 1e-9]

    def mute(self) -> None:
        self.board.trouble = "mute"

    def garble(self) -> None:
        self.board.trouble = "garble"

    def hold(self) -> None:
        self.board.trouble = "hold"

    def release(self) -> None:
        self.heal()
        self.board.come += self.board.held

    def heal(self) -> None:
        self.board.trouble = ""

    def unplug(self) -> None:
        self.board.trouble = "gone"


# -- sins -------------------------------------------------------------------------------------------------------------


class PulsesTwice(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        outcome = super().pulse(pulse, go)
        if outcome is not PulseOutcome.LATE:
            self.board.send(f"open {pulse.channel}")
        return outcome


class DrivesTheNextDoor(PlainBank):
    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self.coils.fire(order, order.door % 3 + 1)


class DoneOnSilence(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        if not go():
            return PulseOutcome.LATE
        self.ask(f"open {pulse.channel}")
        return PulseOutcome.DONE


class IgnoresTheDeadline(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        go()
        return super().pulse(pulse, lambda: True)


class AsksAfterwards(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        outcome = super().pulse(pulse, lambda: True)
        return outcome if go() else PulseOutcome.LATE


class AsksAndThenLooks(PlainBank):
    """The guard says yes, and then the driver makes the line ready, for a second."""

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        if not go():
            return PulseOutcome.LATE
        timer = self.coils._guard._timer
        assert isinstance(timer, SteppedTimer)
        timer.advance(timer.now_s() + 1.0)
        return super().pulse(pulse, lambda: True)


class KnowsNoGuard(PlainBank):
    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self.doors or self.clock() > order.not_after_s:
            return PulseOutcome.LATE if order.door in self.doors else PulseOutcome.REFUSED
        return self.pulse(Pulse(order, order.door, self.pulse_ms), lambda: True)


class ClosedOnGarbage(PlainBank):
    def understood(self, answer: str | None) -> str | None:
        return None if answer is None else "".join("0" if one == "0" else "1" for one in answer[-3:])


class ClosedOnSilence(PlainBank):
    def understood(self, answer: str | None) -> str | None:
        return "111" if answer is None else super().understood(answer)


class SendsAgain(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        outcome = super().pulse(pulse, go)
        return super().pulse(pulse, lambda: True) if outcome is PulseOutcome.UNKNOWN else outcome


class BrokenOnSilence(PlainBank):
    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        outcome = super().pulse(pulse, go)
        return PulseOutcome.BROKEN if outcome is PulseOutcome.UNKNOWN else outcome


class ReadsOldAnswers(PlainBank):
    def drop_input(self) -> None:
        """What came late is taken for the answer to the next question."""


class LetsErrorsThrough(PlainBank):
    def ask(self, request: str) -> str | None:
        self.drop_input()
        self.board.send(request)
        return self.board.come.pop(0) if self.board.come else None


class LeavesADoorOut(PlainBank):
    def read(self) -> Mapping[int, DoorReading]:
        return {door: reading for door, reading in super().read().items() if door != 3}


class HasAClockOfItsOwn(PlainBank):
    def read(self) -> Mapping[int, DoorReading]:
        return {door: DoorReading(r.level, r.evidence, r.at_s + 1e9) for door, r in super().read().items()}


class TellsNobody(PlainBank):
    on_began = None


class SaysThatPulsesAreShort(PlainBank):
    pulse_ms = 20


class ClosesOnce(PlainBank):
    closed = False

    def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed before")
        self.closed = True
        super().close()


class OpensForStrangers(PlainBank):
    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        return self.coils.fire(order, min(order.door, 3))


class GivesUpForGood(PlainBank):
    given_up = False

    def ask(self, request: str) -> str | None:
        answer = None if self.given_up else super().ask(request)
        self.given_up = answer is None
        return answer


class NamesADoorTwice(PlainBank):
    @property
    def doors(self) -> Sequence[int]:
        return (1, 2, 3, 3)


class DoneOnSilenceRig(PlainRig):
    driver = DoneOnSilence
