"""From the pulse to the open door, and every way that it does not open: jammed, late, spared, silent, sagging.

I3: none of them consumes the code.  I5: without a valid reading nothing is pulsed again.
"""

from __future__ import annotations

import pytest

from edge.core import events
from edge.core.words import CompartmentState, CredentialState, DoorState, Feedback, ParcelState, PulseOutcome
from tests.core.desk import DAY_S
from tests.core.pickups import ONE, standing

# -- jammed -----------------------------------------------------------------------------------------------------------


def test_no_edge_asks_to_push_and_then_pulses_once_more() -> None:
    """Whoever stands there needs time to read it and to take the load off the latch."""
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    assert desk.screen().name == "push_then_pull"
    assert [unlock.attempt for unlock in desk.pulsed()] == [1]
    desk.wait(3)
    assert [unlock.attempt for unlock in desk.pulsed()] == [1, 2]
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_a_door_that_opens_while_it_is_pushed_is_not_pulsed_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    desk.take(3)
    desk.wait(5)
    assert [unlock.attempt for unlock in desk.pulsed()] == [1]
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


@pytest.mark.parametrize("begins", [False, True])
def test_i7_a_hand_that_is_quicker_than_the_second_pulse_is_no_alarm(begins: bool) -> None:
    """The first pulse has freed the latch, the hand opens it; that is told before, or just after, the second begins."""
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    desk.pulses_answer = False
    desk.wait(3)
    assert [unlock.attempt for unlock in desk.pulsed()] == [1, 2]
    before_s = desk.mono_s
    if begins:
        desk.pulse_begins(desk.unlocks[0])
    desk.door_opens(3, at_s=before_s)
    assert not desk.state.alarms
    assert desk.last(events.DoorOpened).attempt == 1
    desk.pulse()
    desk.take(3)
    assert desk.screen().name == "thanks"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i5_a_latch_that_a_hand_frees_before_the_second_pulse_has_its_second_too() -> None:
    desk = standing(feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.wait(6)
    desk.pulses_answer = False
    desk.wait(3)
    desk.blink(3)
    assert not desk.of(events.DoorOpened)
    desk.pulse()
    desk.wait(8)
    assert desk.screen().name == "jammed"
    assert not desk.state.alarms


def test_i3_a_cut_between_push_then_pull_and_the_second_pulse_burns_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    assert desk.screen().name == "push_then_pull"
    desk.reboot()
    desk.wait(60)
    assert len(desk.pulsed()) == 1
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_i5_a_door_that_falls_silent_while_it_is_pushed_is_not_pulsed_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    desk.door_silent(3)
    desk.wait(5)
    assert [unlock.attempt for unlock in desk.pulsed()] == [1]
    assert desk.compartment(3).state is CompartmentState.REVIEW


def test_no_edge_after_the_second_pulse_is_a_jam_that_burns_nothing() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    shown = desk.screen()
    assert (shown.name, shown.params["ticket"], shown.choices) == ("jammed", "1", ("end",))
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.parcel(ONE).state is ParcelState.STANDING
    assert desk.parcel(ONE).hold_left_ms > 0
    assert desk.compartment(3).state is CompartmentState.OUT_OF_SERVICE
    assert desk.memory.sense(3).state is DoorState.JAMMED
    assert "door_jammed:3" in desk.state.faults
    assert len(desk.pulsed()) == 2


def test_a_reading_that_a_rounded_stamp_puts_before_its_time_is_fresh() -> None:
    desk = standing()
    desk.doors_answer = False
    desk.scan(desk.code(ONE))
    began_s = desk.memory.sense(3).began_s
    desk.wait(4.2)
    desk.door_closes(3, at_s=began_s + 4 - 0.0004)
    desk.wait(5)
    assert [unlock.attempt for unlock in desk.pulsed()] == [1, 2]


def test_presented_again_at_a_jammed_door_shows_the_ticket_again() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    desk.tap("end")
    shown = desk.scan(desk.code(ONE))
    assert (shown.name, shown.params["ticket"], shown.choices) == ("jammed", "1", ("end",))


def test_the_hold_runs_on_when_a_jammed_door_is_back_in_service() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(15)
    left = desk.parcel(ONE).hold_left_ms
    desk.skip(30 * DAY_S)
    assert desk.parcel(ONE).state is ParcelState.STANDING
    answer = desk.technical("in_service", 3)
    assert answer is not None
    assert answer.ok
    assert desk.parcel(ONE).hold_left_ms == -1
    assert desk.parcel(ONE).hold_ends_ms == pytest.approx(
        desk.state.running_ms(round(desk.mono_s * 1000)) + left, abs=9
    )
    assert desk.compartment(3).state is CompartmentState.OCCUPIED
    assert desk.scan(desk.code(ONE)).name == "opening"


def test_a_latch_that_springs_back_is_no_open_door() -> None:
    desk = standing(feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.blink(3)
    desk.wait(15)
    assert not desk.of(events.DoorOpened)
    assert desk.screen().name == "jammed"


# -- too late, or the coil spared -------------------------------------------------------------------------------------


def test_too_late_the_pulse_is_dropped_and_the_code_asked_for_again() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.LATE)
    assert desk.scan(desk.code(ONE)).name == "too_late"
    assert desk.last(events.OpeningLapsed).reason == "late"
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("try_again").name == "opening"
    desk.take(3)
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_too_late_at_the_second_pulse_lapses_as_well() -> None:
    desk = standing()
    desk.outcomes.extend([PulseOutcome.DONE, PulseOutcome.LATE])
    desk.scan(desk.code(ONE))
    desk.wait(9)
    assert desk.last(events.OpeningLapsed).reason == "late_after_pulse"
    assert desk.screen().name == "too_late"


def test_a_coil_that_is_spared_lapses_and_offers_to_try_again() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.REFUSED)
    assert desk.scan(desk.code(ONE)).name == "too_late"
    assert desk.last(events.OpeningLapsed).reason == "coil_limit"


