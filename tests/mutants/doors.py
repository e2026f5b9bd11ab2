"""Sabotages of pulses, doors and compartments (I1, I5, I6, I7, I8)."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

DOORS: Final = (
    Mutant(
        name="door_believed_open_after_the_pulse",
        file="edge/core/doors.py",
        old="        turn.act(ReadDoors((opening.door,)))\n        return\n",
        new=(
            "        seen = turn.memory.sense(opening.door).reading\n"
            "        turn.record(events.DoorOpened(opening.number, opening.door, opening.attempt, seen.evidence))\n"
            "        return\n"
        ),
        breaks="A pulse is no evidence of an open door.",
        dies_by=("i5_opened_is_open",),
        life="hardware",
    ),
    Mutant(
        name="latch_taken_for_door",
        file="edge/core/sensing.py",
        old="        elif reading.evidence is Evidence.LATCH:\n",
        new="        elif False:\n",
        breaks="A latch proves an open door only when it stays retracted for a second.",
        dies_by=("i5_opened_is_open", "i5_a_latch_is_watched_a_second"),
        life="latches",
    ),
    Mutant(
        name="unknown_taken_for_closed",
        file="edge/core/sensing.py",
        old="    if reading.level is Level.UNKNOWN:\n",
        new="    if False:\n",
        breaks="Unknown is unknown: a door is closed when its contact says so.",
        dies_by=("i5_closed_on_evidence", "i5_closed_is_closed"),
        life="hardware",
    ),
    Mutant(
        name="pulse_repeated_blindly",
        file="edge/core/doors.py",
        old="    if not fresh or sense.reading is None or sense.reading.level is not Level.CLOSED:\n",
        new=(
            "    if opening.attempt < PULSES:\n"
            "        turn.record(events.OpeningRetried(number, opening.door, attempt + 1))\n"
            "        _pulse(turn, opening.door, number, attempt + 1)\n"
            "    elif not fresh or sense.reading is None or sense.reading.level is not Level.CLOSED:\n"
        ),
        breaks="A second pulse needs a valid reading of closed after the first.",
        dies_by=("a_second_pulse_needs_a_status",),
        life="hardware",
    ),
    Mutant(
        name="third_pulse",
        file="edge/core/doors.py",
        old="PULSES: Final = 2 ",
        new="PULSES: Final = 3 ",
        breaks="One opening has two pulses at most.",
        dies_by=("i1_two_pulses_at_most",),
        life="hardware",
    ),
    Mutant(
        name="unlock_deadline_ignored",
        file="edge/core/doors.py",
        old="turn.now.mono_s + turn.timers.unlock_deadline_s))\n",
        new="turn.now.mono_s + 600))\n",
        breaks="No door springs open after its person has gone: a pulse has five seconds.",
        dies_by=("unlock_has_a_deadline",),
        life="hardware",
    ),
    Mutant(
        name="deadline_from_the_commit",
        file="edge/runtime/hardware.py",
        old="effect.attempt, effect.not_after_s)\n",
        new="effect.attempt, asyncio.get_running_loop().time() + 5)\n",
        breaks="The deadline counts from the input, not from the commit.",
        dies_by=("unlock_has_a_deadline",),
        life="hardware",
    ),
    Mutant(
        name="second_boot_pulses",
        file="edge/core/restoring.py",
        old="        _authorised_only(turn, opening)\n",
        new=(
            "        from edge.core import doors\n"
            "        doors._pulse(turn, opening.door, opening.number, opening.attempt)\n"
        ),
        breaks="Start-up never pulses.",
        dies_by=("start_up_never_pulses", "i1_each_pulse_its_own_authority"),
        life="cut_deposit",
    ),
    Mutant(
        name="wrong_door_pulsed",
        file="edge/runtime/hardware.py",
        old="        order = UnlockOrder(effect.door, ",
        new="        order = UnlockOrder(effect.door % 3 + 1, ",
        breaks="Every pulse moves the door that its event names.",
        dies_by=("i1_authority_durable_before_the_pulse", "i7_pulse_moves_its_door"),
        life="erasure",
    ),
    Mutant(
        name="alarm_not_raised",
        file="edge/core/sensing.py",
        old="            _forced(turn, door, reading, 0)\n",
        new="            pass\n",
        breaks="A door that goes open without a live opening is an alarm.",
        dies_by=("i7_open_without_an_opening_is_an_alarm",),
        life="hardware",
    ),
    Mutant(
        name="alarm_for_our_own_opening",
        file="edge/core/sensing.py",
        old="        if opening.attempt == 1 and _before_the_pulse(turn, door):",
        new="        if True:",
        breaks="A door that opens after its pulse is no alarm.",
        dies_by=("i7_no_alarm_that_nobody_caused",),
        life="erasure",
    ),
    Mutant(
        name="free_on_an_interrupted_session",
        file="edge/core/restoring.py",
        old="    if not unchanged:\n",
        new="    if False:\n",
        breaks="After anything interrupted a compartment is free only on what is sensed or seen.",
        dies_by=("i6_a_sensor_is_there", "i6_free_is_empty"),
        life="cut_deposit",
    ),
    Mutant(
        name="review_skipped_after_a_cut",
        file="edge/core/restoring.py",
        old='    turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number, putting_in))\n',
        new='    turn.record(events.OpeningLapsed(opening.number, opening.door, "interrupted"))\n',
        breaks="After a cut between commit and close, a compartment without a sensor goes to review.",
        dies_by=("i6_a_cut_ends_in_review",),
        life="cut_deposit",
    ),
    Mutant(
        name="inferred_after_a_cut",
        file="edge/core/pickup.py",
        old="        elif sensing.interrupted(turn, opening):\n            self._ask",
        new="        elif False:\n            self._ask",
        breaks="Nothing is inferred from the end of an opening that was cut off.",
        dies_by=("i3_nothing_is_inferred_after_a_cut", "i3_collected_is_gone"),
        life="cut_pickup",
    ),
    Mutant(
        name="inferred_free_at_once",
        file="edge/core/events/pickup.py",
        old="        if self.evidence is Evidence.SENSOR:\n",
        new="        if True:\n",
        breaks="What is only concluded counts after a grace without complaint.",
        dies_by=("i6_let_only_what_is_free",),
        life="soon_after",
    ),
    Mutant(
        name="free_without_a_look",
        file="edge/core/restoring.py",
        old="        and letting.sensed(turn, door) is Content.EMPTY\n",
        breaks="A compartment that nobody has looked into is free only when it is sensed empty.",
        dies_by=("i6_a_sensor_is_there", "i6_free_is_empty"),
        life="cut_deposit",
    ),
    Mutant(
        name="forced_door_stays_free",
        file="edge/core/events/doors.py",
        old='        state = to_review(state, self.door, "forced")\n',
        breaks="A compartment that went open by itself waits for somebody who looks.",
        dies_by=("i6_let_only_what_is_free",),
        life="soon_after",
    ),
    Mutant(
        name="two_coils_at_once",
        file="hal/duty.py",
        old="        return None if len(ends) < self._limits.at_once else min(ends)\n",
        new="        return None\n",
        breaks="One coil is on at once.",
        dies_by=("i8_one_coil_at_once",),
        life="coils",
    ),
    Mutant(
        name="coil_limit_off",
        file="hal/coil.py",
        old="            outcome = board.pulse(pulse, go)\n",
        new="            outcome = board.pulse(type(pulse)(pulse.order, pulse.channel, pulse.ms * 3), go)\n",
        breaks="No coil is on for longer than its limit.",
        dies_by=("i8_pulse_within_its_supply", "i8_coil_within_its_limit", "i8_a_coil_rests"),
        life="coils",
    ),
    Mutant(
        name="duty_off",
        file="hal/duty.py",
        old="        if recent >= limits.attempts_a_minute:\n",
        new="        if False:\n",
        breaks="No coil is on more often than its duty.",
        dies_by=("i8_coil_within_its_duty",),
        life="coils",
    ),
)
