"""Courier deposit, the way of the label: scan, put, shut, and every reason why a parcel is not taken in."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.orders import Cancel
from edge.core.refusal import Refusal
from edge.core.site import Policy
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState, Size
from tests.core.deposits import JD, ready
from tests.core.desk import Desk, sent
from tests.core.rounds import let_and_freed, roster

# -- fast -----------------------------------------------------------------------------------------------------------


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


# -- the label ------------------------------------------------------------------------------------------------------


def test_not_announced_accept() -> None:
    desk = ready()
    desk.deposit(JD)
    assert not desk.parcel(JD).withheld
    assert desk.right(JD).id == JD.parcel  # so that a code made before opens it


def test_not_announced_refuse() -> None:
    desk = ready(policy=Policy(unannounced_by_carrier={"dpd": "refuse"}))
    shown = desk.scan(JD.tracking)
    assert (shown.name, shown.params["reason"]) == ("refused", Refusal.NOT_ANNOUNCED)
    assert desk.last(events.DepositRefused).parcel == JD.parcel
    assert desk.tap("back").name == "ready"


def test_announced_where_the_carrier_refuses_others() -> None:
    desk = Desk(policy=Policy(unannounced_by_carrier={"dpd": "refuse"}))
    desk.announce(JD)
    desk.courier_comes()
    desk.deposit(JD)
    assert desk.parcel(JD).state is ParcelState.STANDING


def test_not_announced_hold() -> None:
    desk = ready(policy=Policy(unannounced="hold"))
    desk.deposit(JD)
    assert desk.parcel(JD).withheld
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).params["reason"] == Refusal.NOT_HERE_YET
    desk.announce(JD)
    desk.tap("back")
    assert desk.scan(desk.code(JD)).name == "opening"


def test_not_announced_hold_is_held_after_an_undo_as_well() -> None:
    desk = ready(policy=Policy(unannounced="hold"))
    door = desk.deposit(JD)
    desk.tap("last")
    desk.tap("undo")
    desk.take(door)
    desk.deposit(JD)
    assert desk.parcel(JD).withheld


def test_redirected_to_another_site_is_said() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.order(Cancel(JD.parcel, "redirected"))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.REDIRECTED


def test_cancelled_is_said() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.order(Cancel(JD.parcel))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.CANCELLED


def test_cancelled_while_its_door_stands_open_goes_back() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.number_comes()
    door = desk.scan(JD.tracking).door
    desk.door_opens(door)
    desk.order(Cancel(JD.parcel))
    desk.wait(3)
    desk.door_closes(door)
    assert desk.parcel(JD).state is ParcelState.RETURNING
    assert desk.screen().params["to_collect"] == 1


def test_already_here_is_said_with_its_door() -> None:
    desk = Desk(stands={5: JD})
    desk.courier_comes()
    shown = desk.scan(JD.tracking)
    assert (shown.params["reason"], shown.params["door"]) == (Refusal.ALREADY_HERE, 5)


def test_another_carriers_parcel_is_said() -> None:
    desk = Desk()
    desk.announce(sent("JD0123", carrier="gls"))
    desk.courier_comes()  # the badge names dpd
    assert desk.scan("JD0123").params["reason"] == Refusal.WRONG_CARRIER


def test_no_barcode_the_number_is_typed() -> None:
    desk = Desk()
    desk.announce(JD)
    desk.courier_comes()
    shown = desk.enter(" jd 0123 ")
    desk.put(shown.door)
    assert desk.parcel(JD).state is ParcelState.STANDING


@pytest.mark.parametrize("text", ["", "JD", "x" * 65, "Ünlesbar", "JD\x1d0123"])
def test_a_label_that_cannot_be_read(text: str) -> None:
    desk = ready()
    assert desk.enter(text).params["reason"] == Refusal.LABEL_UNREADABLE
    assert desk.tap("back").name == "ready"


def test_a_refused_label_is_followed_by_the_next_without_a_tap() -> None:
    desk = ready(policy=Policy(unannounced="refuse"))
    desk.announce(JD)
    desk.scan("JD0001")
    assert desk.scan(JD.tracking).name == "opening"


def test_a_badge_without_the_right_to_deposit() -> None:
    desk = Desk()
    roster(desk, permissions=("collect_overdue",))
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.NOT_PERMITTED


@pytest.mark.parametrize("mark", ["reserve", "ballast", "zero"])
def test_no_deposit_without_space_for_the_journal(mark: str) -> None:
    desk = ready()
    desk.tell(inputs.Space(mark))
    assert desk.scan(JD.tracking).params["reason"] == Refusal.OUT_OF_ORDER


def test_no_deposit_while_the_locker_is_being_restored() -> None:
    desk = Desk(restored=False)
    desk.courier_comes()
    assert desk.scan(JD.tracking).params["reason"] == Refusal.RESTORING


def test_a_parcel_brought_again_after_its_pickup_opens_with_its_code_again() -> None:
    desk = Desk(content=ContentSensor.SCALE)
    desk.courier_comes()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    door = desk.scan(desk.code(JD)).door
    desk.take(door)
    assert desk.parcel(JD).state is ParcelState.COLLECTED
    desk.wait(200)
    desk.courier_comes()
    desk.deposit(JD)
    desk.tap("end")
    desk.wait(10)
    assert desk.scan(desk.code(JD)).name == "opening"


# -- the same recipient ---------------------------------------------------------------------------------------------


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
