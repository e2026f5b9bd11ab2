"""The story: each step does something that a person does, and holds what came of it against world, journal and cloud.

A step returns the line that is told; what does not hold raises Broken with what was seen instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from edge.app.demo.screen import Page
from edge.app.demo.stage import DOORS, SITE, START_S, Stage
from edge.core.credential import parcel_id
from edge.core.errors import Broken

COURIER_PIN: Final = "13572468"
ANNOUNCED: Final = ("JD0123456701", "JD0123456702")
NEVER_ANNOUNCED: Final = "JD0123456703"
LATER: Final = "JD0123456704"
YOURS: Final = "JD0123456705"
AWAY_S: Final = 2.5  # a code that was out of view for less is the same showing; also longer than the grace of this demo
PUTS_S: Final = 0.8  # from the parcel in the compartment to the door shut
# A Winnsen-style board is asked lock by lock, 0.4 s a look beside its pulses, and two looks must agree.
PUTS_SLOWLY_S: Final = {"winnsen": 3.0}

Step = Callable[[], str]


class Story:
    """Steps in order, on one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.codes: dict[str, str] = {}
        self.doors: dict[str, int] = {}
        self.badge = ""
        self._puts_s = PUTS_SLOWLY_S.get(stage.board, PUTS_S)

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        return (
            ("enrol", self.enrol),
            ("deposit", self.deposit),
            ("network cut", self.cut),
            ("pickup offline", self.pickup),
            ("used code", self.used),
            ("jammed door", self.jam),
            ("kill -9", self.kill),
            ("network back", self.mend),
            ("new card", self.new_card),
            ("parcel still there", self.last_pickup),
        )

    # -- the steps ----------------------------------------------------------------------------------------------------

    def enrol(self) -> str:
        stage = self.stage
        stage.cloud("POST", "sites", {"site": SITE, "name": "Station Road"})
        stage.enrol()
        wish = {"purpose": "deposit", "pin": COURIER_PIN, "carriers": ["dpd"], "number": "471108"}
        self.badge = stage.cloud("POST", f"sites/{SITE}/badges", wish)["code"]
        stage.start_site()
        free = stage.until(lambda: self._count("free") == DOORS, START_S, f"{DOORS} free compartments")
        _hold(free, "not every compartment is free")
        return f"a claim code made site {SITE} one of the cloud; {DOORS} doors, all sensed empty"

    def deposit(self) -> str:
        for label in ANNOUNCED:
            self._announce(label)
        self._announce(NEVER_ANNOUNCED, announced=False)
        stage = self.stage
        stage.until(lambda: self._state(ANNOUNCED[1]) == "announced", what="the announcements at the site")
        self._courier_enters()
        for label in (*ANNOUNCED, NEVER_ANNOUNCED):
            self._put(label)
        Page(self._page).tap("end")
        where = ", ".join(f"{label[-4:]} in {door}" for label, door in self.doors.items())
        return f"scan, put, shut, without a tap: {where}; {NEVER_ANNOUNCED[-4:]} was never announced"

    def cut(self) -> str:
        self.stage.until(lambda: self.stage.ask("status")["unsent"] == 0, what="a cloud that has everything")
        self.stage.wire.cut()
        self.stage.until(lambda: not self._online(), what="a site that knows it is offline")
        return "the cable to the cloud is out"

    def pickup(self) -> str:
        self._collect(NEVER_ANNOUNCED)
        events = self._told(NEVER_ANNOUNCED)
        _hold("parcel_collected" in events, f"not collected: {events}")
        door = self.doors[NEVER_ANNOUNCED]
        gone = "weight gone" if self.stage.content == "scale" else "beam clear"
        return f"QR photographed, decoded, verified; door {door} seen open by its switch, {gone}: collected"

    def used(self) -> str:
        stage = self.stage
        pulses = self._pulses()
        stage.until(self._home, what="an empty screen")
        self._wait_for_grace()
        stage.world.do("show_phone", text=self.codes[NEVER_ANNOUNCED])
        stage.until(lambda: Page(self._page).name() == "refused", what="a refusal on the screen")
        stage.world.do("hide_phone")
        _hold(self._pulses() == pulses, "a used code drove a coil")
        Page(self._page).tap("back")
        return "the same code again: refused, no coil moved"

    def jam(self) -> str:
        stage, label = self.stage, ANNOUNCED[0]
        door = self.doors[label]
        stage.until(self._home, 60, what="an empty screen")
        stage.world.set_fault("jam", door)
        stage.world.do("show_phone", text=self.codes[label])
        stage.until(lambda: self._door_state(door) == "out_of_service", 30, "a jammed door")
        stage.world.do("hide_phone")
        _hold(self._state(label) == "standing", f"the parcel behind the jammed door is {self._state(label)}")
        stage.world.clear_fault("jam", door)
        stage.run("in-service", str(door), "--reason", "latch oiled", "--config", str(stage.configuration))
        Page(self._page).tap("end")
        self.stage.pause(AWAY_S)
        self._collect(label)
        return f"door {door} jammed: two pulses, out of service, code good; mended, the same code opened it"

    def kill(self) -> str:
        stage, label = self.stage, ANNOUNCED[1]
        door = self.doors[label]
        stage.until(self._home, what="an empty screen")
        stage.world.do("show_phone", text=self.codes[label])
        stage.until(lambda: self._journaled_open(door), what=f"door {door} open, and written down")
        stage.kill_site()
        stage.world.do("hide_phone")
        pulses = self._pulses()
        stage.world.do("pull", door=door)
        stage.world.do("take", door=door)
        stage.world.do("shut", door=door)
        stage.start_site()
        stage.until(lambda: self._state(label) == "collected", what="a parcel that is known to be taken")
        _hold(self._pulses() == pulses, "start-up drove a coil")
        return f"killed with door {door} open; the parcel was taken meanwhile; restarted: collected, nothing pulsed"

    def mend(self) -> str:
        self.stage.wire.mend()
        return f"the cloud has what the journal has: {self._equal()}"

    def new_card(self) -> str:
        stage = self.stage
        self._announce(LATER)
        stage.until(lambda: self._state(LATER) == "announced", what="the announcement at the site")
        self._courier_enters()
        self._put(LATER)
        Page(self._page).tap("end")
        self._equal()
        stage.stop_site()
        stage.new_card()
        stage.enrol(replace=True)
        stage.start_site()
        stage.until(lambda: self._state(LATER) == "standing", START_S, "the parcel in the new books")
        _hold(self._door_state(self.doors[LATER]) == "occupied", "the compartment is not occupied")
        _hold(self._count("free") == DOORS - 1, f"{self._count('free')} free compartments")
        senses = "scales" if self.stage.content == "scale" else "beams"
        where = f"{LATER[-4:]} is in {self.doors[LATER]}, {DOORS - 1} are free"
        return f"an empty card; by standing list and {senses} {where}"

    def last_pickup(self) -> str:
        self._collect(LATER)
        return f"the old code opened door {self.doors[LATER]}; new epoch in the cloud: {self._equal()}"

    def invite(self) -> str:
        """A parcel for whoever sits at the desk: its PIN opens, and the customer of the world takes it out."""
        pin = self._announce(YOURS)["pin"]
        self.stage.until(lambda: self._state(YOURS) == "announced", what="the announcement at the site")
        self._courier_enters()
        self._put(YOURS)
        Page(self._page).tap("end")
        self.stage.world.do("collects", door=self.doors[YOURS])
        return str(pin)

    # -- what people do -----------------------------------------------------------------------------------------------

    def _announce(self, label: str, *, announced: bool = True) -> dict[str, Any]:
        wish = {"carrier": "dpd", "tracking": label, "announced": announced, "size": "S"}
        issued = dict(self.stage.cloud("POST", f"sites/{SITE}/parcels", wish))
        self.codes[label] = issued["code"]
        self.stage.world.parcel(label)
        return issued

    def _courier_enters(self) -> None:
        stage, page = self.stage, Page(self._page)
        stage.until(self._home, 60, what="an empty screen")
        stage.world.do("show_phone", text=self.badge)
        stage.until(lambda: page.name() == "badge_pin", what="the question for the courier's PIN")
        stage.world.do("hide_phone")
        page.type(COURIER_PIN)
        stage.until(lambda: page.name() == "ready", what="the courier's first screen")

    def _put(self, label: str) -> None:
        stage = self.stage
        known = self._pulses()
        stage.world.do("show_parcel", parcel=label)
        door = stage.until(lambda: self._new_opening(known), what=f"a door for {label}")
        stage.world.do("hide_label")
        self._opened(door)
        stage.world.do("put", parcel=label, door=door)
        stage.world.do("shut", door=door, after_s=self._puts_s)
        stage.until(lambda: self._state(label) == "standing", what=f"{label} standing behind {door}")
        self.doors[label] = door

    def _collect(self, label: str) -> None:
        stage, door = self.stage, self.doors[label]
        stage.until(self._home, 60, what="an empty screen")
        stage.world.do("show_phone", text=self.codes[label])
        self._opened(door)
        stage.world.do("hide_phone")
        stage.world.do("pull", door=door)
        stage.world.do("take", door=door)
        stage.world.do("shut", door=door, after_s=2.4)
        stage.until(lambda: self._state(label) == "collected", what=f"{label} collected from {door}")

    def _journaled_open(self, door: int) -> bool:
        return any(o["door"] == door and o["open_s"] is not None for o in self.stage.ask("status")["openings"])

    def _opened(self, door: int) -> None:
        self.stage.until(lambda: self.stage.world.doors()[door]["position"] != "shut", what=f"door {door} open")

    # -- what is seen -------------------------------------------------------------------------------------------------

    @property
    def _page(self) -> str:
        return str(self.stage.ask("status")["kiosk"])

    def _home(self) -> bool:
        return Page(self._page).name() in ("attract", "restoring")

    def _online(self) -> bool:
        return bool(self.stage.ask("status")["online"])

    def _parcel(self, label: str) -> dict[str, Any]:
        wanted = parcel_id("dpd", label).hex()
        return next((dict(p) for p in self.stage.ask("parcels") if p["parcel"] == wanted), {})

    def _state(self, label: str) -> str:
        return str(self._parcel(label).get("state", ""))

    def _door_state(self, door: int) -> str:
        return next(str(d["compartment"]) for d in self.stage.ask("doors") if d["door"] == door)

    def _count(self, state: str) -> int:
        return sum(d["compartment"] == state for d in self.stage.ask("doors"))

    def _new_opening(self, known: int) -> int | None:
        pulses = [entry for entry in self.stage.world.chronicle() if entry.deed == "pulse_began"]
        return pulses[-1].door if len(pulses) > known else None

    def _pulses(self) -> int:
        return sum(entry.deed == "pulse_began" for entry in self.stage.world.chronicle())

    def _told(self, label: str) -> list[str]:
        wanted = parcel_id("dpd", label).hex()
        return [row["kind"] for row in self.stage.journal() if wanted in str(row["event"])]

    def _wait_for_grace(self) -> None:
        """Until the two seconds of this demo are over in which the same code would open the same compartment again."""
        ended = self._parcel(NEVER_ANNOUNCED)
        _hold(bool(ended), "the parcel is not in the books")
        self.stage.pause(AWAY_S)

    def _equal(self) -> str:
        """The rows in the cloud are the rows in the journal, to the last hash, and the chain is anchored to its end."""
        rows = self.stage.until(self._all_there, 30, "a cloud that has what the journal has")
        return f"{rows} events, equal to the last hash, anchored"

    def _all_there(self) -> int | None:
        """How many rows both have; None while one of them is behind (people go on meanwhile)."""
        stage = self.stage
        status = stage.ask("status")
        if status["unsent"] or not status["online"]:
            return None
        there = {row["seq"]: row["hash"] for row in stage.cloud_events(status["epoch"])}
        here = stage.journal()
        missing = [row["seq"] for row in here if row["seq"] <= status["head"] and there.get(row["seq"]) != row["hash"]]
        _hold(not missing, f"rows {missing[:5]} are not in the cloud as they are here")
        report = stage.ask("verify")
        _hold(report["whole"], f"the journal is not whole: {report['sentence']}")
        return len(here) if report["sentence"].endswith(" 0 not yet") and len(there) == len(here) else None


def _hold(true: bool, otherwise: str) -> None:
    if not true:
        raise Broken(otherwise)
