"""Couriers, customers, orders and cuts in any order: no illegal move, no stuck screen, no letting without evidence.

Each seed is one afternoon at the desk.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest

from edge.core.orders import Cancel, Extend, Revoke
from edge.core.state import HERE
from edge.core.words import CompartmentState, Content, ContentSensor, Level, ParcelState, PulseOutcome, Purpose
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, TECHNICIAN_PIN, Desk, sent
from tests.core.rounds import let_and_freed, other_courier_code, roster

STEPS: Final = 120
PARCELS: Final = tuple(sent(f"JD000{n}", reservation="" if n % 2 else "aa" * 8) for n in range(6))
RETURNS: Final = tuple(sent(f"RT000{n}") for n in range(2))
ALL: Final = (*PARCELS, *RETURNS)
SENSORS: Final = (ContentSensor.NONE, ContentSensor.SCALE, ContentSensor.INFRARED)


class Afternoon:
    """One desk and the dice that say what happens next."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.desk = Desk(content=SENSORS[seed % 3], stands={7: sent("JD0700")})
        roster(self.desk)
        for parcel in PARCELS[::2]:
            self.desk.announce(parcel)
        for parcel in RETURNS:
            self.desk.announce(parcel, parcel_kind="return")
        self.codes = [self.desk.code(p) for p in (*PARCELS, sent("JD0700"))]
        self.codes += [self.desk.code(p, purpose=Purpose.DROP_OFF) for p in RETURNS]
        self.acts: list[tuple[int, Callable[[], None]]] = [
            (10, self.act_tap),
            (6, self.act_scan_label),
            (3, self.act_scan_code),
            (3, self.act_badge),
            (4, self.act_enter),
            (12, self.act_door),
            (3, self.act_wait),
            (2, self.act_trouble),
            (1, self.act_order),
            (1, self.act_technician),
            (1, self.act_cut),
        ]

    def step(self) -> None:
        weights = [weight for weight, _ in self.acts]
        self.dice.choices([act for _, act in self.acts], weights)[0]()
        self.check()

    # -- what may happen --------------------------------------------------------------------------------------------

    def act_tap(self) -> None:
        choices = self.desk.screen().choices
        if choices:
            self.desk.tap(self.dice.choice(choices))

    def act_scan_label(self) -> None:
        self.desk.scan(self.dice.choice([*(p.tracking for p in ALL), "JD9999", "§"]))

    def act_scan_code(self) -> None:
        self.desk.scan(self.dice.choice(self.codes))

    def act_badge(self) -> None:
        desk = self.desk
        badge = self.dice.choice(
            [
                desk.courier_code(),
                desk.courier_code(purpose=Purpose.COLLECTION),
                other_courier_code(desk),
                desk.technician_code(),
            ]
        )
        technician = badge == desk.technician_code()
        if desk.scan(badge).name == "badge_pin":
            desk.pin(TECHNICIAN_PIN if technician else COURIER_PIN)

    def act_enter(self) -> None:
        shown = self.desk.screen()
        if shown.name == "courier_number":
            self.desk.enter(COURIER_NUMBER)
        elif shown.name == "badge_pin":
            self.desk.enter(COURIER_PIN)
        elif shown.entry == "label":
            self.desk.enter(self.dice.choice(ALL).tracking)

    def act_door(self) -> None:
        """A door that was pulsed opens; one that is open is filled or emptied and shut."""
        desk = self.desk
        shut = [door for door, level in desk.level.items() if level is Level.CLOSED]
        pulsed = [o.door for o in desk.state.openings.values() if o.opened_ms < 0 and o.door in shut]
        standing_open = [door for door, level in desk.level.items() if level is Level.OPEN]
        if pulsed and self.dice.random() < 0.8:
            desk.door_opens(self.dice.choice(pulsed))
        elif standing_open:
            door = self.dice.choice(standing_open)
            desk.wait(self.dice.choice([0.5, 3, 10]))
            desk.holds(door, self.dice.choice([Content.EMPTY, Content.PRESENT, desk.inside[door]]))
            desk.door_closes(door)

    def act_wait(self) -> None:
        self.desk.wait(self.dice.choice([1, 6, 35, 70, 200]))

    def act_trouble(self) -> None:
        what = self.dice.randrange(4)
        door = self.dice.randrange(1, 9)
        if what == 0:
            self.desk.outcomes.append(self.dice.choice(list(PulseOutcome)))
        elif what == 1:
            self.desk.sensors_answer = not self.desk.sensors_answer
        elif what == 2:
            self.desk.door_silent(door)
            self.desk.wait(3)
            self.desk.door_closes(door)
        else:
            self.desk.door_opens(door)

    def act_order(self) -> None:
        parcel = self.dice.choice(ALL)
        what = self.dice.randrange(5)
        if what == 0:
            self.desk.order(Cancel(parcel.parcel, self.dice.choice(["cancelled", "redirected"])))
        elif what == 1:
            self.desk.order(Extend(parcel.parcel, 3600))
        elif what == 2:
            self.desk.announce(parcel, parcel_kind="return" if parcel in RETURNS else "pickup", generation=1)
        elif what == 3:
            self.desk.order(Revoke(parcel.reservation, 0))
        else:
            self.desk.skip(8 * 86_400)
            roster(self.desk, version=self.desk.state.roster_version + 1)

    def act_technician(self) -> None:
        act = self.dice.choice(["open", "out_of_service", "in_service", "empty"])
        self.desk.technical(act, self.dice.randrange(1, 9))

    def act_cut(self) -> None:
        self.desk.reboot()

    # -- what must hold ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        state = self.desk.state
        for parcel in state.parcels.values():
            if parcel.state in HERE:
                assert parcel.id in state.compartments[parcel.door].parcels, f"{parcel} is nowhere"
        for door, record in state.compartments.items():
            for inside in record.parcels:
                assert state.parcels[inside].door == door, f"{inside} is in two places"
            if record.state is CompartmentState.OCCUPIED:
                assert record.parcels, f"compartment {door} is occupied by nothing"

    def evening(self) -> None:
        """Every door is shut and everybody has gone: the screen is free for the next person, nothing stays held."""
        for door, level in self.desk.level.items():
            if level is not Level.CLOSED:
                self.desk.door_closes(door)
        self.desk.wait(700)
        self.check()
        assert self.desk.memory.session is None, f"stuck at {self.desk.screen()}"
        assert not self.desk.state.openings
        held = [d for d, record in self.desk.state.compartments.items() if record.state is CompartmentState.HELD]
        assert not held, f"held for nobody: {held}"
        leaving = [p for p in self.desk.state.parcels.values() if p.state is ParcelState.LEAVING]
        assert not leaving
        let_and_freed(self.desk)


@pytest.mark.parametrize("seed", range(20))
def test_i6_an_afternoon_of_anything(seed: int) -> None:
    afternoon = Afternoon(seed)
    for _ in range(STEPS):
        afternoon.step()
    afternoon.evening()
