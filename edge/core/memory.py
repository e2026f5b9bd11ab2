"""What the runtime knows without writing it down: what the sensors say, and who stands at the screen.

It begins empty at every boot.  Anything that must survive a power cut is in the state.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field, structs

from edge.core.ports import ContentReading, DoorReading, Weighing
from edge.core.words import DOOR_MOVES, DoorState, Role, Size, legal


class DoorSense(Struct, frozen=True):
    """A door as it is seen now."""

    state: DoorState = DoorState.UNKNOWN
    reading: DoorReading | None = None
    began_s: float = -1.0  # when the present pulse began; -1: none has
    shut: bool = False  # last seen closed, and no pulse since that could have opened it
    ours_until_s: float = -1.0  # a pulse whose opening a fork ended may open it until then; -1: there is none
    latch_s: float = -1.0  # since when the latch of a live opening is retracted; -1: it is not
    shut_s: float = -1.0  # since when its latch has sprung back; -1: it has not, or that counts already
    closed_s: float = -1.0  # when it was last seen closed again
    unseen_s: float = -1.0  # since when nobody sees whether the door of a live opening is open; -1: it is seen
    unseen_ms: int = 0  # how much of its last opening nobody saw before it was seen closed
    judged: bool = False  # its content has been judged since


class Lying(Struct, frozen=True):
    """What the sensor of a compartment sees where the books have nothing."""

    since_s: float  # when it was seen first, without a break and without the door being opened since
    asked: bool = False  # to look, or somebody looked: nobody is again before it was sensed empty or opened


class Session(Struct, frozen=True):
    """One person at the screen.  `stage` names the screen; the flow that set it reads the rest."""

    role: Role
    stage: str
    purpose: str = ""
    reservation: str = ""
    authority: str = ""  # code, pin, badge
    generation: int = 0
    expires_s: int = 0
    badge: str = ""
    carriers: tuple[str, ...] = ()  # for whom a courier may act; the first is meant where a label does not tell
    permissions: frozenset[str] = frozenset()
    doors: tuple[int, ...] = ()  # still to be opened, in this order
    opening: int = 0  # the one the screen is about
    door: int = 0
    parcel: str = ""
    label: str = ""  # tracking number on the screen, forgotten with the session
    size: Size | None = None
    second_factor: str = ""  # badge whose PIN is being asked for
    deposited: tuple[str, ...] = ()
    collected: tuple[str, ...] = ()
    scanned: tuple[str, ...] = ()  # labels scanned out of the open door
    reachable: bool = False  # wants a door within reach of a wheelchair
    stuck: tuple[str, int] = ("", 0)  # the parcel, and the door that did not open for it: another one is given
    weighed: tuple[str, int] = ("", 0)  # the parcel whose label was scanned last, and what the scale then showed, in g
    since: int = 0  # the first number that an opening of theirs can have: earlier ones are of those who have gone
    looked: bool = False  # has been asked to look into compartments in review
    last_opening: int = 0  # the last deposit, which may be undone
    params: dict[str, Any] = {}  # of the present screen: numbers, never sentences
    warned: bool = False
    extended: int = 0
    touched_s: float = 0.0

    def at(self, stage: str, **changes: Any) -> Session:
        """The same person at the next screen."""
        changes.setdefault("params", {})
        return structs.replace(self, stage=stage, warned=False, **changes)


class Memory(Struct, frozen=True):
    doors: dict[int, DoorSense] = field(default_factory=dict)
    contents: dict[int, ContentReading] = field(default_factory=dict)
    lying: dict[int, Lying] = field(default_factory=dict)
    session: Session | None = None
    choices: int = 0  # number of the last choice set shown, over all sessions
    refusals: dict[str, tuple[float, int]] = field(default_factory=dict)  # reason → since when, how many not yet told
    formats: str = "qr"
    unread: str = ""  # why the code before the camera cannot be read, as long as that is so
    reach: bool = False  # the page is lowered: whoever drops something off would rather have a door within reach
    online: bool = False
    full: bool = False  # the last commit found no room; nothing is decided for people until one does
    nonces: tuple[tuple[bytes, float], ...] = ()  # what an order to open may answer, and when each was made
    rail_ok: bool = True
    broken: frozenset[str] = frozenset()  # parts that do not answer: "board:a", "camera:main"
    scale: Weighing | None = None  # what the courier's scale shows
    counted_g: int | None = None  # the load on it that a parcel was scanned for; it is nobody else's
    asked: dict[int, int] = field(default_factory=dict)  # door → technician's request that waits for its opening

    def sense(self, door: int) -> DoorSense:
        return self.doors.get(door, DoorSense())

    def sent_home(self) -> Memory:
        """What becomes of the person at the screen cannot be written, so nothing does."""
        return self.with_(full=True, session=None, choices=self.choices + 1)

    def with_(self, **changes: Any) -> Memory:
        return structs.replace(self, **changes)

    def with_door(self, door: int, **changes: Any) -> Memory:
        old = self.sense(door)
        if "state" in changes:
            legal(DOOR_MOVES, f"door {door}", old.state, changes["state"])
        return self.with_(doors={**self.doors, door: structs.replace(old, **changes)})
