"""What the guard makes of an order: its deadline, its repetition, its beginning."""

from __future__ import annotations

import pytest

from edge.core.errors import HardwareFault
from edge.core.ports import UnlockOrder
from edge.core.words import Cutoff, PulseOutcome
from hal.coil import FIRED_LIMIT, CoilGuard
from hal.duty import CoilLimits, DutyBook
from hal.pulse import Pulse
from hal.timer import SteppedTimer
from tests.coil.lines import Board, Lines, order


def test_an_order_past_its_deadline_drives_nothing() -> None:
    timer = SteppedTimer(10.0)
    lines = Lines(timer.now_s)
    bank = CoilGuard(timer=timer).host_timed("pins", lines, [1], Cutoff.KERNEL)
    assert bank.fire(order(not_after_s=9.9), 1) is PulseOutcome.LATE
    assert lines.edges == []


def test_the_deadline_counts_immediately_before_the_first_byte() -> None:
    timer, board = SteppedTimer(), Board()
    bank = CoilGuard(timer=timer).board_timed("board", board)
    board.connecting = lambda: timer.advance(6.0)
    assert bank.fire(order(not_after_s=5.0), 1) is PulseOutcome.LATE
    assert board.sent == []


def test_i1_one_attempt_of_one_opening_is_driven_once() -> None:
    timer, board = SteppedTimer(), Board()
    bank = CoilGuard(timer=timer).board_timed("board", board)
    assert bank.fire(order(opening=7, attempt=1), 1) is PulseOutcome.DONE
    timer.advance(10.0)
    assert bank.fire(order(opening=7, attempt=1), 1) is PulseOutcome.REFUSED
    assert bank.fire(order(opening=7, attempt=2), 1) is PulseOutcome.DONE
    assert [(p.order.opening, p.order.attempt) for p in board.sent] == [(7, 1), (7, 2)]


def test_an_outcome_that_nobody_knows_counts_as_driven() -> None:
    timer, board = SteppedTimer(), Board(PulseOutcome.UNKNOWN)
    bank = CoilGuard(timer=timer).board_timed("board", board)
    assert bank.fire(order(), 1) is PulseOutcome.UNKNOWN
    timer.advance(10.0)
    assert bank.fire(order(), 1) is PulseOutcome.REFUSED
    assert len(board.sent) == 1


def test_an_order_that_never_began_may_be_given_again() -> None:
    timer, board = SteppedTimer(), Board()
    bank = CoilGuard(timer=timer).board_timed("board", board)
    assert bank.fire(order(not_after_s=-1.0), 1) is PulseOutcome.LATE
    assert bank.fire(order(), 1) is PulseOutcome.DONE


def test_what_was_driven_is_remembered_within_a_limit() -> None:
    timer = SteppedTimer()
    guard = CoilGuard(CoilLimits(attempts_a_minute=20), timer)
    bank = guard.board_timed("board", Board(), pulse_ms=1)
    for opening in range(FIRED_LIMIT + 10):
        timer.advance(timer.now_s() + 1.0)
        bank.fire(order(opening=opening), opening % 50)
    assert len(guard._fired) == FIRED_LIMIT


def test_the_beginning_is_told_before_the_first_edge_and_only_when_there_is_one() -> None:
    timer = SteppedTimer(3.0)
    lines = Lines(timer.now_s)
    bank = CoilGuard(timer=timer).host_timed("pins", lines, [1], Cutoff.KERNEL)
    told: list[tuple[UnlockOrder, float, int]] = []
    bank.on_began = lambda began, at_s: told.append((began, at_s, len(lines.edges)))
    bank.fire(order(not_after_s=1.0), 1)
    assert told == []
    bank.fire(order(), 1)
    assert told == [(order(), 3.0, 0)]


def test_a_board_that_cannot_be_reached_has_not_begun() -> None:
    class Unreachable:
        def pulse(self, pulse: Pulse, go: object) -> PulseOutcome:
            return PulseOutcome.BROKEN

    timer = SteppedTimer()
    bank = CoilGuard(timer=timer).board_timed("board", Unreachable())
    told: list[UnlockOrder] = []
    bank.on_began = lambda began, _at_s: told.append(began)
    assert bank.fire(order(), 1) is PulseOutcome.BROKEN
    assert told == []
    assert bank.fire(order(), 1) is PulseOutcome.BROKEN  # and may be tried again


def test_a_driver_that_does_not_ask_before_it_sends_is_a_fault() -> None:
    class Hasty:
        def pulse(self, pulse: Pulse, go: object) -> PulseOutcome:
            return PulseOutcome.DONE

    bank = CoilGuard(timer=SteppedTimer()).board_timed("board", Hasty())
    with pytest.raises(HardwareFault, match="was not let go"):
        bank.fire(order(), 1)


def test_unlock_returns_when_the_coil_is_off_again() -> None:
    timer = SteppedTimer()
    bank = CoilGuard(timer=timer).board_timed("board", Board(), pulse_ms=200)
    bank.fire(order(), 1)
    assert timer.now_s() == pytest.approx(0.2)


def test_the_duty_book_knows_when_the_next_slot_comes_free() -> None:
    book = DutyBook(CoilLimits(at_once=2))
    for channel, off_s in ((1, 0.3), (2, 0.2)):
        assert book.full_until_s(0.0) is None
        book.hold(("a", channel))
        book.began(("a", channel), 0.0, off_s)
    assert book.full_until_s(0.1) == 0.2
    assert book.live(0.25) == (("a", 1),)
    assert book.full_until_s(0.25) is None
