"""The rigs of our own drivers: what the suite needs to try them as it tries anybody's."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec
from gpiozero.pins.mock import MockFactory, MockPin

from edge.core.site import CompartmentPlan
from edge.core.words import Cutoff
from hal.boards.bank import BoardBank
from hal.boards.options import MAKES
from hal.coil import CoilGuard
from hal.conformance import Bank, Rig
from hal.gpio import GpioBank, GpioDoor, GpioOptions
from hal.mcp23017 import ExpanderBank, ExpanderDoor, ExpanderOptions
from hal.sim.chronicle import Deed
from hal.sim.drivers import SimBank
from hal.sim.remote import RemoteBank, SimOptions
from hal.sim.server import serve
from hal.sim.world import World
from tests.boards.far_end import FarEnd
from tests.boards.makes import Board, Cu16Board, Cu48Board, WaveshareBoard, WinnsenBoard, WklyBoard, YsBoard
from tests.boards.wire import Wire
from tests.pins.chips import HeardBus


class BoardRig(Rig):
    """A board on a pseudo-terminal, with real pyserial at the near end and a byte-level board at the far one."""

    doors = (1, 2, 3)
    make: type[Board]

    def __init__(self) -> None:
        super().__init__()
        self.options = MAKES[self.make.driver]
        self._stack = contextlib.ExitStack()
        self._board = self.make()
        self._board.pulsed = _Told(self.saw)
        wire = self._stack.enter_context(Wire())
        self._far = FarEnd(wire, [self._board])
        self._stack.callback(self._far.close)
        self._told = {
            "port": wire.path,
            "address": 1,
            "contact": "closed_when_shut",
            "evidence": "latch",
            "pulse_ms": 20,
            **self._board.options,
        }

    def bank(self, guard: CoilGuard) -> Bank:
        options = msgspec.convert(self._told, MAKES[self.make.driver])
        return BoardBank("a", options, self.doors, guard, clock=self.timer.now_s)

    def move(self, door: int, shut: bool) -> None:
        self._board.shorted[door] = shut

    def mute(self) -> None:
        self._far.spoil = _nothing

    def garble(self) -> None:
        self._far.spoil = lambda _, answer: answer and answer[:-1] + bytes([answer[-1] ^ 0x41])

    def heal(self) -> None:
        self._far.spoil = lambda _, answer: answer

    def hold(self) -> None:
        self._far.hold = True

    def release(self) -> None:
        self._far.hold = False
        self._far.release()

    def unplug(self) -> None:
        self._far.unplug()

    def close(self) -> None:
        self._stack.close()


def _nothing(request: bytes, answer: bytes) -> bytes:
    return b""


class _Told(list[int]):
    """The pulses of a board; each is told as it comes."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, lock: int) -> None:
        self._tell(lock)
        super().append(lock)


class YsRig(BoardRig):
    make = YsBoard


class Cu16Rig(BoardRig):
    make = Cu16Board


class Cu48Rig(BoardRig):
    make = Cu48Board


class WaveshareRig(BoardRig):
    make = WaveshareBoard


class WklyRig(BoardRig):
    make = WklyBoard


class WinnsenRig(BoardRig):
    make = WinnsenBoard


class GpioRig(Rig):
    """gpiozero's mock pins.  Pins answer always and cannot be unplugged: that is not tried."""

    doors = (1, 2)
    stepped = True
    options = GpioOptions
    LOCKS, CONTACTS = {1: 17, 2: 18}, {1: 5, 2: 6}

    def __init__(self) -> None:
        super().__init__()
        rig = self

        class SeenPin(MockPin):  # type: ignore[misc]
            def _change_state(self, value: bool) -> bool:
                changed = bool(super()._change_state(value))
                door = next((door for door, pin in rig.LOCKS.items() if self.info.name == f"GPIO{pin}"), None)
                if changed and value and door and self.function == "output":
                    rig.saw(door)
                return changed

        self._factory = MockFactory(pin_class=SeenPin)

    def bank(self, guard: CoilGuard) -> Bank:
        doors = [
            GpioDoor(door=door, lock_pin=self.LOCKS[door], feedback_pin=self.CONTACTS[door]) for door in self.doors
        ]
        options = GpioOptions("mock", Cutoff.KERNEL, tuple(doors), pulse_ms=20)
        bank = GpioBank(options, guard, factory=self._factory, clock=self.timer.now_s, pause=self.pause)
        for door in self.doors:
            self.move(door, True)
        return bank

    def move(self, door: int, shut: bool) -> None:
        pin = self._factory.pin(self.CONTACTS[door])
        (pin.drive_low if shut else pin.drive_high)()

    def on(self) -> Collection[int]:
        pins = {door: self._factory.pin(pin) for door, pin in self.LOCKS.items()}
        return [door for door, pin in pins.items() if pin.function == "output" and pin.state]


