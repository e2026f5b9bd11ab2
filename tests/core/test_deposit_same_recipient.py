"""A recipient for whom a parcel stands already: the next one may be added to it, or gets its own door."""

from __future__ import annotations

from edge.core import events
from edge.core.words import CompartmentState, ContentSensor, Evidence, ParcelState, Size
from tests.core.desk import Desk, sent


def same_recipient(carrier: str = "dpd", **more: object) -> tuple[Desk, int]:
    """One parcel of a reservation stands, another is in the courier's hand."""
    desk = Desk(**more)  # type: ignore[arg-type]
    right = "aa" * 8
    desk.announce(sent("JD0001", reservation=right))
    desk.announce(sent("JD0002", reservation=right, carrier=carrier))
    desk.number_comes()
    return desk, desk.deposit(sent("JD0001"))


def test_the_same_recipient_already_has_a_door_here_offer_to_add_to_it() -> None:
    desk, door = same_recipient()
    shown = desk.scan("JD0002")
    assert (shown.name, shown.door) == ("offer", door)
    desk.tap("add")
    desk.put(door)
    assert len(desk.compartment(door).parcels) == 2
    assert desk.last(events.ParcelDeposited).door == door
    desk.tap("end")
    desk.wait(10)
    desk.scan(desk.code("aa" * 8))
    desk.take(door)
    assert len(desk.of(events.ParcelCollected)) == 2


def test_the_same_recipient_another_carrier_gets_its_own_door() -> None:
    desk, door = same_recipient("gls")
    shown = desk.scan("JD0002")
    assert shown.name == "opening"
    assert shown.door != door


def test_the_same_recipient_own_door_when_the_courier_wants() -> None:
    desk, door = same_recipient()
    desk.scan("JD0002")
    assert desk.tap("own_door").door != door


def test_adding_a_parcel_that_does_not_fit_gives_it_its_own_door() -> None:
    desk, door = same_recipient()
    desk.scan("JD0002")
    desk.tap("add")
    desk.door_opens(door)
    assert desk.screen().choices == ("does_not_fit", "cancel")
    other = desk.tap("does_not_fit").door
    desk.put(other)
    desk.door_closes(door)
    assert desk.parcel(sent("JD0001")).state is ParcelState.STANDING
    assert desk.compartment(door).parcels == (sent("JD0001").parcel,)
    assert desk.compartment(other).parcels == (sent("JD0002").parcel,)


def test_adding_and_cancelling_leaves_the_first_where_it_is() -> None:
    desk, door = same_recipient(content=ContentSensor.INFRARED)
    desk.scan("JD0002")
    desk.tap("add")
    desk.door_opens(door)
    desk.tap("cancel")
    desk.door_closes(door)
    assert desk.compartment(door).state is CompartmentState.OCCUPIED
    assert desk.parcel(sent("JD0002")).state is ParcelState.ANNOUNCED


def test_a_sensor_does_not_tell_two_parcels_from_one() -> None:
    desk, door = same_recipient(content=ContentSensor.INFRARED)
    desk.scan("JD0002")
    desk.tap("add")
    desk.put(door)
    assert desk.last(events.ParcelDeposited).evidence is Evidence.PERSON


def test_adding_to_a_compartment_that_is_then_sensed_empty_is_looked_into() -> None:
    desk, door = same_recipient(content=ContentSensor.INFRARED)
    desk.scan("JD0002")
    desk.tap("add")
    desk.take(door)
    assert desk.screen().name == "no_parcel"
    desk.tap("cancel")
    assert desk.compartment(door).state is CompartmentState.REVIEW
    assert desk.parcel(sent("JD0001")).state is ParcelState.UNCERTAIN


def test_a_collected_parcel_that_is_brought_again_is_added_to_what_stands_for_its_recipient() -> None:
    desk, door = same_recipient()
    desk.scan("JD0002")
    other = desk.tap("own_door").door
    desk.put(other)
    desk.tap("end")
    desk.wait(10)
    desk.scan(desk.code("aa" * 8))
    desk.take(door)
    desk.take(other)
    desk.wait(200)
    assert desk.parcel(sent("JD0001")).state is ParcelState.COLLECTED
    desk.number_comes()
    back = desk.deposit(sent("JD0001"))
    assert desk.scan("JD0002").name == "offer"
    desk.tap("add")
    desk.put(back)
    assert desk.parcel(sent("JD0002")).state is ParcelState.STANDING
    desk.tap("end")
    desk.wait(10)
    desk.scan(desk.code("aa" * 8))
    desk.take(back)
    assert desk.parcel(sent("JD0002")).state is ParcelState.COLLECTED


def test_a_jammed_door_is_not_offered() -> None:
    desk, door = same_recipient()
    desk.technical("out_of_service", door)
    assert desk.scan("JD0002").name == "opening"


def test_pieces_of_one_consignment_without_a_mate_here_get_what_they_need() -> None:
    desk = Desk()
    desk.announce(sent("JD0001", reservation="bb" * 8), size=Size.M)
    desk.courier_comes()
    assert desk.scan("JD0001").door in (3, 4)
