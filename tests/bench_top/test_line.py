"""What is on a line besides requests: noise, halves, other boards, echoes, and a board that is not well."""

from __future__ import annotations

import pytest

from edge.core.errors import BadInput
from hal.bench.bench import Plugged, boards_of, split
from hal.bench.bus import Way
from hal.bench.checks import crc
from hal.bench.make import Contact
from hal.sim.chronicle import Deed
from tests.bench_top.desk import LINE, Desk

READ_ALL = {
    "ys": "80 01 00 33 B2",
    "cu16": "02 10 30 03 45",
    "cu48": "02 01 00 60 03 66",
    "waveshare": "01 02 00 00 00 08 79 CC",
    "wkly": "57 4B 4C 59 08 01 84 84",
    "winnsen": "90 06 12 01 03 03",
}
OPEN_ONE = {
    "ys": "8A 01 01 11 9B",
    "cu16": "02 10 31 03 46",
    "cu48": "02 01 00 61 03 67",
    "waveshare": "01 05 02 00 00 05 0C 71",
    "wkly": "57 4B 4C 59 09 01 82 01 82",
    "winnsen": "90 06 05 01 01 03",
}
DOORS = 8


@pytest.fixture(params=READ_ALL)
def make(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def changed(frame: str, at: int, by: int) -> bytes:
    data = bytearray.fromhex(frame)
    data[at] ^= by
    return bytes(data)


# --- bytes


def test_a_request_is_heard_through_noise_before_and_behind_it(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS)
    clean = desk.hears(READ_ALL[make])
    assert clean
    for noise in ("00", "FF 55", READ_ALL[make][:5], "8A 02 57 90 01 17"):
        assert desk.hears(bytes.fromhex(noise) + bytes.fromhex(READ_ALL[make]) + b"\xf7") == clean
        desk.hears("", 0.2)


def test_a_request_that_comes_in_pieces_is_one(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS)
    clean = desk.hears(READ_ALL[make])
    *first, last = [bytes([byte]) for byte in bytes.fromhex(READ_ALL[make])]
    assert [desk.hears(byte, 0.002) for byte in first] == [""] * len(first)
    assert desk.hears(last) == clean


def test_a_half_that_is_old_does_not_spoil_what_follows(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS)
    clean = desk.hears(READ_ALL[make])
    desk.hears(bytes.fromhex(READ_ALL[make])[:-2])
    assert desk.hears(READ_ALL[make]) == clean


def test_two_requests_at_once_are_two(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS)
    clean = desk.hears(READ_ALL[make])
    assert desk.hears(bytes.fromhex(READ_ALL[make]) * 2) == f"{clean} {clean}"


def test_a_wrong_check_byte_moves_and_says_nothing(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS)
    assert desk.hears(changed(OPEN_ONE[make], -1, 0x20)) == ""
    assert desk.pulses() == []
    assert {heard.way for heard in desk.bus.heard} <= {Way.NOISE}


def test_a_request_for_another_address_moves_and_says_nothing(make: str) -> None:
    desk = Desk(make, 2, doors=DOORS)
    assert desk.hears(OPEN_ONE[make]) == ""
    assert desk.pulses() == []
    assert "no board has address 1" in desk.bus.heard[-1].words


# --- several boards


def test_each_of_two_boards_has_its_own_doors() -> None:
    desk = Desk("ys", 1, 2, doors=12)
    assert desk.hears("8A 02 01 11 98") == "8A 02 01 00 89"
    assert desk.pulses() == [(13, 500)]
    assert desk.hears("80 01 00 33 B2") == "80 01 0F FF 33 42"
    assert desk.hears("80 02 00 33 B1") == "80 02 0F FE 33 40"


def test_one_dead_board_does_not_silence_the_other() -> None:
    desk = Desk("cu16", 0, 1, doors=12)
    desk.world.faults.set("board_dead", 1)
    assert desk.hears("02 00 30 03 35") == ""
    assert desk.hears("02 10 30 03 45") == "02 10 35 FF 0F 00 00 03 58"


def test_all_boards_answer_one_after_another() -> None:
    desk = Desk("cu16", 0, 1, doors=16, contact=Contact.CLOSED_WHEN_OPEN)
    assert desk.hears("02 F0 32 03 27") == "02 00 36 00 00 00 00 03 3B 02 10 36 00 00 00 00 03 4B"


def test_modbus_boards_need_silence_after_another_boards_frame() -> None:
    desk = Desk("waveshare", 1, 2, doors=8)
    second = bytes.fromhex("02 02 00 00 00 08")
    second += crc(second)
    assert desk.hears(READ_ALL["waveshare"], 0.0175) == "01 02 01 FF E1 C8"
    assert desk.hears(second) == ""
    assert "ms of silence needed" in desk.bus.heard[-1].words
    assert desk.hears(READ_ALL["waveshare"], 0.025) != ""
    assert desk.hears(second) != ""


# --- the line


def test_an_adapter_with_an_echo_gives_back_what_it_sent_before_any_answer(make: str) -> None:
    desk = Desk(make, 1, doors=DOORS, echo=True)
    sent = READ_ALL[make]
    back = desk.hears(sent)
    assert back.startswith(sent)
    assert len(back) > len(sent)


def test_an_answer_takes_its_time_on_the_line() -> None:
    desk = Desk("ys", 1)
    assert desk.hears("80 01 00 33 B2", 0.012) == ""  # ten bits a byte: 5.2 ms there, 7.3 ms back
    assert desk.later(0.004) == "80 01 FF FF FF 33 4D"


def test_the_answer_to_an_opening_comes_when_the_pulse_is_over() -> None:
    desk = Desk("ys", 1)
    assert desk.hears(OPEN_ONE["ys"], 0.5) == ""
    assert desk.later(0.02) == "8A 01 01 00 8A"


# --- boards that are not well


@pytest.mark.parametrize(("fault", "moves"), [("board_dead", False), ("board_deaf", False), ("board_mute", True)])
def test_a_silent_board_says_nothing_and_only_a_mute_one_moves(make: str, fault: str, moves: bool) -> None:
    desk = Desk(make, 1, doors=DOORS)
    desk.world.faults.set(fault)
    assert desk.hears(OPEN_ONE[make]) == ""
    assert desk.hears(READ_ALL[make]) == ""
    assert bool(desk.pulses()) is moves
    desk.world.faults.clear()
    assert desk.hears(READ_ALL[make]) != ""


def test_a_board_that_falls_silent_in_mid_pulse_does_not_answer() -> None:
    desk = Desk("ys", 1)
    assert desk.hears(OPEN_ONE["ys"], 0.2) == ""
    desk.world.faults.set("board_mute")
    assert desk.later(1.0) == ""


def test_a_slow_board_is_late() -> None:
    desk = Desk("ys", 1)
    desk.world.faults.set("board_slow", seconds=1.0)
    assert desk.hears(READ_ALL["ys"], 0.9) == ""
    assert desk.later(0.2) != ""


def test_crossed_wires_open_the_other_door_and_the_feedback_tells() -> None:
    desk = Desk("ys", 1)
    desk.world.faults.set("crossed_wires", 1, other=2)
    assert desk.hears(OPEN_ONE["ys"]) == "8A 01 01 11 9B"
    assert desk.hears(READ_ALL["ys"]) == "80 01 FF FF FD 33 4F"


# --- coils


def test_a_relay_that_is_only_switched_on_burns_its_coil() -> None:
    desk = Desk("waveshare", 1, doors=8)
    assert desk.hears("01 05 00 00 FF 00 8C 3A", 6.0) == "01 05 00 00 FF 00 8C 3A"
    assert [entry.door for entry in desk.world.damage] == [1]


def test_a_flash_of_an_hour_is_cut_and_burns_the_coil_all_the_same() -> None:
    desk = Desk("waveshare", 1, doors=8)
    frame = bytes.fromhex("01 05 02 00 FF 00")
    assert desk.hears(frame + crc(frame), 6.0) != ""
    assert desk.bus.heard[0].words == "relay 1 on for 3276700 ms (cut from 6528000 ms)"
    assert [entry.door for entry in desk.world.damage] == [1]


def test_a_flash_is_ended_by_off_and_prolonged_by_another() -> None:
    desk = Desk("waveshare", 1, doors=8)
    flash = "01 05 02 00 00 07 8D B0"
    desk.hears(flash, 0.3)
    desk.hears("01 05 00 FF 00 00 FD FA", 1.0)
    assert desk.pulses()[-1][1] == pytest.approx(300, abs=10)
    desk.hears(flash, 0.3)
    desk.hears(flash, 1.5)
    assert desk.pulses()[-1][1] == pytest.approx(1000, abs=20)


def test_an_output_that_is_held_burns_its_coil() -> None:
    desk = Desk("ys", 1)
    desk.hears("9A 01 01 11 8B", 6.0)
    assert desk.world.chronicle.of(Deed.COIL_BURNT, door=1)


# --- set-up


@pytest.mark.parametrize(
    ("plugged", "why"),
    [
        ([Plugged("kerong", LINE, 1, (1,))], "no make 'kerong'"),
        ([Plugged("winnsen", LINE, 9, (1,))], "address 9, must be 1 to 4"),
        ([Plugged("waveshare", LINE, 1, tuple(range(1, 10)))], "9 doors, must be 1 to 8"),
        ([Plugged("ys", LINE, 1, (1,)), Plugged("ys", LINE, 1, (2,))], "each address once"),
        ([Plugged("ys", LINE, 1, (1,)), Plugged("cu16", LINE, 2, (2,))], "9600 and 19200 baud on one line"),
    ],
)
def test_boards_that_cannot_be_on_one_bench_are_refused(plugged: list[Plugged], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        boards_of(plugged)


def test_as_many_boards_as_the_doors_need() -> None:
    boards = split("cu16", LINE, 0, tuple(range(1, 25)), Contact.CLOSED_WHEN_SHUT, echo=False)
    assert [(it.address, len(it.doors), it.channels) for it in boards] == [(0, 16, 16), (1, 8, 16)]
