"""What only some makes have: infrared sensors, relays that must be put in order first, the lengths of a YS board."""

from __future__ import annotations

from typing import Any

import pytest

from edge.core.errors import ConfigurationError
from edge.core.words import Content, PulseOutcome
from hal.boards.infrared import BoardSensors
from hal.duty import ABSOLUTE_ON_MS
from tests.boards.conftest import OPEN, SHUT, UNKNOWN, Bench, levels
from tests.boards.makes import Board, Cu16Board, Cu48Board, WaveshareBoard, WinnsenBoard, WklyBoard, YsBoard

# -- Kerong -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Cu16Board, Cu48Board])
def test_i6_infrared_tells_what_is_inside(bench: Bench, make: type[Board]) -> None:
    board = make()
    board.present[2] = True
    far = bench.plug(board)
    bank = bench.bank(board, doors=(1, 2, 3), infrared=True)
    sensors = BoardSensors(bank)
    bank.read()
    asked = len(far.heard)
    said = sensors.read((1, 2))
    assert [said[door].content for door in (1, 2)] == [Content.EMPTY, Content.PRESENT]
    assert len(far.heard) == asked  # from the same answer as the doors
    assert sensors.read((9,))[9].content is Content.UNKNOWN


@pytest.mark.parametrize("make", [Cu16Board, Cu48Board])
def test_i6_infrared_of_a_silent_board_is_unknown(bench: Bench, make: type[Board]) -> None:
    board = make()
    bench.plug(board).spoil = lambda _, __: b""
    sensors = BoardSensors(bench.bank(board, infrared=True))
    assert {reading.content for reading in sensors.read((1, 2, 3)).values()} == {Content.UNKNOWN}


@pytest.mark.parametrize("make", [Cu16Board, Cu48Board])
def test_an_order_that_nothing_answers_is_done_when_the_board_is_there_afterwards(
    bench: Bench, make: type[Board]
) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)
    bank.read()
    asked = len(far.heard)
    assert bank.unlock(bench.order(1)) is PulseOutcome.DONE
    assert len(far.heard) == asked + 2  # the order, and the question after it


# -- Waveshare --------------------------------------------------------------------------------------------------------


def test_i8_relays_are_off_and_inputs_parted_from_them_before_the_first_pulse(bench: Bench) -> None:
    board = WaveshareBoard()
    board.modes[2] = 1
    bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    assert (board.all_off, board.modes) == (1, [0] * 8)
    bank.read()
    assert board.all_off == 1  # it was met once


def test_i8_a_board_whose_input_works_a_relay_is_not_pulsed(bench: Bench) -> None:
    board = WaveshareBoard()
    board.modes[2], board.sets_modes = 1, False
    bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    assert "mode is not 0" in bank.hindrance
    assert bank.trouble == bank.hindrance, "its doors can be read, and yet it is not well"
    assert bank.unlock(bench.order(1)) is PulseOutcome.BROKEN
    assert board.pulsed == []
    board.sets_modes = True
    assert bank.unlock(bench.order(1)) is PulseOutcome.DONE
    bank.read()
    assert bank.trouble == ""


@pytest.mark.parametrize(("function", "why"), [(0x05, "every relay is off"), (0x03, "works a relay")])
def test_i8_a_board_is_not_pulsed_before_it_has_answered_what_makes_it_safe(
    bench: Bench, function: int, why: str
) -> None:
    board = WaveshareBoard()
    board.modes[2] = 1
    far = bench.plug(board)
    far.spoil = lambda request, answer: b"" if request[1] == function else answer
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    assert why in bank.hindrance
    assert bank.unlock(bench.order(1)) is PulseOutcome.BROKEN
    assert board.pulsed == []
    far.spoil = lambda _, answer: answer
    assert bank.unlock(bench.order(1)) is PulseOutcome.DONE
    assert board.modes == [0] * 8


