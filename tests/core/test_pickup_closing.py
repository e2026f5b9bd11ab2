"""The end of a pickup: left open, shut with the parcel still inside, shut after a cut.  The sensor decides (I3)."""

from __future__ import annotations

from edge.core import events
from edge.core.words import Content, DoorState, Evidence, ParcelState
from tests.core.pickups import ONE, Sees, standing


def test_not_closed_reminds_then_tells_the_operator_and_the_door_stays_watched() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(31)
    assert desk.screen().name == "take"
    desk.wait(150)
    assert desk.screen().name == "attract"
    assert desk.last(events.DoorLeftOpen).door == 3
    assert desk.memory.sense(3).state is DoorState.OPEN_TOO_LONG
    assert desk.screen().others == (3,)
    assert "door_left_open:3" in desk.state.faults
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED
    assert "door_left_open:3" not in desk.state.faults


def test_a_session_whose_door_stands_open_never_times_out_not_even_at_a_question() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("problem")
    desk.wait(170)
    assert desk.screen().name == "problem"


def test_closed_with_the_weight_still_there_reopens_at_once() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    assert len(desk.pulsed()) == 2
    desk.door_opens(3)
    assert desk.screen().name == "left_inside"
    assert desk.parcel(ONE).state is ParcelState.LEAVING
    desk.wait(3)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_a_sensor_that_does_not_settle_concludes_nothing() -> None:
    desk = standing(Sees)
    desk.sensors_answer = False
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    desk.wait(5)
    assert desk.screen().name == "did_you_get_it"
    assert "content_sensor:door 3" in desk.state.faults


def test_a_customer_who_comes_back_to_an_adopted_door_is_asked_whether_they_have_it() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.reboot()
    assert desk.scan(desk.code(ONE)).name == "take"
    desk.wait(5)
    desk.door_closes(3)
    assert desk.screen().name == "did_you_get_it"
    desk.tap("yes")
    assert desk.last(events.ParcelCollected).evidence is Evidence.PERSON
