"""The people of the demo: a courier and customers, played from here, and what a look at the screen and books tells."""

from __future__ import annotations

from typing import Any, Final

from edge.app.demo.configured import SITE
from edge.app.demo.screen import Page
from edge.app.demo.stage import Stage
from edge.core.credential import parcel_id

__all__ = ["COURIER_NUMBER", "COURIER_PIN", "Cast"]

COURIER_NUMBER: Final = "471108"
COURIER_PIN: Final = "13572468"
PUTS_S: Final = 0.8  # from the parcel in the compartment to the door shut
# A Winnsen-style board is asked lock by lock, 0.4 s a look beside its pulses, and two looks must agree.
PUTS_SLOWLY_S: Final = {"winnsen": 3.0}


class Cast:
    """Whoever is played, on one stage.  codes: by label, as the cloud issued them.  doors: where each was put."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.codes: dict[str, str] = {}
        self.doors: dict[str, int] = {}
        self.badge = self.badge_id = ""
        self._puts_s = PUTS_SLOWLY_S.get(stage.board, PUTS_S)

    def founds(self) -> None:
        """A site in the cloud's books, this one its device, and a courier with a badge."""
        stage = self.stage
        stage.cloud("POST", "sites", {"site": SITE, "name": "Station Road"})
        stage.enrol()
        wish = {"purpose": "deposit", "pin": COURIER_PIN, "carriers": ["dpd"], "number": COURIER_NUMBER}
        issued = stage.cloud("POST", f"sites/{SITE}/badges", wish)
        self.badge, self.badge_id = issued["code"], issued["badge"]

    # -- what people do -----------------------------------------------------------------------------------------------

    def announce(self, label: str, *, announced: bool = True) -> dict[str, Any]:
        wish = {"carrier": "dpd", "tracking": label, "announced": announced, "size": "S"}
        issued = dict(self.stage.cloud("POST", f"sites/{SITE}/parcels", wish))
        self.codes[label] = issued["code"]
        self.stage.world.parcel(label)
        return issued

    def courier_enters(self) -> None:
        stage, page = self.stage, Page(self.page)
        stage.until(self.home, 60, what="an empty screen")
        stage.world.do("show_phone", text=self.badge)
        stage.until(lambda: page.name() == "badge_pin", what="the question for the courier's PIN")
        stage.world.do("hide_phone")
        page.type(COURIER_PIN)
        stage.until(lambda: page.name() == "ready", what="the courier's first screen")

    def put(self, label: str) -> None:
        stage = self.stage
        known = self.pulses()
        stage.world.do("show_parcel", parcel=label)
        door = stage.until(lambda: self.new_opening(known), what=f"a door for {label}")
        stage.world.do("hide_label")
        self.opened(door)
        stage.world.do("put", parcel=label, door=door)
        stage.world.do("shut", door=door, after_s=self._puts_s)
        stage.until(lambda: self.state(label) == "standing", what=f"{label} standing behind {door}")
        self.doors[label] = door

    def collect(self, label: str) -> None:
        stage, door = self.stage, self.doors[label]
        stage.until(self.home, 60, what="an empty screen")
        stage.world.do("show_phone", text=self.codes[label])
        self.opened(door)
        stage.world.do("hide_phone")
        stage.world.do("pull", door=door)
        stage.world.do("take", door=door)
        stage.world.do("shut", door=door, after_s=2.4)
        stage.until(lambda: self.state(label) == "collected", what=f"{label} collected from {door}")

    def opened(self, door: int) -> None:
        self.stage.until(lambda: self.stage.world.doors()[door]["position"] != "shut", what=f"door {door} open")

    # -- what is seen -------------------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        return str(self.stage.ask("status")["kiosk"])

    def home(self) -> bool:
        return Page(self.page).name() in ("attract", "restoring")

    def online(self) -> bool:
        return bool(self.stage.ask("status")["online"])

    def parcel(self, label: str) -> dict[str, Any]:
        wanted = parcel_id("dpd", label).hex()
        return next((dict(p) for p in self.stage.ask("parcels") if p["parcel"] == wanted), {})

    def state(self, label: str) -> str:
        return str(self.parcel(label).get("state", ""))

    def door_state(self, door: int) -> str:
        return next(str(d["compartment"]) for d in self.stage.ask("doors") if d["door"] == door)

    def count(self, state: str) -> int:
        return sum(d["compartment"] == state for d in self.stage.ask("doors"))

    def new_opening(self, known: int) -> int | None:
        pulses = [entry for entry in self.stage.world.chronicle() if entry.deed == "pulse_began"]
        return pulses[-1].door if len(pulses) > known else None

    def pulses(self) -> int:
        return sum(entry.deed == "pulse_began" for entry in self.stage.world.chronicle())
