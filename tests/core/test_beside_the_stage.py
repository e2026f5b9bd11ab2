"""What a screen says beside its stage: the door that did not open, the weight, what is not sent, a door left open."""

from __future__ import annotations

import pytest

from edge.core import inputs
from edge.core.orders import OutOfService
from edge.core.ports import Weighing
from edge.core.words import ScaleState
from tests.core.deposits import JD, jam, opened, ready
from tests.core.desk import TECHNICIAN_PIN, Desk, sent
from tests.core.drop_offs import announced, code
from tests.core.drop_offs import placing as dropping_off
from tests.core.pickups import ONE, standing

# -- another door -----------------------------------------------------------------------------------------------------


def test_a_courier_is_told_which_door_did_not_open_until_the_next_parcel() -> None:
    desk = ready()
    first = desk.scan(JD.tracking).door
    assert "instead" not in desk.screen().params
    jam(desk)
    second = desk.screen().door
    assert (desk.screen().name, desk.screen().params["instead"]) == ("opening", first)
    desk.door_opens(second)
    assert (desk.screen().name, desk.screen().params["instead"]) == ("put", first)
    desk.wait(3)
    desk.door_closes(second)
    assert "instead" not in desk.scan("JD0124").params


def test_a_customer_who_drops_off_is_told_it_too() -> None:
    desk = announced()
    desk.scan(code(desk))
    first = desk.tap("M").door
    desk.wait(16)
    desk.door_opens(desk.screen().door)
    assert (desk.screen().name, desk.screen().params["instead"]) == ("place", first)


def test_two_doors_that_jam_one_after_another_the_last_is_named() -> None:
    desk = ready()
    desk.scan(JD.tracking)
    jam(desk)
    second = desk.screen().door
    jam(desk)
    assert desk.screen().params["instead"] == second


def test_when_the_parcel_is_in_nothing_more_is_said_of_the_door_that_did_not_open() -> None:
    """Nor of what it weighed, where somebody looks into another compartment."""
    desk = ready()
    weigh(desk, 1850)
    desk.scan(JD.tracking)
    jam(desk)
    desk.door_opens(7)  # by itself: somebody has to look
    desk.door_closes(7)
    desk.put(desk.screen().door)
    desk.tap("last")
    assert "instead" not in desk.tap("open_again").params
    desk.put(desk.screen().door)
    desk.tap("look")
    shown = desk.tap("open")
    assert (shown.name, shown.door) == ("opening", 7)
    assert not {"instead", "weight_g"} & set(shown.params)


# -- the weight -------------------------------------------------------------------------------------------------------


def weigh(desk: Desk, weight_g: int) -> None:
    desk.tell(inputs.Weighed(Weighing(ScaleState.STABLE, desk.mono_s, weight_g)))


def test_the_weight_is_shown_for_the_parcel_that_was_weighed_and_for_no_other() -> None:
    desk = ready()
    weigh(desk, 1850)
    door = desk.scan(JD.tracking).door
    assert desk.screen().params["weight_g"] == 1850
    desk.door_opens(door)
    assert (desk.screen().name, desk.screen().params["weight_g"]) == ("put", 1850)
    desk.wait(3)
    desk.door_closes(door)
    assert "weight_g" not in desk.screen().params
    assert "weight_g" not in desk.scan("JD0124").params


# -- not sent yet -----------------------------------------------------------------------------------------------------


def test_offline_a_courier_sees_how_much_of_the_round_is_not_sent_and_online_nothing() -> None:
    desk = ready()
    assert "waiting" not in desk.screen().params
    desk.deposit(JD)
    desk.deposit(sent("JD0124"))
    assert desk.screen().params["waiting"] == 2
    desk.link(True)
    assert "waiting" not in desk.screen().params
    desk.link(False)
    assert desk.tap("end").params["waiting"] == 2


# -- left open --------------------------------------------------------------------------------------------------------


def test_after_half_a_minute_it_is_said_that_the_door_is_still_open_and_no_tap_is_stale() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    number = desk.screen().number
    assert "still_open" not in desk.screen().params
    desk.wait(31)
    assert (desk.screen().name, desk.screen().params["still_open"]) == ("take", True)
    assert desk.screen().number == number
    desk.tap("problem")
    assert desk.tap("back").params["still_open"]


