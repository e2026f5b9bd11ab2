"""Who comes to a desk: at the screen a customer, a courier, a technician; at the control socket an operator."""

from __future__ import annotations

from typing import Any

from edge.core import effects, inputs
from edge.core.claims import Claims
from edge.core.screens import Screen
from edge.core.words import CompartmentState, Purpose
from sync.hub.issue import Issuer, mint_code
from tests.core.desk.badges import COURIER_BADGE, COURIER_NUMBER, COURIER_PIN, TECHNICIAN_BADGE
from tests.core.desk.doors import Doors
from tests.core.desk.parcels import Sent
from tests.core.desk.table import DAY_S
from tests.credentials.known_keys import COURIER, NOW_S, PICKUP, SERVICE


class People(Doors):
    """What they show, type and tap, and how an ordinary visit goes."""

    # -- at the screen ----------------------------------------------------------------------------------------------

    def scan(self, code: str) -> Screen:
        self.tell(inputs.Scan(code))
        return self.screen()

    def enter(self, text: str) -> Screen:
        """Digits or letters, typed where the screen takes some."""
        shown = self.screen()
        assert shown.entry, f"nothing can be typed at {shown.name}"
        self.tell(inputs.Typed(text, shown.number))
        return self.screen()

    def pin(self, digits: str) -> Screen:
        return self.enter(digits)

    def tap(self, choice: str) -> Screen:
        """A tap on a choice that stands on the screen."""
        shown = self.screen()
        assert choice in shown.choices, f"{choice!r} is not on {shown.name}, only {shown.choices}"
        self.tell(inputs.Chosen(choice, shown.number))
        return self.screen()

    def tap_late(self, choice: str, number: int) -> Screen:
        """A tap meant for the choice set `number`."""
        self.tell(inputs.Chosen(choice, number))
        return self.screen()

    # -- codes and badges -------------------------------------------------------------------------------------------

    def code(self, parcel: Sent | str, *, issuer: Issuer = PICKUP, site: int = 0, **more: Any) -> str:
        """The code of a parcel, or of a reservation in hexadecimal; for this site when no other is named."""
        reservation = parcel.reservation if isinstance(parcel, Sent) else parcel
        more.setdefault("expires_s", NOW_S + 40 * DAY_S)
        return mint_code(Claims(id=bytes.fromhex(reservation), site=site or self.site.number, **more), issuer)

    def courier_code(self, *, purpose: Purpose = Purpose.DEPOSIT, **more: Any) -> str:
        """The courier's badge.  It lives for two days."""
        more = {"expires_s": int(self.wall_s) + 2 * DAY_S, "carrier": "dpd", **more}
        return mint_code(
            Claims(id=bytes.fromhex(COURIER_BADGE), site=self.site.number, purpose=purpose, **more), COURIER
        )

    def technician_code(self) -> str:
        claims = Claims(
            id=bytes.fromhex(TECHNICIAN_BADGE),
            site=self.site.number,
            purpose=Purpose.SERVICE,
            expires_s=NOW_S + 40 * DAY_S,
        )
        return mint_code(claims, SERVICE)

    def courier_comes(self, *, purpose: Purpose = Purpose.DEPOSIT, look: bool = False, **more: Any) -> Screen:
        """The courier shows the badge and types the PIN; asked to look into a compartment he says "not now"."""
        self.scan(self.courier_code(purpose=purpose, **more))
        shown = self.pin(COURIER_PIN)
        if shown.name == "look" and not look:
            shown = self.tap("not_now")
        return shown

    def number_comes(self) -> Screen:
        """A courier without a badge, with every permission of the roster."""
        self.tap("courier")
        self.enter(COURIER_NUMBER)
        shown = self.pin(COURIER_PIN)
        return self.tap("not_now") if shown.name == "look" else shown

    def deposit(self, parcel: Sent) -> int:
        """An ordinary deposit by the courier who is at the screen: scan, put, shut.  Returns the door."""
        shown = self.scan(parcel.tracking)
        assert shown.door, f"{parcel.tracking} got no door: {shown.name} {shown.params}"
        self.put(shown.door)
        return shown.door

    # -- at the control socket --------------------------------------------------------------------------------------

    def technical(self, act: str, door: int = 0, reason: str = "asked to", **detail: Any) -> effects.Answer | None:
        """An act on the control socket; returns the answer, when it has come."""
        told = inputs.Technical(act, "ada", reason, door, request=1, detail=detail)
        seen = len(self.effects)
        self.tell(told)
        answers = [effect for effect in self.effects[seen:] if isinstance(effect, effects.Answer)]
        return answers[-1] if answers else None

    def look_into_all(self) -> None:
        """A technician looks into every compartment in review that holds nothing in the books: all are empty."""
        for door, record in sorted(self.state.compartments.items()):
            if record.state is CompartmentState.REVIEW and not record.parcels:
                self.technical("empty", door, "looked into it")
