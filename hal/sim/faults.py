"""Faults by name: set and cleared per door, per board, or for the whole site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Final

from msgspec import Struct

from edge.core.errors import BadInput
from hal.sim.chronicle import Chronicle, Deed

__all__ = ["FAULTS", "Fault", "Faults"]

# What each fault belongs to.  A door fault without a door is at every door; a board fault without one at every board.
DOOR, BOARD, SITE = "door", "board", "site"
FAULTS: Final[dict[str, str]] = {
    "jam": DOOR,  # the latch does not move, whatever the coil does
    "loaded": DOOR,  # something leans on the latch: it moves only for two seconds after a push
    "weak_spring": DOOR,  # the latch lets go for a moment, but the door has to be pulled
    "stuck_open": DOOR,  # the feedback says open, always
    "stuck_closed": DOOR,  # the feedback says closed, always
    "latch_only": DOOR,  # the door switch is gone, the latch's own contact remains
    "no_content_sensor": DOOR,  # scale or infrared gives no reading
    "scale_drift": DOOR,  # the scale creeps by 400 g an hour, or jumps once by `grams`
    "infrared_blocked": DOOR,  # the beam is dirty: always broken
    "forced": DOOR,  # somebody breaks the door open now; it does not hold shut until this is cleared
    "mechanical_key": DOOR,  # somebody opens the door with the key, now
    "crossed_wires": DOOR,  # the coils of `door` and `other` are swapped, the feedback is not
    "board_dead": BOARD,  # nobody answers on the line and nothing can be sent
    "board_mute": BOARD,  # it does what it is told and never answers
    "board_deaf": BOARD,  # it hears nothing and never answers
    "board_slow": BOARD,  # it answers `seconds` late
    "brown_out": SITE,  # the locks' rail lies at 6.5 V: nothing pulls
    "camera_gone": SITE,  # no frames
    "double_scan": SITE,  # the reader gives each code twice
}


class Fault(Struct, frozen=True):
    """One fault that is there.  `door` 0 and `board` "" mean every one."""

    name: str
    door: int = 0
    board: str = ""
    other: int = 0
    seconds: float = 0.0
    grams: int = 0


class Faults:
    """What is broken now.  `board_of` says for each door of the wall on which board it hangs."""

    def __init__(
        self,
        board_of: Mapping[int, str],
        chronicle: Chronicle,
        acts: Callable[[Fault], None],
        lock: RLock,
        mended: Callable[[Fault], None],
    ) -> None:
        """`acts` and `mended` are called with each fault as it is set, and when it is gone."""
        self._board_of, self._chronicle, self._lock = board_of, chronicle, lock
        self._acts, self._mended = acts, mended
        self._set: dict[tuple[str, int, str], Fault] = {}
        self._names: frozenset[str] = frozenset()  # of what is set: asked for each contact at each reading

    def set(
        self, name: str, door: int = 0, *, board: str = "", other: int = 0, seconds: float = 0.0, grams: int = 0
    ) -> Fault:
        """Let the fault be there from now on.  BadInput when there is no such fault, door or board."""
        door, board = self._place(name, door, board)
        if name == "crossed_wires" and (not door or other not in self._board_of or other == door):
            raise BadInput(f"fault crossed_wires: door {door} and other {other} must be two doors of the wall")
        if not 0 <= seconds <= 600:
            raise BadInput(f"fault {name}: {seconds} seconds, limits 0 to 600")
        fault = Fault(name, door, board, other, seconds, grams)
        with self._lock:
            self._set[name, door, board] = fault
            self._names = self._names | {name}
            self._chronicle.write(Deed.FAULT_SET, door=door, of=board, note=name)
            self._acts(fault)
        return fault

    def clear(self, name: str = "", door: int = 0, *, board: str = "") -> int:
        """Repair that fault at that place, that fault everywhere, or everything.  Returns how many went."""
        if name:
            door, board = self._place(name, door, board)
        with self._lock:
            gone = [key for key in self._set if _meant(key, name, door, board)]
            for key in gone:
                fault = self._set.pop(key)
                self._names = frozenset(name for name, _, _ in self._set)
                self._chronicle.write(Deed.FAULT_CLEARED, door=key[1], of=key[2], note=key[0])
                self._mended(fault)
        return len(gone)

    def find(self, name: str, door: int = 0, board: str = "") -> Fault | None:
        """The fault as it is at this door or board; of a board's fault, at the board on which `door` hangs."""
        if door and FAULTS.get(name) == BOARD:
            door, board = 0, self._board_of.get(door, board)
        return self._set.get((name, door, board)) or self._set.get((name, 0, ""))

    def has(self, name: str, door: int = 0, board: str = "") -> bool:
        return name in self._names and self.find(name, door, board) is not None

    @property
    def any(self) -> bool:
        """Whether anything is broken at all."""
        return bool(self._set)

    def now(self) -> tuple[Fault, ...]:
        return tuple(self._set.values())

    def crossed(self, door: int) -> int:
        """The door whose coil really hangs on the channel of `door`."""
        for fault in self._set.values():
            if fault.name == "crossed_wires" and door in (fault.door, fault.other):
                return fault.other if door == fault.door else fault.door
        return door

    def _place(self, name: str, door: int, board: str) -> tuple[int, str]:
        belongs = FAULTS.get(name)
        if belongs is None:
            raise BadInput(f"fault {name!r}: there is no such fault; there are {', '.join(FAULTS)}")
        if door and door not in self._board_of:
            raise BadInput(f"fault {name}: door {door} is not in this wall")
        if board and board not in self._board_of.values():
            raise BadInput(f"fault {name}: board {board!r} is not in this wall")
        if belongs == BOARD and door:
            return 0, self._board_of[door]
        return (door, "") if belongs == DOOR else (0, board if belongs == BOARD else "")


def _meant(key: tuple[str, int, str], name: str, door: int, board: str) -> bool:
    return name in ("", key[0]) and (not door or key[1] == door) and (not board or key[2] == board)