def test_the_same_at_a_drop_off_and_at_a_deposit() -> None:
    for desk, _ in (dropping_off(), opened()):
        desk.wait(31)
        assert desk.screen().params["still_open"]


# -- in doubt after a cut ---------------------------------------------------------------------------------------------


def test_after_a_cut_it_is_asked_whether_the_parcel_is_in_there() -> None:
    desk, door = opened()
    desk.level[door] = desk.level[door].CLOSED
    desk.reboot()
    shown = desk.courier_comes(look=True)
    assert (shown.name, shown.door, shown.params["expected"]) == ("look", door, JD.tracking)
    assert shown.params["interrupted"]


def test_in_any_other_doubt_it_is_not() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_opens(3)
    desk.door_closes(3)
    assert "interrupted" not in desk.courier_comes(look=True).params


# -- the map ----------------------------------------------------------------------------------------------------------


def technician(desk: Desk) -> Desk:
    desk.scan(desk.technician_code())
    desk.pin(TECHNICIAN_PIN)
    return desk


def test_a_technician_sees_faults_on_the_map_and_no_free_doors() -> None:
    desk = Desk(stands={3: ONE, 5: sent("JD0005")})
    desk.order(OutOfService(3, "cleaning"))
    desk.scan(desk.code(sent("JD0005")))
    desk.wait(15)  # jams
    desk.tap("end")
    desk.health("board", "7", ok=False)  # a board's name is no door
    technician(desk)
    assert (desk.screen().name, desk.screen().entry) == ("ready", "")
    assert desk.screen().doors == {
        1: "quiet",
        2: "quiet",
        3: "fault",
        4: "quiet",
        5: "fault",
        **dict.fromkeys((6, 7, 8), "quiet"),
    }
    assert (desk.screen().params["technician"], desk.screen().params["faults"]) == (True, 2)


@pytest.mark.parametrize("door", [4, 6])
def test_a_door_that_was_forced_is_a_fault_to_a_technician_as_long_as_its_alarm_stands(door: int) -> None:
    desk = Desk()
    desk.door_opens(door)
    desk.door_closes(door)
    desk.technical("empty", door)
    technician(desk)
    assert desk.screen().doors[door] == "fault"
    assert desk.screen().params["alarms"] == 1
    desk.technical("clear_alarm", alarm=f"door_forced:{door}")
    assert desk.screen().doors[door] == "quiet"


def test_a_courier_sees_what_is_free_and_what_is_in_doubt() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_opens(4)
    desk.door_closes(4)
    desk.courier_comes()
    assert desk.screen().doors == {3: "quiet", 4: "fault", **dict.fromkeys((1, 2, 5, 6, 7, 8), "free")}


# -- nobody there -----------------------------------------------------------------------------------------------------


def test_a_camera_that_does_not_work_is_said_while_nobody_is_there() -> None:
    desk = standing()
    assert not desk.screen().params["no_camera"]
    desk.health("camera", "main", ok=False)
    assert desk.screen().params["no_camera"]
    assert "pin" in desk.screen().choices
    desk.health("camera", "main", ok=True)
    assert not desk.screen().params["no_camera"]


# -- words that differ ------------------------------------------------------------------------------------------------


def test_what_was_declined_cannot_be_opened_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.tap("decline")
    desk.wait(5)
    desk.door_closes(3)
    assert (desk.screen().name, desk.screen().params["declined"], desk.screen().choices) == ("thanks", True, ("end",))


def test_what_was_handed_in_is_said_to_be_handed_in() -> None:
    desk, door = dropping_off()
    desk.wait(5)
    desk.door_closes(door)
    desk.tap("end")
    shown = desk.scan(code(desk))
    assert (shown.params["reason"], shown.params["handed_in"]) == ("already_used", True)


@pytest.mark.parametrize("online", [False, True])
def test_without_the_network_it_is_said_that_a_pin_may_be_new(online: bool) -> None:
    desk = standing()
    desk.link(online)
    desk.tap("pin")
    assert desk.pin("98765432").params["offline"] is not online
