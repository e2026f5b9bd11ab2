"""Whoever looks out of the window: several times a second at world, locker, screen and cloud, and makes one picture.

It runs in a thread of its own and only looks, except that it lets a tired arm down and takes away what was held to the
camera once a door has opened for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from edge.app.demo.cast import COURIER_NUMBER, COURIER_PIN, Cast
from edge.app.demo.configured import SITE
from edge.app.demo.screen import Page, ScreenSeen
from edge.app.demo.street.cargo import Cargo, Street
from edge.app.demo.street.guide import Guide
from edge.app.demo.street.hands import BADGE, ELSEWHERE, Hands
from edge.app.demo.street.hearing import Ear
from edge.app.demo.street.scene import DoorSeen, Message, ParcelSeen, Scene, SiteSeen
from edge.app.demo.street.switches import DOOR_FAULTS, SwitchBoard
from edge.control.client import ControlClient
from edge.core.errors import LockerError
from hal.sim.client import WorldClient

__all__ = ["Lookout"]

LOOK_S: Final = 0.2
OF_ALL_LOOKS: Final = 3  # every so many looks also at locker, screen and cloud
ASK_S: Final = 3.0  # for the locker to answer; a page that shows it does not wait longer

_LINES: Final = {
    "": "The locker has not heard of it yet.",
    "announced": "On its way to locker 7, Station Road.",
    "standing": "It is in locker 7, Station Road.",
    "uncertain": "It should be in locker 7, Station Road.",
    "overdue": "Waits for too long in locker 7.",
    "collected": "Collected.",
    "returning": "In locker 7, for the courier.",
    "gone": "On its way back.",
}
_RETURN_LINES: Final = {**_LINES, "announced": "Bring it to locker 7, Station Road."}
_READY: Final = frozenset({"standing", "uncertain", "overdue"})
_OVER: Final = frozenset({"collected", "gone"})


class Lookout:
    """Call `look` again and again; `publish` is called with each picture that differs from the one before."""

    def __init__(
        self, cast: Cast, street: Street, hands: Hands, board: SwitchBoard, publish: Callable[[Scene], None]
    ) -> None:
        self._cast, self._street, self._hands, self._board, self._publish = cast, street, hands, board, publish
        self._world = WorldClient(cast.stage.world_socket)
        self._ear, self.guide = Ear(), Guide()
        self.curtain = "The locker is switched on …"
        self._looks = 0
        self._end = threading.Event()
        self._scene = Scene()
        self._site, self._screen = SiteSeen(), ScreenSeen()
        self._page: Page | None = None
        self._books: dict[int, str] = {}
        self._states: dict[str, str] = {}
        self._shut: frozenset[int] = frozenset()

    def run(self) -> None:
        """Look until `end`."""
        while not self._end.wait(LOOK_S):
            self.look()
        self._world.close()

    def end(self) -> None:
        self._end.set()

    def look(self) -> None:
        try:
            if self._looks % OF_ALL_LOOKS == 0:
                self._ask_the_locker()
                self._ask_the_cloud()
            scene = self._picture()
        except LockerError as error:  # the world ends with the demo, and before it only by a defect
            scene = Scene(curtain=f"The street is gone: {error}")
        self._looks += 1
        if scene != self._scene:
            self._scene = scene
            self._publish(scene)

    # -- the locker and the cloud -------------------------------------------------------------------------------------

    def _ask_the_locker(self) -> None:
        """Status, doors and screen; nothing of them while the locker does not answer."""
        try:
            with ControlClient(self._cast.stage.control_socket, ASK_S) as line:
                status, doors = line.ask("status"), line.ask("doors")
        except LockerError:
            self._site, self._books, self._screen, self._page = SiteSeen(), {}, ScreenSeen(), None
            return
        self._site = SiteSeen(True, status["online"], status["restoring"], status["unsent"])
        self._books = {d["door"]: d["compartment"] for d in doors if d["compartment"] in ("review", "out_of_service")}
        self._ear.turn_to(status["epoch"])
        if self._page is None or self._page.url != status["kiosk"].rstrip("/"):
            self._page = Page(status["kiosk"])
        try:
            self._screen = self._page.seen()
        except LockerError:
            self._screen = ScreenSeen()

    def _ask_the_cloud(self) -> None:
        stage, ear = self._cast.stage, self._ear
        try:
            if ear.epoch:
                rows = stage.cloud("GET", f"sites/{SITE}/events?epoch={ear.epoch}&after={ear.after}")
                ear.hear(rows)
                self.guide.hear(rows, self._board.cable_out)
            self._states = {it["parcel"]: it["state"] for it in stage.cloud("GET", f"sites/{SITE}/parcels")}
        except LockerError:
            return  # it has not heard of this epoch yet; the next look asks again

    # -- the picture --------------------------------------------------------------------------------------------------

    def _picture(self) -> Scene:
        truth, faults = self._world.doors(), self._world.faults()
        broken = {fault["door"]: fault["name"] for fault in faults if fault["name"] in DOOR_FAULTS}
        self._let_arms_down(frozenset(door for door in truth if truth[door]["position"] == "shut"))
        return Scene(
            curtain=self.curtain,
            doors=tuple(
                DoorSeen(
                    door,
                    seen["position"],
                    tuple(seen["inside"]),
                    seen["light"],
                    broken.get(door, ""),
                    self._books.get(door, ""),
                )
                for door, seen in truth.items()
            ),
            parcels=tuple(self._parcel(it, truth) for it in self._street.cargo),
            messages=self._messages(),
            held=self._hands.held,
            screen=self._screen,
            site=self._site,
            switches=self._board.now,
            told=self._ear.told(self._names()),
            steps=self.guide.steps,
        )

    def _let_arms_down(self, shut: frozenset[int]) -> None:
        opened = self._shut - shut
        self._shut = shut
        if opened and not self.curtain and self._hands.held is not None:
            self._hands.hide()
        self._hands.rest()

    def _parcel(self, it: Cargo, truth: dict[int, dict[str, Any]]) -> ParcelSeen:
        state = self._states.get(it.parcel, "")
        door = next((door for door, seen in truth.items() if it.label in seen["inside"]), 0)
        place = "door" if door else "hands" if self._world.where(it.label) == "person" else "van"
        if place == "van" and (it.item.at_home or (state in _OVER and not it.item.away)):
            place = "home"
        return ParcelSeen(it.label, it.item.words, str(it.item.size), place, door, state)

    def _messages(self) -> tuple[Message, ...]:
        """The badge first, then what may be collected, then the rest; nothing before the cloud has given a badge."""
        if not self._cast.badge:
            return ()
        found = [self._message(it) for it in self._street.cargo if not it.item.away]
        texts = {it.reservation: it.code for it in self._street.cargo}
        self._hands.texts = {**texts, BADGE: self._cast.badge, ELSEWHERE: self._street.elsewhere}
        title = f"Courier {COURIER_NUMBER}, dpd"
        line = "The badge of a courier. Its PIN is asked for on the screen."
        badge = Message(BADGE, BADGE, title, line, COURIER_PIN)
        other = Message(ELSEWHERE, ELSEWHERE, "At Mill Lane", "It is in locker 8, Mill Lane.")
        return (badge, *sorted(found, key=lambda it: it.over), other)

    def _message(self, it: Cargo) -> Message:
        state = self._states.get(it.parcel, "")
        over = state in _OVER
        if it.item.at_home:  # a PIN opens what waits for somebody; what is to be sent back goes by its code
            return Message(it.reservation, "return", it.label, _RETURN_LINES.get(state, state), over=over)
        line = _LINES.get(state, state)
        return Message(it.reservation, "pickup", it.label, line, it.pin, state in _READY, over)

    def _names(self) -> dict[str, str]:
        own = {self._cast.badge_id: COURIER_NUMBER}
        cargo = self._street.cargo
        return own | {it.reservation: f"R-{it.label[-3:]}" for it in cargo} | {it.parcel: it.label for it in cargo}
