"""I5, the door is what it is: a pulse is no evidence, a latch has its second, unknown is unknown."""

from __future__ import annotations

import pytest

from edge.core import events, inputs
from edge.core.effects import ReadDoors
from edge.core.ports import ContentReading, DoorReading
from edge.core.words import Content, DoorState, Evidence, Feedback, Level, ParcelState
from tests.core.desk import Desk
from tests.core.pickups import ONE

# -- what a pulse proves ----------------------------------------------------------------------------------------------


def test_i5_a_pulse_is_no_evidence() -> None:
    desk = Desk(stands={3: ONE})
    desk.scan(desk.code(ONE))
    assert desk.memory.sense(3).state is DoorState.UNLOCKING
    assert not desk.of(events.DoorOpened)
    assert desk.screen().name == "opening"


@pytest.mark.parametrize("feedback", [Feedback.SWITCH, Feedback.LATCH])
def test_i5_opened_and_closed_name_their_evidence(feedback: Feedback) -> None:
    desk = Desk(stands={3: ONE}, feedback=feedback)
    desk.scan(desk.code(ONE))
    desk.take(3)
    assert desk.last(events.DoorOpened).evidence == feedback.value
    assert desk.last(events.DoorClosed).evidence == feedback.value


def test_i5_an_edge_from_before_the_pulse_is_not_its_evidence() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    before_s = desk.mono_s
    desk.pulse_begins(desk.unlocks[0])
    desk.door_opens(3, at_s=before_s)
    assert not desk.of(events.DoorOpened)
    assert desk.last(events.DoorForced).during == 1
    assert desk.last(events.OpeningLapsed).reason == "forced"


def test_i5_a_second_pulse_needs_a_fresh_reading_of_closed() -> None:
    desk = Desk(stands={3: ONE})
    desk.pulses_answer = False
    desk.scan(desk.code(ONE))
    desk.pulse_begins(desk.unlocks.popleft())
    desk.doors_answer = False
    desk.wait(4.5)
    assert ReadDoors((3,)) in desk.effects
    desk.wait(10)
    assert len(desk.pulsed()) == 1
    assert not desk.of(events.OpeningRetried)


def test_i5_a_reading_that_was_overtaken_says_nothing() -> None:
    desk = Desk(stands={3: ONE})
    desk.door_opens(3, at_s=desk.mono_s - 0.5)
    assert desk.memory.sense(3).state is not DoorState.OPEN
    desk = Desk(stands={3: ONE})
    desk.read_doors(3)
    head = desk.state.head
    desk.door_opens(3, at_s=desk.mono_s - 0.5)
    assert desk.state.head == head


def test_i5_unknown_is_unknown() -> None:
    desk = Desk()
    desk.door_silent(4)
    assert desk.memory.sense(4).state is DoorState.UNKNOWN
    desk.door_closes(4)
    assert desk.memory.sense(4).state is DoorState.CLOSED


def test_readings_and_contents_of_doors_that_are_not_in_the_wall_are_ignored() -> None:
    desk = Desk()
    desk.tell(inputs.Levels({99: DoorReading(Level.OPEN, Evidence.SWITCH, desk.mono_s)}))
    desk.tell(inputs.Contents({99: ContentReading(Content.PRESENT, desk.mono_s)}))
    assert 99 not in desk.memory.doors


# -- a latch ----------------------------------------------------------------------------------------------------------


def test_i5_a_latch_counts_only_after_a_second() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(0.9)
    assert not desk.of(events.DoorOpened)
    desk.wait(0.2)
    assert desk.of(events.DoorOpened)


@pytest.mark.parametrize("silent_s", [0.8, 3.0, 20.0])
@pytest.mark.parametrize("after_s", [0.1, 5.0])
def test_i5_a_latch_whose_second_a_silence_interrupts_is_judged_all_the_same(silent_s: float, after_s: float) -> None:
    """After the pulse, or so late that the status was asked for already; the silence is short or long."""
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.wait(after_s)
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(0.5)
    desk.door_silent(3)
    desk.wait(silent_s)
    assert not desk.of(events.DoorOpened)
    desk.level[3] = Level.OPEN
    desk.read_doors(3)
    desk.wait(10)
    opening = desk.opening(3)
    assert opening is None or opening.opened_ms >= 0, "nothing stays on its way for ever"
    if silent_s < 2:
        assert desk.last(events.DoorOpened).evidence is Evidence.LATCH
    else:
        assert desk.compartment(3).reason in ("no_status", "found_open", "forced") or desk.of(events.DoorOpened)


def test_i5_a_latch_that_springs_back_for_a_moment_does_not_close_a_door() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    for _ in range(3):
        desk.level[3] = Level.CLOSED
        desk.read_doors(3)
        desk.wait(0.6)
        desk.level[3] = Level.OPEN
        desk.read_doors(3)
        desk.wait(0.6)
    assert not desk.of(events.DoorClosed)
    opened_for_ms = desk.running_ms() - desk.state.openings[1].opened_ms
    desk.door_closes(3)
    assert desk.last(events.DoorClosed).evidence is Evidence.LATCH
    assert desk.last(events.DoorClosed).open_ms == pytest.approx(opened_for_ms, abs=50), "until it was shut, no longer"
    assert desk.parcel(ONE).state is ParcelState.COLLECTED


def test_i5_a_latch_whose_second_ends_a_hair_after_its_timer_is_shut_all_the_same() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3, at_s=desk.mono_s + 0.0304)
    assert desk.of(events.DoorClosed)


def test_i5_a_forced_door_is_shut_when_its_latch_holds() -> None:
    desk = Desk(stands={3: ONE}, feedback=Feedback.LATCH)
    desk.door_opens(3)
    desk.level[3] = Level.CLOSED
    desk.read_doors(3)
    assert desk.scan(desk.code(ONE)).name == "stands_open"
    assert not desk.of(events.DoorShut)
    desk.wait(1.1)
    assert desk.of(events.DoorShut)
    assert desk.tap("try_again").name == "opening"
