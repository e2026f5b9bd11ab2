"""A new card: the standing list says what stands where, and whatever it leaves out is looked into (I6)."""

from __future__ import annotations

from edge.core.words import CompartmentState, ContentSensor
from tests.core.cuts import SENSORS, good
from tests.core.desk import Desk, sent
from tests.core.pickups import ONE, Sees


@SENSORS
def test_a_new_card_adopts_what_the_standing_list_says_and_the_rest_is_review(content: ContentSensor) -> None:
    desk = Desk(stands={3: ONE, 5: (sent("JD0001"), sent("JD0002"))}, content=content)
    desk.reboot(new_card=True)
    desk.provide()
    assert desk.screen().name == "restoring"
    desk.restore({3: ONE, 5: (sent("JD0001"), sent("JD0002"))}, version=2, after_order=40)
    assert desk.state.order == 40
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert len(desk.compartment(5).parcels) == 2
    rest = {record.state for door, record in desk.state.compartments.items() if door not in (3, 5)}
    assert rest == {CompartmentState.FREE if content is Sees else CompartmentState.REVIEW}
    good(desk)


def test_a_new_card_adopts_nothing_into_a_compartment_that_is_sensed_empty() -> None:
    desk = Desk(content=Sees, restored=False)
    listed = {3: ONE}
    desk.restore(listed, there=False)
    assert ONE.parcel not in desk.state.parcels
    assert desk.compartment(3).state is CompartmentState.FREE


def test_a_new_card_refuses_deposits_until_the_list_comes() -> None:
    desk = Desk(restored=False)
    desk.courier_comes()
    desk.scan(ONE.tracking)
    assert desk.screen().params["reason"] == "restoring"
