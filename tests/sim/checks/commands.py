"""I10: the mass-open brake, and what no order can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.sim.checks.family import Family

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.checks.seen import Seen
    from tests.sim.line import Hub

TEN_MINUTES_MS: Final = 600_000
DAY_MS: Final = 86_400_000
IN_TEN_MINUTES: Final = 3
A_DAY: Final = 10
NONCE_S: Final = 60.0
DOCUMENTS: Final = ("keys", "roster")


class Commands(Family):
    CHECKS: ClassVar[dict[str, str]] = {
        "i10_brake": "Commands open three doors in ten minutes and ten a day at most, of time with the power on.",
        "i10_only_orders_of_ours_open": "A command opens only the door that was ordered, by whoever may.",
        "i10_an_order_to_open_has_a_minute": "A command to open is carried out within its nonce's minute or never.",
        "i10_no_forged_order_is_handled": "What nobody entitled has signed is no order.",
        "i10_an_order_is_handled_once": "Each order's number is used once, and rises.",
        "i10_no_order_changes_the_site": "No order changes wall, brake or trust root; keys and roster come signed.",
        "i10_no_order_frees_what_is_occupied": "No order frees a compartment that holds a parcel in the books.",
    }

    def __init__(self, seen: Seen, hub: Hub) -> None:
        super().__init__(seen)
        self.hub = hub
        self._unasked: tuple[int, int, str] | None = None  # boot and ms of a document that no order has explained yet
        plain = seen.site.site
        self._site = (plain.compartments, plain.policy, plain.root_public, plain.pin_key, plain.number)
        self._freed: list[tuple[int, int, int]] = []  # boot, ms and door of what was just freed although occupied

    def on_opening_authorised(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["authority"]["kind"] != "command":
            return
        number = int(event["authority"]["ref"])
        order = self.truth.opened_orders.get(number)
        if order is None or order[0] != event["door"]:
            self.find("i10_only_orders_of_ours_open", f"order {number} opened door {event['door']}: {order}")
        elif at_s is not None and at_s - order[1] > NONCE_S + 1:
            self.find("i10_an_order_to_open_has_a_minute", f"order {number} was given {at_s - order[1]:.0f} s before")
        now_ms = self.ledger.running_ms(row)
        lately = 1 + sum(now_ms - at < TEN_MINUTES_MS for at in self.ledger.brake_ms)
        today = 1 + sum(now_ms - at < DAY_MS for at in self.ledger.brake_ms)
        if lately > IN_TEN_MINUTES or today > A_DAY:
            self.find("i10_brake", f"{lately} openings by command in ten minutes, {today} in a day")

    def on_order_handled(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["number"] not in self.hub.genuine | self.truth.genuine_orders:
            self.find("i10_no_forged_order_is_handled", f"row {row.seq}: {event}")
        if event["number"] <= self.ledger.order:
            self.find("i10_an_order_is_handled_once", f"row {row.seq}: {event}, {self.ledger.order} was before")
        freed = [door for boot, ms, door in self._freed if (boot, ms) == (row.boot, row.mono_ms)]
        if freed:
            self.find("i10_no_order_frees_what_is_occupied", f"row {row.seq}: {event} freed {freed}")
        self._freed.clear()
        if event["order"] in DOCUMENTS:
            self._unasked = None

    def on_compartment_freed(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if self.ledger.inside.get(event["door"]) and not event.get("opening"):
            self._freed.append((row.boot, row.mono_ms, event["door"]))

    def on_document_received(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if event["name"] in DOCUMENTS and event["sha256"] not in self.site.documents:
            self._unasked = (row.boot, row.mono_ms, f"row {row.seq}: {event}")  # its order follows in the same commit

    def row(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        if self._unasked is not None and self._unasked[:2] != (row.boot, row.mono_ms):
            self.find("i10_no_order_changes_the_site", self._unasked[2])
            self._unasked = None
        super().row(event, row, at_s)

    def on_started(self, event: dict[str, Any], row: Row, at_s: float | None) -> None:
        wall = [plan.door for plan in self._site[0]]
        if list(event["doors"]) != wall:
            self.find("i10_no_order_changes_the_site", f"row {row.seq}: doors {event['doors']}, built were {wall}")

    def step(self) -> None:
        runtime = self.site.runtime
        if runtime is None:
            return
        now = runtime.site
        if (now.compartments, now.policy, now.root_public, now.pin_key, now.number) != self._site:
            self.find("i10_no_order_changes_the_site", "wall, policy, trust root or PIN key is another one")
