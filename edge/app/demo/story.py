"""The story: each step does something that a person does, and holds what came of it against world, journal and cloud.

A step returns the line that is told; what does not hold raises Broken with what was seen instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.app.demo.cast import Cast
from edge.app.demo.configured import DOORS, SITE
from edge.app.demo.screen import Page
from edge.app.demo.stage import START_S
from edge.core.credential import parcel_id
from edge.core.errors import Broken

ANNOUNCED: Final = ("JD0123456701", "JD0123456702")
NEVER_ANNOUNCED: Final = "JD0123456703"
LATER: Final = "JD0123456704"
AWAY_S: Final = 2.5  # a code that was out of view for less is the same showing; also longer than the grace of this demo

Step = Callable[[], str]


class Story(Cast):
    """Steps in order, on one stage."""

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
        self.founds()
        stage.start_site()
        free = stage.until(lambda: self.count("free") == DOORS, START_S, f"{DOORS} free compartments")
        _hold(free, "not every compartment is free")
        return f"a claim code made site {SITE} one of the cloud; {DOORS} doors, all sensed empty"

    def deposit(self) -> str:
        for label in ANNOUNCED:
            self.announce(label)
        self.announce(NEVER_ANNOUNCED, announced=False)
        stage = self.stage
        stage.until(lambda: self.state(ANNOUNCED[1]) == "announced", what="the announcements at the site")
        self.courier_enters()
        for label in (*ANNOUNCED, NEVER_ANNOUNCED):
            self.put(label)
        Page(self.page).tap("end")
        where = ", ".join(f"{label[-4:]} in {door}" for label, door in self.doors.items())
        return f"scan, put, shut, without a tap: {where}; {NEVER_ANNOUNCED[-4:]} was never announced"

    def cut(self) -> str:
        self.stage.until(lambda: self.stage.ask("status")["unsent"] == 0, what="a cloud that has everything")
        self.stage.wire.cut()
        self.stage.until(lambda: not self.online(), what="a site that knows it is offline")
        return "the cable to the cloud is out"

    def pickup(self) -> str:
        self.collect(NEVER_ANNOUNCED)
        events = self._told(NEVER_ANNOUNCED)
        _hold("parcel_collected" in events, f"not collected: {events}")
        door = self.doors[NEVER_ANNOUNCED]
        gone = "weight gone" if self.stage.content == "scale" else "beam clear"
        return f"QR photographed, decoded, verified; door {door} seen open by its switch, {gone}: collected"

    def used(self) -> str:
        stage = self.stage
        pulses = self.pulses()
        stage.until(self.home, what="an empty screen")
        self._wait_for_grace()
        stage.world.do("show_phone", text=self.codes[NEVER_ANNOUNCED])
        stage.until(lambda: Page(self.page).name() == "refused", what="a refusal on the screen")
        stage.world.do("hide_phone")
        _hold(self.pulses() == pulses, "a used code drove a coil")
        Page(self.page).tap("back")
        return "the same code again: refused, no coil moved"

    def jam(self) -> str:
        stage, label = self.stage, ANNOUNCED[0]
        door = self.doors[label]
        stage.until(self.home, 60, what="an empty screen")
        stage.world.set_fault("jam", door)
        stage.world.do("show_phone", text=self.codes[label])
        stage.until(lambda: self.door_state(door) == "out_of_service", 30, "a jammed door")
        stage.world.do("hide_phone")
        _hold(self.state(label) == "standing", f"the parcel behind the jammed door is {self.state(label)}")
        stage.world.clear_fault("jam", door)
        stage.run("in-service", str(door), "--reason", "latch oiled", "--config", str(stage.configuration))
        Page(self.page).tap("end")
        self.stage.pause(AWAY_S)
        self.collect(label)
        return f"door {door} jammed: two pulses, out of service, code good; mended, the same code opened it"

    def kill(self) -> str:
        stage, label = self.stage, ANNOUNCED[1]
        door = self.doors[label]
        stage.until(self.home, what="an empty screen")
        stage.world.do("show_phone", text=self.codes[label])
        stage.until(lambda: self._journaled_open(door), what=f"door {door} open, and written down")
        stage.kill_site()
        stage.world.do("hide_phone")
        pulses = self.pulses()
        stage.world.do("pull", door=door)
        stage.world.do("take", door=door)
        stage.world.do("shut", door=door)
        stage.start_site()
        stage.until(lambda: self.state(label) == "collected", what="a parcel that is known to be taken")
        _hold(self.pulses() == pulses, "start-up drove a coil")
        return f"killed with door {door} open; the parcel was taken meanwhile; restarted: collected, nothing pulsed"

    def mend(self) -> str:
        self.stage.wire.mend()
        return f"the cloud has what the journal has: {self._equal()}"

    def new_card(self) -> str:
        stage = self.stage
        self.announce(LATER)
        stage.until(lambda: self.state(LATER) == "announced", what="the announcement at the site")
        self.courier_enters()
        self.put(LATER)
        Page(self.page).tap("end")
        self._equal()
        stage.stop_site()
        stage.new_card()
        stage.enrol(replace=True)
        stage.start_site()
        stage.until(lambda: self.state(LATER) == "standing", START_S, "the parcel in the new books")
        _hold(self.door_state(self.doors[LATER]) == "occupied", "the compartment is not occupied")
        _hold(self.count("free") == DOORS - 1, f"{self.count('free')} free compartments")
        senses = "scales" if self.stage.content == "scale" else "beams"
        where = f"{LATER[-4:]} is in {self.doors[LATER]}, {DOORS - 1} are free"
        return f"an empty card; by standing list and {senses} {where}"

    def last_pickup(self) -> str:
        self.collect(LATER)
        return f"the old code opened door {self.doors[LATER]}; new epoch in the cloud: {self._equal()}"

    # -- what is seen -------------------------------------------------------------------------------------------------

    def _journaled_open(self, door: int) -> bool:
        return any(o["door"] == door and o["open_s"] is not None for o in self.stage.ask("status")["openings"])

    def _told(self, label: str) -> list[str]:
        wanted = parcel_id("dpd", label).hex()
        return [row["kind"] for row in self.stage.journal() if wanted in str(row["event"])]

    def _wait_for_grace(self) -> None:
        """Until the two seconds of this demo are over in which the same code would open the same compartment again."""
        ended = self.parcel(NEVER_ANNOUNCED)
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
