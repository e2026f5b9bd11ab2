"""What becomes of orders and readings when it is the port that fails, or another board on it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.errors import Busy, ConfigurationError, HardwareFault, LateUnlock, OutcomeUnknown
from edge.core.words import Level, PulseOutcome
from hal.boards.bank import BoardBank
from hal.bus import HEARD_LIMIT, QUEUE_LIMIT, Bus, Exchange, gap_s, shared
from hal.serial_line import SerialLine
from tests.boards.conftest import SHUT, UNKNOWN, Bench, levels
from tests.boards.makes import MAKES, Board, Cu16Board, WaveshareBoard, YsBoard
from tests.boards.wire import LIMIT_S, Wire

SOME = (YsBoard, Cu16Board, WaveshareBoard)  # answers, answers nothing to orders, and has to be greeted


def written(near: int) -> int:
    """What the kernel takes before it takes no byte more."""
    taken = 0
    for size in (4096, 64, 1):
        with contextlib.suppress(BlockingIOError):
            while True:
                taken += os.write(near, bytes(size))
    return taken


@contextlib.contextmanager
def stuck(path: Path) -> Iterator[None]:
    """A port that takes no byte more, not even when the kernel has moved some of them on."""
    near = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    while written(near):
        select.select([], [near], [], 0.05)
    yield
    os.close(near)  # not before: the kernel takes the end of the last but one holder for the end of the line


def test_a_port_that_is_not_there(bench: Bench, make: type[Board]) -> None:
    board = make()
    bank = bench.bank(board)
    began = []
    bank.on_began = lambda order, _: began.append(order)
    assert levels(bank.read()) == [UNKNOWN] * 3
    assert bank.unlock(bench.order(1)) is PulseOutcome.BROKEN
    assert began == []


@pytest.mark.parametrize(("make", "when"), [*((make, "unlocking") for make in MAKES), (YsBoard, "reading")])
def test_unplugged_in_the_middle_and_plugged_in_again(bench: Bench, make: type[Board], when: str) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    asked, far.hold = len(far.heard), True
    said: list[object] = []
    job = (lambda: bank.unlock(bench.order(2))) if when == "unlocking" else (lambda: levels(bank.read()))
    lane = threading.Thread(target=lambda: said.append(job()))
    lane.start()
    far.wait_for(asked + 1)
    far.unplug()
    lane.join(LIMIT_S)
    assert said == [PulseOutcome.UNKNOWN if when == "unlocking" else [UNKNOWN] * 3]
    bench.plug(board)
    assert read_until_heard(bank) == [SHUT] * 3
    assert bank.unlock(bench.order(3)) is PulseOutcome.DONE
    assert board.pulsed == ([2, 3] if when == "unlocking" else [3])


def read_until_heard(bank: BoardBank) -> list[Level]:
    """Readings, twenty a second, until the port is open again: at most a second and a bit."""
    pause = threading.Event()
    for _ in range(60):
        if (said := levels(bank.read())) != [UNKNOWN] * 3:
            return said
        pause.wait(0.05)
    return []


def test_a_stuck_port_under_an_order(bench: Bench, make: type[Board], tmp_path: Path) -> None:
    board = make()
    far = bench.plug(board)
    bank = bench.bank(board)
    assert levels(bank.read()) == [SHUT] * 3
    far.close()
    with stuck(tmp_path / "by-id"):
        assert bank.unlock(bench.order(1)) is PulseOutcome.UNKNOWN  # bytes may have gone out
        assert levels(bank.read()) == [UNKNOWN] * 3
    assert board.pulsed == []


def test_a_port_that_was_stuck_from_the_start(bench: Bench, tmp_path: Path) -> None:
    board = YsBoard()
    bench.plug(board).close()
    with stuck(tmp_path / "by-id"):
        assert bench.bank(board).unlock(bench.order(1)) is PulseOutcome.BROKEN  # no question was answered


@pytest.mark.parametrize("make", SOME)
def test_one_dead_board_does_not_silence_the_others(bench: Bench, make: type[Board]) -> None:
    board, dead = make(), make(address=2)
    far = bench.plug(board)
    bank, other = bench.bank(board), bench.bank(dead, doors=(7, 8, 9), name="b")
    assert levels(other.read()) == [UNKNOWN] * 3
    asked = len(far.heard)
    for _ in range(5):
        assert levels(other.read()) == [UNKNOWN] * 3  # at once, nobody asks it
    assert len(far.heard) == asked
    for _ in range(5):
        assert levels(bank.read()) == [SHUT] * 3
    assert bank.unlock(bench.order(1)) is PulseOutcome.DONE
    asked = len(far.heard)
    assert other.unlock(bench.order(7)) is PulseOutcome.BROKEN
    assert len(far.heard) > asked  # a door of it is wanted: it is asked at once
    assert (board.pulsed, dead.pulsed) == ([1], [])


@pytest.mark.parametrize("make", SOME)
def test_a_dead_board_that_comes_to_life_opens(bench: Bench, make: type[Board]) -> None:
    board = make()
    far = bench.plug(board)
    far.spoil = lambda _, __: b""
    bank = bench.bank(board)
    assert levels(bank.read()) == [UNKNOWN] * 3
    far.spoil = lambda _, answer: answer
    assert bank.unlock(bench.order(2)) is PulseOutcome.DONE
    assert levels(bank.read()) == [SHUT] * 3


# -- the bus alone ----------------------------------------------------------------------------------------------------

NEVER: Exchange[bool] = Exchange(b"\x00hello", lambda heard: b"yes" in heard or None, 1.0)


def bus_of(wire: Wire) -> Bus:
    return Bus(SerialLine(wire.path, 9600))


def asking(bus: Bus, word: bytes, **more: object) -> threading.Thread:
    """Somebody who asks and does not care for the answer."""

    def ask() -> None:
        with contextlib.suppress(OutcomeUnknown, HardwareFault):
            bus.ask(Exchange(word, lambda heard: b"yes" in heard or None, 1.0), **more)  # type: ignore[arg-type]

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def waits(bus: Bus, requests: int) -> None:
    pause = threading.Event()
    while bus.waiting < requests:
        pause.wait(0.001)


def test_unlocks_go_before_all_polls_that_wait() -> None:
    with Wire() as wire:
        bus = bus_of(wire)
        threads = [asking(bus, b"first")]
        assert wire.hear(5) == b"first"
        for number, word in enumerate((b"poll1", b"poll2"), 1):
            threads.append(asking(bus, word))
            waits(bus, number)
        threads.append(asking(bus, b"open!", go=lambda: True))
        waits(bus, 3)
        order = []
        for _ in range(3):
            wire.say(b"yes")
            order.append(wire.hear(5))
        wire.say(b"yes")
        assert order == [b"open!", b"poll1", b"poll2"]
        for thread in threads:
            thread.join(LIMIT_S)
        bus.close()


def test_more_requests_than_may_wait_are_refused_at_once() -> None:
    with Wire() as wire:
        bus = bus_of(wire)
        threads = [asking(bus, b"first")]
        assert wire.hear(5) == b"first"
        threads += [asking(bus, b"again") for _ in range(QUEUE_LIMIT)]
        waits(bus, QUEUE_LIMIT)
        with pytest.raises(Busy, match=f"limit {QUEUE_LIMIT}"):
            bus.ask(NEVER)
        bus.close()  # those that wait are told, the one under way comes to its end
        for thread in threads:
            thread.join(LIMIT_S)
        with pytest.raises(HardwareFault, match="closed"):
            bus.ask(NEVER)


def test_a_line_that_babbles_has_no_answer() -> None:
    with Wire() as wire:
        bus = bus_of(wire)
        asker = threading.Thread(target=lambda: said.append(ended(bus)))
        said: list[str] = []
        asker.start()
        assert wire.hear(6) == NEVER.request
        wire.say(b"\x55" * (HEARD_LIMIT + 1))
        asker.join(LIMIT_S)
        assert "no valid answer" in said[0]
        bus.close()


def ended(bus: Bus) -> str:
    try:
        bus.ask(NEVER)
    except OutcomeUnknown as error:
        return str(error)
    return ""


def test_nothing_is_sent_when_the_deadline_has_passed() -> None:
    with Wire() as wire:
        bus = bus_of(wire)
        with pytest.raises(LateUnlock):
            bus.ask(NEVER, go=lambda: False)
        assert wire.hear(1, within_s=0.05) == b""
        bus.close()


def test_what_came_unasked_is_dropped_before_the_next_request() -> None:
    with Wire() as wire:
        bus = bus_of(wire)
        bus.ask(Exchange(b"go", None, 0.0))
        assert wire.hear(2) == b"go"
        wire.say(b"yes")
        with pytest.raises(OutcomeUnknown, match="nothing"):
            bus.ask(Exchange(b"well?", NEVER.find, 0.05))
        bus.close()


def test_banks_of_one_port_share_its_bus_and_the_last_one_closes_it() -> None:
    with Wire() as wire:
        one, two = shared(wire.path, 9600), shared(wire.path, 9600)
        assert one is two
        with pytest.raises(ConfigurationError, match="19200"):
            shared(wire.path, 19200)
        one.leave()
        one.ask(Exchange(b"x", None, 0.0))
        two.leave()
        with pytest.raises(HardwareFault, match="closed"):
            one.ask(Exchange(b"x", None, 0.0))
        again = shared(wire.path, 19200)
        assert again is not one
        again.leave()


def test_i7_the_bus_of_a_port_is_told_by_where_its_name_leads_now(tmp_path: Path) -> None:
    """Adapters that come and go get each other's device; a name under by-id stays with its adapter."""
    left, right = tmp_path / "left", tmp_path / "right"
    for link, device in ((left, "ttyUSB0"), (right, "ttyUSB1")):
        link.symlink_to(tmp_path / device)
    one = shared(str(left), 9600)
    for link, device in ((left, "ttyUSB1"), (right, "ttyUSB0")):
        link.unlink()
        link.symlink_to(tmp_path / device)
    other, again = shared(str(right), 9600), shared(str(left), 9600)
    try:
        assert other is not one
        assert again is one
        assert shared(str(tmp_path / "ttyUSB1"), 9600) is one  # its other name, now
    finally:
        for bus in (one, again, one, other):
            bus.leave()


def test_an_adapter_that_is_plugged_in_between_two_banks_has_one_bus(tmp_path: Path) -> None:
    port = tmp_path / "by-id"
    one = shared(str(port), 9600)
    port.symlink_to(tmp_path / "ttyUSB0")
    two = shared(str(port), 9600)
    two.leave()
    one.leave()
    assert two is one  # of two, the first to open it would keep the other's banks away for good


@pytest.mark.parametrize(("baud", "gap"), [(9600, 0.005), (19200, 0.003), (57600, 0.003), (115200, 0.003)])
def test_the_gap_between_frames(baud: int, gap: float) -> None:
    """3.5 characters of ten bits, 1.75 ms at the least above 19,200, and one more; in whole milliseconds."""
    assert gap_s(baud, 10 / baud) == gap
