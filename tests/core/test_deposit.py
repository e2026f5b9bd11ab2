"""Courier deposit is scan, put, shut, without a tap: label after label, beside an open door, shut at once."""

from __future__ import annotations

from edge.core import events
from edge.core.refusal import Refusal
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState
from tests.core.deposits import JD, ready
from tests.core.desk import sent
from tests.core.rounds import let_and_freed


def test_an_ordinary_deposit_is_scan_put_shut_without_a_tap() -> None:
    desk = ready()
    shown = desk.scan(JD.tracking)
    assert shown.name == "opening"
    desk.door_opens(shown.door)
    assert (desk.screen().name, desk.screen().door) == ("put", shown.door)
    assert desk.of(events.ParcelDeposited) == []
    desk.wait(4)
    desk.door_closes(shown.door)
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.compartment(shown.door).state is CompartmentState.OCCUPIED
    assert desk.screen().name == "ready"
    assert desk.screen().params["in"] == 1


def test_only_a_closed_door_makes_it_deposited() -> None:
    desk = ready(content=ContentSensor.SCALE)
    shown = desk.scan(JD.tracking)
    desk.door_opens(shown.door)
    desk.content(shown.door, Content.PRESENT)
    desk.wait(25)
    assert desk.of(events.ParcelDeposited) == []
    desk.door_closes(shown.door)
    assert desk.last(events.ParcelDeposited).evidence is Evidence.SENSOR


def test_a_wall_is_filled_without_a_tap() -> None:
    desk = ready()
    for number in range(8):
        shown = desk.scan(f"JD{number:04}")
        assert shown.name == "opening", shown
        desk.put(shown.door, 3)
    assert desk.screen().params["in"] == 8
    assert desk.screen().params["full"]


def test_the_next_scan_is_taken_while_the_last_door_still_stands_open() -> None:
    desk = ready()
    first = desk.scan("JD0001").door
    desk.door_opens(first)
    second = desk.scan("JD0002").door
    assert second != first
    desk.door_opens(second)
    assert desk.screen().others == (first,)
    desk.wait(3)
    desk.door_closes(second)
    assert (desk.screen().name, desk.screen().door, desk.screen().params["label"]) == ("put", first, "JD0001")
    desk.door_closes(first)
    assert desk.screen().name == "ready"
    assert [e.parcel for e in desk.of(events.ParcelDeposited)] == [sent("JD0002").parcel, sent("JD0001").parcel]


def test_two_doors_at_most_stand_open_for_one_courier() -> None:
    desk = ready()
    for label in ("JD0001", "JD0002"):
        desk.door_opens(desk.scan(label).door)
    shown = desk.scan("JD0003")
    assert (shown.name, shown.params["hint"]) == ("put", Refusal.DOORS_OPEN)
    assert len(desk.of(events.OpeningAuthorised)) == 2


def test_a_label_seen_twice_is_one_deposit() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.scan(JD.tracking)
    desk.door_opens(door)
    desk.scan(JD.tracking)
    assert len(desk.of(events.CompartmentLet)) == 1


def test_another_code_on_the_same_parcel_beside_an_open_door_is_no_reason_to_stop() -> None:
    desk = ready()
    desk.door_opens(desk.scan(JD.tracking).door)
    assert desk.scan("a routing code that is\x1dno number").name == "put"


def test_no_label_is_taken_while_a_door_is_on_its_way() -> None:
    desk = ready()
    desk.scan("JD0001")
    desk.scan("JD0002")
    assert len(desk.of(events.OpeningAuthorised)) == 1


def test_a_door_shut_at_once_is_asked_about_and_not_counted() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.wait(0.5)
    desk.door_closes(door)
    assert desk.screen().name == "is_it_inside"
    assert desk.of(events.ParcelDeposited) == []
    desk.tap("yes")
    assert desk.parcel(JD).state is ParcelState.STANDING
    assert desk.screen().name == "ready"


def test_a_door_shut_at_once_is_opened_again() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.put(door, 0.5)
    assert desk.tap("open_again").door == door
    desk.put(door)
    assert desk.parcel(JD).door == door


def test_i6_a_door_shut_at_once_without_an_answer_is_looked_into() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.put(door, 0.5)
    desk.wait(60)
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(JD).state is ParcelState.UNCERTAIN
    let_and_freed(desk)


def test_more_time_gives_more_time_to_answer() -> None:
    desk = ready()
    door = desk.scan(JD.tracking).door
    desk.put(door, 0.5)
    desk.wait(35)
    desk.tap("more_time")
    desk.wait(25)
    assert desk.screen().name == "is_it_inside"
    desk.tap("yes")
    assert desk.parcel(JD).state is ParcelState.STANDING