class ExpanderRig(Rig):
    """A simulated MCP23017 behind a bus that can fail."""

    doors = (1, 2)
    stepped = True
    options = ExpanderOptions
    LOCKS, CONTACTS = {1: "A0", 2: "A7"}, {1: "B0", 2: "B1"}

    def __init__(self) -> None:
        super().__init__()
        rig = self

        class SeenBus(HeardBus):
            def write(self, address: int, register: int, data: bytes) -> None:
                before = dict(self.chip.pulses)
                super().write(address, register, data)
                for door, pin in rig.LOCKS.items():
                    if self.chip.pulses.get(pin, 0) > before.get(pin, 0):
                        rig.saw(door)

        self._bus = SeenBus()
        for door in self.doors:
            self.move(door, True)

    def bank(self, guard: CoilGuard) -> Bank:
        doors = [ExpanderDoor(door=d, lock_pin=self.LOCKS[d], feedback_pin=self.CONTACTS[d]) for d in self.doors]
        options = ExpanderOptions(bus="heard", cutoff=Cutoff.MONOSTABLE, doors=tuple(doors), pulse_ms=20)
        return ExpanderBank(options, guard, bus=self._bus, clock=self.timer.now_s, pause=self.pause)

    def move(self, door: int, shut: bool) -> None:
        self._bus.chip.driven[self.CONTACTS[door]] = not shut

    def on(self) -> Collection[int]:
        return [door for door, pin in self.LOCKS.items() if self._bus.chip.drives(pin)]

    def unplug(self) -> None:
        self._bus.mute = 10_000


class WorldRig(Rig):
    """A world, and the driver of one in the same process."""

    doors = (1, 2, 3)
    stepped = True

    def __init__(self) -> None:
        super().__init__()
        self._world = World(
            [CompartmentPlan(door) for door in self.doors], 7, self.timer.now_s(), clock=self.timer.now_s
        )
        self._world.chronicle.watch(lambda entry: self.saw(entry.door) if entry.deed is Deed.PULSE_BEGAN else None)

    def bank(self, guard: CoilGuard) -> Bank:
        return SimBank(self._world, self.timer.now_s, guard=guard, pulse_ms=20)

    def move(self, door: int, shut: bool) -> None:
        with self._world.nature.lock:
            self._world.catch_up()
            if shut:
                self._world.compartment(door).door.shut()
            else:
                self._world.compartment(door).door.break_open("hand")

    def on(self) -> Collection[int]:
        self._world.catch_up()
        return [door for door in self.doors if self._world.compartment(door).door.coil.on_s is not None]

    def mute(self) -> None:
        self._world.faults.set("board_mute")

    def heal(self) -> None:
        self._world.faults.clear("board_mute")

    def hold(self) -> None:
        self._world.faults.set("board_slow", seconds=3.0)

    def release(self) -> None:
        self._world.faults.clear("board_slow")

    def unplug(self) -> None:
        self._world.faults.set("board_dead")


class SimRig(WorldRig):
    """`driver = "sim"`: the same world, served on a socket."""

    stepped = False
    options = SimOptions

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="world-")
        self._path = Path(self._folder.name) / "socket"
        self._ready, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="world", daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def bank(self, guard: CoilGuard) -> Bank:
        options = SimOptions(str(self._path), pulse_ms=20, timeout_s=0.3)
        return RemoteBank(options, self.doors, guard, clock=self.timer.now_s)

    def unplug(self) -> None:
        """Nobody serves the world any more."""
        if not self._ended:
            self._ended = True
            self._loop.call_soon_threadsafe(self._serving.cancel)
            self._thread.join(10)
            assert not self._thread.is_alive()

    def close(self) -> None:
        self.unplug()
        self._folder.cleanup()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda *_: None)  # conversations are cut off on purpose
        self._serving = asyncio.ensure_future(serve(self._path, self._world, ready=self._ready.set))
        with contextlib.suppress(asyncio.CancelledError):
            await self._serving


OURS: dict[str, type[Rig]] = {
    "ys": YsRig,
    "cu16": Cu16Rig,
    "cu48": Cu48Rig,
    "waveshare": WaveshareRig,
    "wkly": WklyRig,
    "winnsen": WinnsenRig,
    "gpio": GpioRig,
    "mcp23017": ExpanderRig,
    "sim": SimRig,
    "sim in the same process": WorldRig,
}
