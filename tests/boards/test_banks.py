"""Banks of every make on a pseudo-terminal: what a sound line brings, and how each trouble ends."""

from __future__ import annotations

import threading
import time

import pytest

from edge.core.errors import BadInput
from edge.core.words import Evidence, PulseOutcome
from tests.boards.conftest import OPEN, SHUT, UNKNOWN, Bench, levels
from tests.boards.makes import Board, Cu16Board, Cu48Board, WaveshareBoard, WinnsenBoard, YsBoard


def is_unlock(request: bytes) -> bool:
    """By what the makes' documents say."""
    return (
        request[0] == 0x8A
        or (request[0] == 0x02 and 0x31 in request[2:3])
        or (request[0] == 0x02 and 0x61 in request[3:4])
        or request[1:3] == b"\x05\x02"
        or request[6:7] == b"\x82"
        or request[:3] == b"\x90\x06\x05"
    )


def silent(request: bytes, answer: bytes) -> bytes:
    return b""


def as_it_is(request: bytes, answer: bytes) -> bytes:
    return answer


def unlocks(bench: Bench) -> int:
    return sum(map(is_unlock, bench.far.heard))


def test_i5_doors_are_as_their_contacts_say(bench: Bench, make: type[Board]) -> None:
    board = make()
    board.shorted[2] = False
    bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT, OPEN, SHUT]
    board.shorted |= {1: False, 2: True}
    assert levels(bank.read()) == [OPEN, SHUT, SHUT]
    assert {reading.evidence for reading in bank.read().values()} == {Evidence.LATCH}


def test_i5_a_contact_that_is_closed_while_the_door_is_open(bench: Bench, make: type[Board]) -> None:
    board = make()
    board.shorted[2] = False
    bench.plug(board)
    assert levels(bench.bank(board, contact="closed_when_open").read()) == [OPEN, SHUT, OPEN]


def test_i7_an_unlock_pulses_the_lock_of_that_door_once(bench: Bench, make: type[Board]) -> None:
    board = make()
    bench.plug(board)
    bank = bench.bank(board, doors=(11, 12, 13), channels=(3, 1, 2))
    began = []
    bank.on_began = lambda order, _: began.append(order.door)
    bank.read()
    assert bank.unlock(bench.order(11)) is PulseOutcome.DONE
    assert bank.unlock(bench.order(12)) is PulseOutcome.DONE
    assert board.pulsed == [3, 1]
    assert began == [11, 12]
    with pytest.raises(BadInput, match="door 1"):
        bank.unlock(bench.order(1))


def test_the_first_unlock_of_all_finds_out_about_the_line_before_it_is_sent(bench: Bench, make: type[Board]) -> None:
    board = make()
    bench.plug(board)
    assert bench.bank(board).unlock(bench.order(1)) is PulseOutcome.DONE
    assert board.pulsed == [1]


def test_garbage_around_an_answer_is_passed_over(bench: Bench, make: type[Board]) -> None:
    board = make()
    board.shorted[3] = False
    far = bench.plug(board)
    bank = bench.bank(board)
    bank.read()
    far.spoil = lambda _, answer: b"\x02\x80\x8a\x90W\x01" + answer[:4] + answer + b"\x55"
    assert levels(bank.read()) == [SHUT, SHUT, OPEN]
    assert bank.unlock(bench.order(3)) is PulseOutcome.DONE
    assert board.pulsed == [3]


def test_a_byte_of_noise_before_every_answer_is_no_echo(bench: Bench, make: type[Board]) -> None:
    """The line's drivers change over, and the receiver sees something."""
    board = make()
    bench.plug(board).spoil = lambda _, answer: b"\x00" + answer
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    assert bank.unlock(bench.order(3)) is PulseOutcome.DONE


