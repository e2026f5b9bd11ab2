"""Everything the runtime can be told.  One way in: each is stamped on arrival and decided in turn."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from edge.core.judgement import JudgementTime
from edge.core.ports import ContentReading, DoorReading, Weighing
from edge.core.rows import Stamp
from edge.core.words import PulseOutcome


class Moment(Struct, frozen=True):
    """When an input came, by every clock there is, and a pinch of chance for whoever must not be guessed.

    mono_s: the runtime's monotonic clock.  stamp: the same for the journal.  time: how far the wall clock is believed.
    dice: 16 random bytes, so that deciding stays a pure function.
    """

    mono_s: float
    stamp: Stamp
    time: JudgementTime
    dice: bytes = bytes(16)


class Input(Struct, frozen=True, tag=True):
    """Root of all inputs."""


class Boot(Input, frozen=True):
    """The first input: every level and content as read at start."""

    version: str
    doors: dict[int, DoorReading]
    contents: dict[int, ContentReading]
    release_s: int = 0  # signed time of the release build, 0 when it carries none


class Levels(Input, frozen=True):
    """Door readings, for any number of doors.  Coalesced: the latest of each door counts, none is lost."""

    doors: dict[int, DoorReading]


class Contents(Input, frozen=True):
    """Content readings, coalesced like levels."""

    doors: dict[int, ContentReading]


class Weighed(Input, frozen=True):
    """What the courier's scale shows now; told when it changes."""

    weighing: Weighing


class PulseBegan(Input, frozen=True):
    """The owner of the bus is about to drive the coil.  Edges from before `at_s` are not this pulse's evidence."""

    door: int
    opening: int
    attempt: int
    at_s: float


class PulseEnded(Input, frozen=True):
    """What became of the coil."""

    door: int
    opening: int
    attempt: int
    outcome: PulseOutcome
    detail: str = ""


class Scan(Input, frozen=True):
    """A code in view.  `symbology` as the decoder names it (QRCode, Code128, …)."""

    text: str
    symbology: str = "QRCode"


class Typed(Input, frozen=True):
    """Digits or letters that a person typed and confirmed."""

    text: str
    choices: int  # number of the choice set that was on the screen


class Chosen(Input, frozen=True):
    """A tap on a choice.  Stale when `choices` is not the number of the choice set on the screen."""

    choice: str
    choices: int


class Timer(Input, frozen=True):
    """A timer has run out.  `key` says whose it is: opening and attempt, so that old ones match nothing."""

    key: tuple[str, ...]


class Order(Input, frozen=True):
    """A signed command of the cloud, as it came."""

    data: bytes


class Document(Input, frozen=True):
    """A signed document of the cloud outside of a command: keys, roster, standing list, time_reset."""

    name: str
    data: bytes


class SignedTime(Input, frozen=True):
    """Verified signed time."""

    time_s: int
    source: str


class Link(Input, frozen=True):
    """Whether the cloud can be reached."""

    up: bool


class Health(Input, frozen=True):
    """A part works or does not: board, camera, reader, content sensor, supply."""

    what: str
    which: str
    ok: bool
    detail: str = ""


class Unread(Input, frozen=True):
    """Why a code that the camera sees cannot be read just now: `glare`, `too_far`, `blurred`; empty: it sees none."""

    why: str


class Reach(Input, frozen=True):
    """Whether the person at the screen would rather have a door within reach of a wheelchair.

    Told by the page when its screen is lowered or raised again; no word means no.
    """

    wanted: bool


class Space(Input, frozen=True):
    """Where the free space for the journal stands."""

    mark: str


class Dropped(Input, frozen=True):
    """The inbox was full: so many of a kind were dropped."""

    what: str
    count: int


class Forked(Input, frozen=True):
    """The journal began a new epoch, because its card was copied or restored, or the hub knows another past."""

    reason: str
    old_epoch: str
    old_seq: int
    old_hash: str
    gap: bool = False


class Technical(Input, frozen=True):
    """An act of a person on the control socket, named by the kernel's word for who they are."""

    act: str  # open, out_of_service, in_service, empty, clear_alarm, time_reset, zero_scale, tare_scale
    user: str
    reason: str
    door: int = 0
    request: int = 0  # to answer to
    detail: dict[str, Any] = {}


class Halt(Input, frozen=True):
    """The runtime is being stopped in order."""

    reason: str