# -- board and supply -------------------------------------------------------------------------------------------------


def test_a_board_that_cannot_be_reached_is_a_fault_and_the_code_is_good() -> None:
    desk = standing()
    desk.outcomes.append(PulseOutcome.BROKEN)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    assert "board:door 3" in desk.state.faults
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.tap("try_again").name == "opening"
    desk.take(3)
    assert "board:door 3" not in desk.state.faults


def test_a_door_that_cannot_be_read_is_not_pulsed() -> None:
    desk = standing()
    desk.door_silent(3)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    assert not desk.pulsed()


def test_a_sagging_supply_is_not_pulsed_and_retry_is_offered() -> None:
    desk = standing()
    desk.health("supply", "locks", ok=False)
    assert desk.scan(desk.code(ONE)).name == "board_silent"
    desk.health("supply", "locks", ok=True)
    assert desk.tap("try_again").name == "opening"


def test_a_supply_that_sags_after_the_first_pulse_is_spared_the_second_and_retry_is_offered() -> None:
    desk = standing()
    desk.scan(desk.code(ONE))
    desk.wait(6)
    assert desk.screen().name == "push_then_pull"
    desk.health("supply", "locks", ok=False)
    desk.wait(9)
    assert len(desk.pulsed()) == 1
    assert desk.last(events.OpeningLapsed).reason == "supply_after_pulse"
    assert desk.right(ONE).state is CredentialState.GOOD
    desk.health("supply", "locks", ok=True)
    assert desk.tap("try_again").name == "opening"


def test_no_valid_reading_after_the_pulse_is_broken_and_never_pulsed_again_by_itself() -> None:
    desk = standing()
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.level[3] = desk.level[3].UNKNOWN
    desk.pulse()
    desk.wait(30)
    assert len(desk.pulsed()) == 1
    assert "door_feedback:door 3" in desk.state.faults
    assert desk.parcel(ONE).state is ParcelState.UNCERTAIN
    assert desk.right(ONE).state is CredentialState.GOOD
    assert desk.screen().name == "board_silent"


def test_a_bus_that_never_answers_is_broken_after_its_time() -> None:
    desk = standing()
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.wait(20)
    assert desk.screen().name == "board_silent"
    assert desk.compartment(3).state is CompartmentState.REVIEW
    assert not desk.state.openings


# -- open already -----------------------------------------------------------------------------------------------------


def test_a_door_already_open_is_not_pulsed_and_said() -> None:
    desk = standing()
    desk.level[3] = desk.level[3].OPEN
    desk.reboot()
    assert desk.scan(desk.code(ONE)).name == "stands_open"
    desk.door_closes(3)
    assert desk.tap("try_again").name == "opening"
