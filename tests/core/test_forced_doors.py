"""I7, the door named: a door that goes open without a live opening is an alarm, and nothing else is one."""

from __future__ import annotations

from edge.core import events
from edge.core.words import CompartmentState, Content, CredentialState, DoorState, Level, PulseOutcome
from tests.core.desk import Desk
from tests.core.pickups import ONE, Sees, standing

# -- an alarm ---------------------------------------------------------------------------------------------------------


def test_a_door_that_goes_open_without_a_live_opening_is_an_alarm_and_quarantined() -> None:
    desk = standing()
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.memory.sense(3).state is DoorState.FORCED
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.door_closes(3)
    assert desk.last(events.DoorShut).door == 3


def test_an_empty_sensor_does_not_end_the_quarantine_of_a_forced_door() -> None:
    desk = Desk(content=Sees)
    desk.door_opens(5)
    desk.door_closes(5)
    desk.content(5, Content.EMPTY)
    assert desk.compartment(5).state is CompartmentState.REVIEW


def test_i7_another_door_than_the_pulsed_one_is_an_alarm_and_opens_nothing_in_the_books() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(4)
    assert "door_forced:4" in desk.state.alarms
    opening = desk.opening(3)
    assert opening is not None
    assert opening.opened_ms < 0


def test_i7_a_door_that_opens_after_its_opening_lapsed_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.outcomes.append(PulseOutcome.LATE)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms


def test_i7_a_jammed_door_that_springs_open_later_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.wait(15)
    desk.door_opens(3)
    assert "door_forced:3" in desk.state.alarms
    assert desk.right(ONE).state is CredentialState.GOOD


def test_i7_a_door_that_was_closed_before_a_silence_and_is_open_after_it_is_an_alarm() -> None:
    desk = Desk(stands={3: ONE})
    for door in (3, 4):
        desk.door_silent(door)
        desk.wait(600)
        desk.door_opens(door)
        assert f"door_forced:{door}" in desk.state.alarms
        assert desk.compartment(door).reason == "forced"
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.door_closes(3)
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i7_an_alarm_stands_until_a_person_clears_it() -> None:
    desk = Desk()
    desk.door_opens(4)
    desk.door_closes(4)
    desk.reboot()
    assert "door_forced:4" in desk.state.alarms
    answer = desk.technical("clear_alarm", alarm="door_forced:4")
    assert answer is not None
    assert answer.ok
    assert not desk.state.alarms


# -- none -------------------------------------------------------------------------------------------------------------


def test_a_door_that_closes_is_never_an_alarm() -> None:
    desk = Desk()
    desk.level[4] = desk.level[4].OPEN
    desk.reboot()
    desk.door_closes(4)
    assert not desk.state.alarms
    assert desk.memory.sense(4).state is DoorState.CLOSED


def test_i7_a_board_that_says_its_first_word_is_no_alarm() -> None:
    desk = Desk()
    desk.level[4] = Level.UNKNOWN
    desk.reboot()
    desk.door_opens(4)
    assert not desk.state.alarms
    assert desk.compartment(4).reason == "found_open"


def test_i7_a_silence_after_a_pulse_is_no_alarm() -> None:
    """Our own pulse may have opened it: nobody can say that it was closed."""
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_silent(3)
    desk.wait(8)
    assert desk.opening(3) is None
    desk.door_opens(3)
    assert not desk.state.alarms
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_i7_a_silence_while_a_door_stands_open_is_no_alarm() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.door_silent(3)
    desk.wait(60)
    desk.door_opens(3)
    assert not desk.state.alarms
