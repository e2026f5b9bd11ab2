"""Orders and newer codes that come while somebody stands at an open door.

What is under way ends as it would have; nothing more is opened for a right that has ended (I2).
"""

from __future__ import annotations

from edge.core.orders import Cancel, OutOfService, Revoke
from edge.core.words import CompartmentState, Content, ParcelState
from tests.core.desk import Desk, sent
from tests.core.pickups import ONE, Sees, refusal, standing


def test_called_off_while_its_door_is_open_is_still_collected() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.order(Cancel(ONE.parcel))
    desk.wait(5)
    desk.door_closes(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_called_off_in_the_hands_of_a_courier_who_walks_away_is_uncertain() -> None:
    desk = Desk()
    desk.announce(ONE)
    desk.courier_comes()
    door = desk.scan(ONE.tracking).door
    desk.door_opens(door)
    desk.order(Cancel(ONE.parcel))
    desk.wait(400)
    desk.door_closes(door)
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.compartment(door).state is CompartmentState.REVIEW


def test_out_of_service_by_order_waits_until_the_door_is_done() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    assert desk.order(OutOfService(3, "cleaning")) == "refused: under_way"
    desk.wait(5)
    desk.holds(3, Content.EMPTY)
    desk.door_closes(3)
    assert desk.order(OutOfService(3, "cleaning")) == "done"


def test_reassigned_while_its_door_is_open_is_not_opened_again_for_the_old_right() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.announce(sent(ONE.tracking, reservation="dd" * 8))
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "not_here_yet"
    assert len(desk.pulsed()) == 1


def test_revoked_while_its_door_is_open_is_not_opened_again() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.order(Revoke(ONE.reservation, 0))
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "revoked"
    assert len(desk.pulsed()) == 1


def test_i2_overtaken_by_a_newer_code_while_its_door_is_open_opens_nothing_more() -> None:
    desk = standing(Sees)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.announce(ONE, generation=1)
    desk.wait(5)
    desk.door_closes(3)
    assert refusal(desk) == "superseded"
    assert len(desk.pulsed()) == 1
    desk.tap("back")
    assert desk.scan(desk.code(ONE, generation=1)).name == "opening"
