"""What the page is told: one picture of everything, made anew whenever something changed.  Plain values only."""

from __future__ import annotations

from msgspec import Struct

from edge.app.demo.screen import ScreenSeen

__all__ = ["DoorSeen", "Held", "Message", "ParcelSeen", "Scene", "SiteSeen", "Step", "Switches", "Told"]


class DoorSeen(Struct, frozen=True):
    """In truth: position (shut, ajar, wide), what stands inside, its light, its fault.

    books: what the locker believes where that is not ordinary (review, out_of_service); else empty.
    """

    door: int
    position: str
    inside: tuple[str, ...] = ()
    light: bool = False
    fault: str = ""
    books: str = ""


class ParcelSeen(Struct, frozen=True):
    """place: van, home, hands or door; door: which one.  state: the cloud's word."""

    label: str
    words: str
    size: str
    place: str
    door: int = 0
    state: str = ""


class Message(Struct, frozen=True):
    """On the telephone.  id: to hold its code to the camera.  kind: badge, pickup, return, elsewhere.

    ready: its parcel stands in the wall.  over: it came to its end.
    """

    id: str
    kind: str
    title: str
    line: str
    pin: str = ""
    ready: bool = False
    over: bool = False


class Held(Struct, frozen=True):
    """Before the camera: a message's id or a parcel's label, and how it is held."""

    what: str
    kind: str
    how: str


class SiteSeen(Struct, frozen=True):
    """The locker's process.  unsent: events that the cloud has not got."""

    running: bool = False
    online: bool = False
    restoring: bool = False
    unsent: int = 0


class Switches(Struct, frozen=True):
    """cable: plugged in.  busy: what is being done to the locker now, else empty."""

    cable: bool = True
    power: bool = True
    brown_out: bool = False
    camera: bool = True
    busy: str = ""


class Told(Struct, frozen=True):
    """An event at the hub, in a sentence."""

    number: int
    kind: str
    sentence: str


class Step(Struct, frozen=True):
    """Something to try.  how: what to do, in order."""

    name: str
    title: str
    how: tuple[str, ...]
    done: bool = False


class Scene(Struct, frozen=True):
    """Everything.  curtain: what is being prepared; empty once the visitor may act."""

    curtain: str = ""
    doors: tuple[DoorSeen, ...] = ()
    parcels: tuple[ParcelSeen, ...] = ()
    messages: tuple[Message, ...] = ()
    held: Held | None = None
    screen: ScreenSeen = ScreenSeen()
    site: SiteSeen = SiteSeen()
    switches: Switches = Switches()
    told: tuple[Told, ...] = ()
    steps: tuple[Step, ...] = ()
