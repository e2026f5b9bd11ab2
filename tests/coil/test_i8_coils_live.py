"""I8, coils live: no coil on longer than its limit, more often than its duty, or more than N at once."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from edge.core.errors import ConfigurationError, HardwareFault
from edge.core.words import Cutoff, PulseOutcome
from hal.coil import OFF_TRIES, CoilGuard
from hal.duty import CoilLimits
from hal.timer import SteppedTimer, ThreadTimer
from tests.coil.lines import Board, Lines, order


def bench(limits: CoilLimits | None = None) -> tuple[SteppedTimer, CoilGuard, Lines]:
    timer = SteppedTimer()
    return timer, CoilGuard(limits, timer), Lines(timer.now_s)


def test_i8_the_guard_ends_a_host_timed_pulse_at_its_length() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL, pulse_ms=250)
    assert bank.fire(order(), 1) is PulseOutcome.DONE
    assert lines.on_times_s() == [0.25]


def test_i8_a_pulse_longer_than_the_limit_is_refused_when_the_bank_is_made() -> None:
    _, guard, lines = bench(CoilLimits(max_on_ms=200))
    with pytest.raises(ConfigurationError, match="pulse_ms 300, limits 1 to 200"):
        guard.host_timed("pins", lines, [1], Cutoff.KERNEL, pulse_ms=300)


def test_i8_an_off_that_fails_is_tried_until_it_holds() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)
    lines.deaf_to_off = 3
    assert bank.fire(order(), 1) is PulseOutcome.DONE
    assert lines.is_on == {1: False}
    assert lines.on_times_s()[0] < 0.5


def test_i8_a_coil_that_cannot_be_switched_off_is_a_fault_and_nothing_more_is_driven() -> None:
    timer, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1, 2], Cutoff.KERNEL)
    other = guard.board_timed("board", Board())
    lines.deaf_to_off = OFF_TRIES
    with pytest.raises(HardwareFault, match="channel 1: the coil may be on, not switched off in 20 tries"):
        bank.fire(order(), 1)
    assert bank.fire(order(opening=2), 2) is PulseOutcome.BROKEN  # not driven: no door is called jammed for it
    assert other.fire(order(opening=3, not_after_s=timer.now_s() + 1), 1) is PulseOutcome.LATE  # its slot is taken
    guard.close()
    assert lines.is_on == {1: False, 2: False}


def test_i8_a_cut_off_that_comes_while_the_line_is_switched_on_still_wins() -> None:
    timer, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)
    lines.before_on = lambda: timer.advance(timer.now_s() + 5)  # the lane was stopped between two instructions
    bank.fire(order(), 1)
    assert lines.is_on == {1: False}
    assert lines.on_times_s() == [0.0]


def test_i8_an_exception_while_switching_on_leaves_the_coil_off() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)

    def burst() -> None:
        raise ZeroDivisionError

    lines.before_on = burst
    with pytest.raises(ZeroDivisionError):
        bank.fire(order(), 1)
    assert lines.is_on == {1: False}


def test_i8_a_line_that_fails_while_switching_on_is_unknown_and_off() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)

    def fail() -> None:
        raise HardwareFault("bus error")

    lines.before_on = fail
    assert bank.fire(order(), 1) is PulseOutcome.UNKNOWN
    assert lines.is_on == {1: False}


def test_i8_no_pulse_without_a_living_cut_off_thread() -> None:
    timer = ThreadTimer()
    lines = Lines(timer.now_s)
    bank = CoilGuard(timer=timer).host_timed("pins", lines, [1], Cutoff.KERNEL)
    timer.close()
    with pytest.raises(Exception, match="nothing may be driven without a cut-off"):
        bank.fire(order(), 1)
    assert True not in lines.is_on.values()


def test_i8_a_coil_rests_three_times_as_long_as_it_was_on() -> None:
    timer, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)
    bank.fire(order(), 1)
    timer.advance(0.3 + 0.89)
    assert bank.fire(order(attempt=2), 1) is PulseOutcome.REFUSED
    assert "limit 0.900 s" in guard.status().last_refusal
    timer.advance(0.3 + 0.91)
    assert bank.fire(order(attempt=2), 1) is PulseOutcome.DONE


def test_i8_a_coil_has_only_so_many_attempts_a_minute() -> None:
    timer, guard, lines = bench(CoilLimits(attempts_a_minute=3))
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)
    outcomes = []
    for attempt in range(1, 6):
        timer.advance(timer.now_s() + 5)
        outcomes.append(bank.fire(order(attempt=attempt), 1))
    assert outcomes == [PulseOutcome.DONE] * 3 + [PulseOutcome.REFUSED] * 2
    timer.advance(70)
    assert bank.fire(order(attempt=9), 1) is PulseOutcome.DONE


def test_i8_one_coil_at_once_over_all_banks_of_a_supply() -> None:
    timer, guard, lines = bench()
    far = guard.host_timed("far", Lines(timer.now_s), [1], Cutoff.KERNEL)
    near = guard.host_timed("near", lines, [1], Cutoff.KERNEL)
    outcomes: list[PulseOutcome] = []
    lines.before_on = lambda: outcomes.append(far.fire(order(opening=2, not_after_s=timer.now_s() - 0.001), 1))
    near.fire(order(opening=1), 1)
    assert outcomes == [PulseOutcome.LATE]


def test_i8_lanes_that_come_together_take_turns() -> None:
    timer = ThreadTimer()
    guard = CoilGuard(timer=timer)
    shared: list[tuple[float, str, bool]] = []
    started = threading.Barrier(3)

    class Recorded(Lines):
        def drive(self, channel: int, on: bool) -> None:
            shared.append((self.clock(), str(channel), on))

    def lane(number: int) -> None:
        lines = Recorded(timer.now_s)
        bank = guard.host_timed(f"bank {number}", lines, [number], Cutoff.KERNEL, pulse_ms=20)
        started.wait()
        assert bank.fire(order(opening=number), number) is PulseOutcome.DONE

    lanes = [threading.Thread(target=lane, args=(number,)) for number in (1, 2, 3)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    live = most = 0
    for _, _, on in shared:
        live += 1 if on else -1
        most = max(most, live)
    guard.close()
    assert most == 1
    assert [on for _, _, on in shared[:6]] == [True, False] * 3


def test_i8_cutoff_none_is_refused_unless_accepted_in_writing() -> None:
    _, guard, lines = bench()
    with pytest.raises(ConfigurationError, match="cutoff none"):
        guard.host_timed("pins", lines, [1], Cutoff.NONE)
    with pytest.raises(ConfigurationError, match="cutoff none"):
        guard.host_timed("pins", lines, [1], Cutoff.NONE, accept_no_cutoff="  ")
    bank = guard.host_timed("pins", lines, [1], Cutoff.NONE, accept_no_cutoff="bench only, lamp instead of a coil")
    assert bank.fire(order(), 1) is PulseOutcome.DONE


def test_i8_closing_switches_everything_off_and_refuses_from_then_on() -> None:
    _, guard, lines = bench()
    with guard:
        bank = guard.host_timed("pins", lines, [1, 2], Cutoff.KERNEL)
        lines.drive(2, on=True)
    assert lines.is_on == {1: False, 2: False}
    with pytest.raises(HardwareFault, match="closed"):
        bank.fire(order(), 1)


def test_i8_a_bank_that_is_closed_while_its_line_is_switched_on_has_it_off_at_once() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)
    lines.before_on = bank.close  # from now on no closing of the guard reaches this coil
    bank.fire(order(), 1)
    assert lines.is_on == {1: False}
    assert lines.on_times_s() == [0.0]


def test_i8_an_off_that_fails_after_the_guard_has_closed_is_tried_again_all_the_same() -> None:
    _, guard, lines = bench()
    bank = guard.host_timed("pins", lines, [1], Cutoff.KERNEL)

    def end() -> None:
        guard.close()  # its own switching off comes before this coil is on
        lines.deaf_to_off = OFF_TRIES - 1

    lines.before_on = end
    bank.fire(order(), 1)
    assert lines.is_on == {1: False}


def test_i8_a_bank_that_is_closed_before_its_pulse_begins_drives_nothing() -> None:
    _, guard, _ = bench()
    board = Board()
    bank = guard.board_timed("board", board)
    board.connecting = bank.close  # while its order waits for the bus
    assert bank.fire(order(), 1) is PulseOutcome.LATE
    assert board.sent == []


END_MID_PULSE = """
import threading
from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff
from hal.coil import CoilGuard

class Lines:
    def drive(self, channel, on):
        print("on" if on else "off", flush=True)
        if on:
            live.set()

live = threading.Event()
guard = CoilGuard()
bank = guard.host_timed("pins", Lines(), [1], Cutoff.KERNEL)
threading.Thread(target=bank.fire, args=(UnlockOrder(1, 1, 1, 1e12), 1), daemon=True).start()
live.wait()
"""


def test_i8_a_process_that_ends_in_the_middle_of_a_pulse_switches_off_first() -> None:
    done = subprocess.run([sys.executable, "-c", END_MID_PULSE], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split()[:2] == ["on", "off"]
    assert done.stdout.split()[-1] == "off"