def test_i8_inputs_that_were_parted_from_relays_are_looked_at_again(bench: Bench) -> None:
    board = WaveshareBoard()
    board.modes[2], board.sets_modes = 1, False
    far = bench.plug(board)
    questions = 0

    def only_the_first_is_answered(request: bytes, answer: bytes) -> bytes:
        nonlocal questions
        questions += request[1] == 0x03
        return b"" if request[1] == 0x03 and questions > 1 else answer

    far.spoil = only_the_first_is_answered
    bank = bench.bank(board)
    bank.read()
    assert bank.unlock(bench.order(1)) is PulseOutcome.BROKEN
    assert board.pulsed == []


def test_a_firmware_without_modes_is_used(bench: Bench) -> None:
    board = WaveshareBoard()
    board.knows_modes = False
    bench.plug(board)
    assert bench.bank(board).unlock(bench.order(1)) is PulseOutcome.DONE


def test_a_board_that_refuses_to_flash_is_broken(bench: Bench) -> None:
    board = WaveshareBoard()
    board.flashes = False
    bench.plug(board)
    assert bench.bank(board).unlock(bench.order(1)) is PulseOutcome.BROKEN


def test_i8_the_board_is_told_how_long(bench: Bench) -> None:
    board = WaveshareBoard()
    bench.plug(board)
    bank = bench.bank(board, pulse_ms=300)
    bank.unlock(bench.order(1))
    assert board.times == [3]
    assert all(time * 100 <= ABSOLUTE_ON_MS for time in board.times)


# -- YS ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locks", [8, 12, 18, 24, 36, 50])
def test_every_length_of_a_ys_board(bench: Bench, locks: int) -> None:
    board = YsBoard(locks=locks)
    board.shorted[locks] = False
    bench.plug(board)
    bank = bench.bank(board, doors=(1, 2), channels=(1, locks), size=locks)
    assert levels(bank.read()) == [SHUT, OPEN]
    assert levels(bench.bank(board, doors=(1, 2), channels=(1, locks), name="b").read()) == [SHUT, OPEN]


@pytest.mark.parametrize("echo", [False, True])
def test_i5_eight_open_doors_are_answered_with_the_question_itself(bench: Bench, echo: bool) -> None:
    board = YsBoard(locks=8)
    board.shorted = dict.fromkeys(board.shorted, False)
    bench.plug(board).echo = echo
    bank = bench.bank(board)
    assert levels(bank.read()) == [OPEN] * 3
    bench.far.spoil = lambda _, __: b""
    assert levels(bank.read()) == [UNKNOWN] * 3


def test_a_wrong_size_is_no_answer(bench: Bench) -> None:
    board = YsBoard(locks=24)
    bench.plug(board)
    assert levels(bench.bank(board, size=12).read()) == [UNKNOWN] * 3


# -- WKLY, Winnsen ----------------------------------------------------------------------------------------------------


def test_a_wkly_board_that_counts_from_0(bench: Bench) -> None:
    board = WklyBoard()
    board.first_id = 0
    far = bench.plug(board)
    assert bench.bank(board, first_id=0).unlock(bench.order(3)) is PulseOutcome.DONE
    assert board.pulsed == [3]
    assert far.heard[-1][7] == 2


def test_a_winnsen_board_is_asked_lock_by_lock(bench: Bench) -> None:
    board = WinnsenBoard()
    far = bench.plug(board)
    bank = bench.bank(board)
    bank.read()
    far.spoil = lambda request, answer: b"" if request[4] == 2 else answer  # one lock's answers are lost
    assert levels(bank.read()) == [SHUT, UNKNOWN, SHUT]


# -- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "options", "why"),
    [
        (YsBoard, {"channels": (1, 2)}, "there are 2, but 3 doors"),
        (YsBoard, {"channels": (1, 2, 2)}, "named twice"),
        (YsBoard, {"channels": (1, 2, 9), "size": 8}, "channel 9: this board has 8"),
        (Cu16Board, {"channels": (1, 2, 17)}, "channel 17: this board has 16"),
        (WaveshareBoard, {"pulse_ms": 250}, "steps of 100 ms"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    bench: Bench, make: type[Board], options: dict[str, Any], why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        bench.bank(make(), **options)
