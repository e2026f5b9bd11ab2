"""A parcel in a compartment in review: one that the books have there, behind another door, or not at all."""

from __future__ import annotations

from edge.core import events
from edge.core.site import Policy
from edge.core.words import (
    CompartmentState,
    ParcelState,
    Purpose,
)
from tests.core.desk import DAY_S, Desk, sent
from tests.core.reviews import JD, doubtful, looking, shut
from tests.core.rounds import roster


def test_a_parcel_that_the_books_know() -> None:
    desk = doubtful(stands={3: JD})
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.tap("parcel")
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.of(events.ParcelDeposited) == []  # it had been told of long ago
    assert desk.parcel(JD).hold_left_ms == -1


def test_the_parcel_that_the_books_know_is_gone() -> None:
    desk = doubtful(stands={3: JD})
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.tap("empty")
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.GONE
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_parcel_that_nobody_knew_of_is_scanned() -> None:
    desk = looking()
    shown = desk.tap("parcel")
    assert (shown.name, shown.params["scan_it"]) == ("look_inside", True)
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.last(events.ParcelFound).parcel == JD.parcel
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.parcel(JD).hold_ends_ms > desk.state.running_ms(round(desk.mono_s * 1000))
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).name == "opening"


def test_a_parcel_that_nobody_knew_of_is_held_where_its_carrier_wants_that() -> None:
    desk = looking(policy=Policy(unannounced="hold"))
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).withheld


def test_a_parcel_typed_after_the_door_was_shut() -> None:
    desk = looking()
    shut(desk)
    assert desk.tap("parcel").params["scan_it"]
    assert desk.enter(JD.tracking).name == "ready"
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_a_parcel_that_the_books_have_behind_another_door() -> None:
    desk = looking(stands={5: JD})
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).door == 3
    assert desk.last(events.ParcelGone).reason == "moved"
    assert desk.compartment(5).state is CompartmentState.REVIEW


def test_another_carriers_parcel_is_found() -> None:
    theirs = sent("JD0123", carrier="gls")
    desk = looking(stands={5: theirs})
    desk.scan(theirs.tracking)
    shut(desk)
    assert desk.parcel(theirs).door == 3


def test_a_parcel_that_was_overdue_and_taken_away_is_found_after_all() -> None:
    desk = Desk(stands={5: JD})
    desk.skip(8 * DAY_S)
    desk.skip(61)
    roster(desk)
    desk.courier_comes(purpose=Purpose.COLLECTION)
    desk.tap("collect")
    desk.tap("all")
    desk.take(5)
    desk.tap("missing")
    desk.announce(JD)
    desk.tap("end")
    desk.wait(10)
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.wait(3)
    desk.scan(JD.tracking)
    shut(desk)
    assert desk.parcel(JD).state is ParcelState.STANDING
    desk.wait(130)
    assert desk.parcel(JD).state is ParcelState.STANDING