def test_half_an_answer_is_none_and_the_next_one_counts(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    far.spoil = lambda _, answer: answer[:-2]
    bank = bench.bank(board)
    assert levels(bank.read()) == [UNKNOWN] * 3
    far.spoil = as_it_is
    bank.unlock(bench.order(1))  # somebody wants a door: it is asked again at once
    assert levels(bank.read()) == [SHUT] * 3


@pytest.mark.parametrize("place", ["address", "check"])
def test_i5_an_answer_of_another_board_or_with_a_wrong_check_is_none(
    bench: Bench, make: type[Board], place: str
) -> None:
    board = make()
    other = make(address=2)
    spoils = {
        "address": lambda request, answer: answer and rewritten(other, board, request),
        "check": lambda _, answer: answer[:-1] + bytes([answer[-1] ^ 1]) if answer else b"",
    }
    far = bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    far.spoil = spoils[place]
    assert levels(bank.read()) == [UNKNOWN] * 3
    far.spoil = as_it_is
    assert bank.unlock(bench.order(2)) is PulseOutcome.DONE
    assert levels(bank.read()) == [SHUT] * 3


def rewritten(other: Board, board: Board, request: bytes) -> bytes:
    """What the board with another address would have said to the same question: a sound frame of the wrong board."""
    kept, other.address = other.address, board.address
    answer = bytearray(other.hear(request))
    other.address = kept
    if isinstance(board, WinnsenBoard):
        answer[3] = kept
        return bytes(answer)
    at = 5 if answer[:4] == b"WKLY" else 0 if isinstance(board, WaveshareBoard) else 1
    shift = 4 if isinstance(board, Cu16Board) else 0
    answer[at] = kept << shift
    if isinstance(board, WaveshareBoard):
        return board.checked(*answer[:-2])
    if isinstance(board, Cu16Board | Cu48Board):
        return bytes(answer[:-1]) + bytes([sum(answer[:-1]) % 256])
    return YsBoard.checked(*answer[:-1])


def test_on_an_adapter_that_echoes_everything_works(bench: Bench, make: type[Board]) -> None:
    board = make()
    board.shorted[2] = False
    bench.plug(board).echo = True
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT, OPEN, SHUT]
    assert bank.unlock(bench.order(2)) is PulseOutcome.DONE
    assert bank.unlock(bench.order(1)) is PulseOutcome.DONE  # a YS board answers this one with the request's own bytes
    assert board.pulsed == [2, 1]


def test_i5_an_echo_is_not_an_answer(bench: Bench, make: type[Board]) -> None:
    """The board falls silent; its adapter goes on giving back what it is sent."""
    board = make()
    far = bench.plug(board)
    far.echo = True
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    far.spoil = silent
    assert bank.unlock(bench.order(1)) is PulseOutcome.UNKNOWN
    assert unlocks(bench) == 1
    assert levels(bank.read()) == [UNKNOWN] * 3


def test_i5_nothing_but_an_echo_from_the_start(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    far.echo, far.spoil = True, silent
    bank = bench.bank(board)
    assert levels(bank.read()) == [UNKNOWN] * 3
    assert bank.unlock(bench.order(1)) is PulseOutcome.BROKEN  # nobody answered a question, so nothing was sent
    assert unlocks(bench) == 0


def test_an_unlock_without_an_answer_is_unknown_and_never_sent_again(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)
    bank.read()
    far.spoil = silent
    order = bench.order(1)
    assert bank.unlock(order) is PulseOutcome.UNKNOWN
    assert bank.unlock(order) is PulseOutcome.REFUSED
    assert unlocks(bench) == len(board.pulsed) == 1


def test_i5_a_late_answer_is_nobodys(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)
    bank.read()
    far.hold = True
    assert bank.unlock(bench.order(1)) is PulseOutcome.UNKNOWN
    board.shorted[1] = False
    far.hold = False
    far.release()
    bank.unlock(bench.order(2))
    assert levels(bank.read()) == [OPEN, SHUT, SHUT]


def test_a_contact_that_chatters_is_unknown(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)

    def chatter(request: bytes, answer: bytes) -> bytes:
        if make is not WinnsenBoard or request[4] == 2:
            board.shorted[2] = not board.shorted[2]
        return answer

    assert levels(bank.read()) == [SHUT] * 3
    far.spoil = chatter
    assert levels(bank.read())[::2] == [SHUT, SHUT]
    assert {levels(bank.read())[1] for _ in range(3)} <= {UNKNOWN, SHUT}  # it may look as before, never open
    far.spoil = as_it_is
    board.shorted[2] = False
    assert levels(bank.read())[1] is OPEN


def test_i1_an_order_whose_time_is_over_is_not_sent(bench: Bench, make: type[Board]) -> None:
    """The bus is busy with a silent board until the deadline has passed."""
    board, dead = make(), make(address=2)
    far = bench.plug(board)
    bank, other = bench.bank(board), bench.bank(dead, doors=(7, 8, 9), name="b")
    bank.read()
    asked = len(far.heard)
    reading = threading.Thread(target=other.read)
    reading.start()
    far.wait_for(asked + 1)
    assert bank.unlock(bench.order(1, not_after_s=time.monotonic() + 0.05)) is PulseOutcome.LATE
    reading.join()
    assert board.pulsed == []
