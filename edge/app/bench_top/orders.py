"""What whoever sits at the bench may type: hands at doors, and troubles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Final

from edge.app.wall import numbers
from edge.core.errors import BadInput, LockerError
from hal.bench.bench import Bench
from hal.sim.parcels import PERSON
from hal.sim.world import World

__all__ = ["HELP", "Orders"]

HELP: Final = {
    "open N": "pull the door open; if its latch holds, with the key",
    "shut N": "push it shut",
    "put N": "a parcel into an open compartment",
    "take N": "everything out of it",
    "jam N": "the latch does not move; again: mended",
    "cross N M": "swap the coils of two doors; again: mended",
    "dead, deaf, mute": "of every board, or of the board of door N; again: mended",
    "slow S": "every board answers S seconds late; slow 0: mended",
    "echo": "the adapter hears itself; again: no more",
    "noise": "bytes on the line that nobody sent",
    "unplug": "pull the adapter out; again: plug it in",
    "mend": "repair everything",
    "quit": "end, as Ctrl-C does",
}
NOISE: Final = bytes.fromhex("00 FF 8A 02 90 5A")
BOARD_FAULTS: Final = ("dead", "deaf", "mute")


class Orders:
    """`obey(line)` does it and says what came of it, also when that is an error."""

    def __init__(self, world: World, bench: Bench, stop: Callable[[], object]) -> None:
        self._world, self._bench, self._stop = world, bench, stop
        self._parcels = itertools.count(1)
        self._orders: dict[str, Callable[[list[str]], str]] = {
            "open": lambda args: self._each(args, self._open),
            "shut": lambda args: self._each(args, self._shut),
            "put": lambda args: self._each(args, self._put),
            "take": lambda args: self._each(args, self._take),
            "jam": lambda args: self._each(args, self._jam),
            "cross": self._cross,
            "slow": self._slow,
            "echo": lambda _: self._echo(),
            "noise": lambda _: self._noise(),
            "unplug": lambda _: self._unplug(),
            "mend": lambda _: self._mend(),
            "quit": lambda _: self._quit(),
            "help": lambda _: "; ".join(HELP),
            **{name: self._fault_of_board(name) for name in BOARD_FAULTS},
        }

    def obey(self, line: str) -> str:
        word, *args = line.split() or [""]
        order = self._orders.get(word.lower())
        if order is None:
            return f"{line.strip()!r} is no order; there are {', '.join(self._orders)}" if word else ""
        self._world.catch_up()
        try:
            return order(args)
        except LockerError as error:
            return str(error)

    def _each(self, args: Sequence[str], act: Callable[[int], str]) -> str:
        doors = numbers(",".join(args))
        if not doors:
            raise BadInput("which door? a number, or such as 1-3")
        return "; ".join(act(door) for door in doors)

    def _open(self, door: int) -> str:
        if self._world.person.pull(door):
            return f"door {door}: pulled open"
        self._world.person.open_by_key(door)
        return f"door {door}: the latch holds; opened with the mechanical key"

    def _shut(self, door: int) -> str:
        self._world.person.shut(door)
        return f"door {door}: pushed shut"

    def _put(self, door: int) -> str:
        parcel = self._world.parcels.make(f"parcel {next(self._parcels)}")
        self._world.person.put(parcel, door)
        return f"door {door}: {parcel.name} put in"

    def _take(self, door: int) -> str:
        taken = self._world.person.take(door)
        for parcel in taken:
            if parcel.place == PERSON:
                self._world.person.drop(parcel)
        return f"door {door}: {len(taken)} taken out"

    def _jam(self, door: int) -> str:
        return f"door {door}: {self._turned('jam', door)}"

    def _cross(self, args: list[str]) -> str:
        pair = numbers(",".join(args))
        if pair is None or len(pair) != 2:
            raise BadInput("which two doors? such as: cross 3 4")
        door, other = pair
        if self._world.faults.clear("crossed_wires", door):
            return f"doors {door} and {other}: their coils are where they belong"
        self._world.faults.set("crossed_wires", door, other=other)
        return f"doors {door} and {other}: their coils are swapped"

    def _fault_of_board(self, name: str) -> Callable[[list[str]], str]:
        def order(args: list[str]) -> str:
            doors = numbers(",".join(args)) or (0,)
            where = f"the board of door {doors[0]}" if doors[0] else "every board"
            return f"{where}: {self._turned(f'board_{name}', doors[0])}"

        return order

    def _slow(self, args: list[str]) -> str:
        try:
            seconds = float(args[0])
        except (IndexError, ValueError):
            raise BadInput("how many seconds? such as: slow 1.5") from None
        if seconds:
            self._world.faults.set("board_slow", seconds=seconds)
        else:
            self._world.faults.clear("board_slow")
        return f"every board: {seconds:g} s late"

    def _turned(self, fault: str, door: int) -> str:
        """Set it, or clear it where it is set."""
        if self._world.faults.clear(fault, door):
            return "mended"
        self._world.faults.set(fault, door)
        return fault.removeprefix("board_")

    def _echo(self) -> str:
        self._bench.bus.echo = not self._bench.bus.echo
        return "the adapter hears itself" if self._bench.bus.echo else "the adapter no longer hears itself"

    def _noise(self) -> str:
        self._bench.bus.noise(NOISE)
        return ""

    def _unplug(self) -> str:
        if self._bench.port.device:
            self._bench.port.unplug()
            return "the adapter is out"
        self._bench.port.plug()
        return f"the adapter is in, at {self._bench.port.device}"

    def _mend(self) -> str:
        gone = self._world.faults.clear()
        self._bench.bus.echo = False
        self._bench.port.plug()
        return f"all mended: {gone} faults"

    def _quit(self) -> str:
        self._stop()
        return ""
