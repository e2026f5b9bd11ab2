"""A scale on a real serial port: garbage, half answers, silence, late answers, streams, and the cable pulled out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.errors import HardwareFault
from edge.core.words import Adjusted, ScaleState
from hal.scales.options import ScaleOptions
from tests.scales.cable import Cable, scale

STABLE, MOVING, OVER, UNDER, ERROR, UNKNOWN = ScaleState
ZERO = b"S S       0.00 g\r\n"
G100 = b"S S     100.00 g\r\n"
CONTINUOUS = bytes.fromhex("022C30203030313233343030303030300D2B")


def sics(cable: Cable) -> ScaleOptions:
    return ScaleOptions("mt-sics", cable.port)


def continuous(hundredths: int) -> bytes:
    """A stable gross weight in kilograms, with its checksum."""
    frame = b"\x02\x2c\x30\x20" + f"{hundredths:06d}000000\r".encode()
    return frame + bytes([-sum(frame) & 0x7F])


def test_an_answer_is_asked_for_and_read() -> None:
    with Cable(lambda _: G100) as cable:
        one = scale(sics(cable))
        assert [one.read().weight_g, one.read().weight_g] == [100, 100]
        assert b"".join(cable.asked) == b"SI\r\n" * 2
        one.close()


@pytest.mark.parametrize(
    ("kind", "unit", "question", "answer", "weight_g"),
    [
        ("toledo-8217", "lb", b"W", b"\x02006.50\r", 2948),
        ("nci", "", b"W\r", b"\n0012.50lb\r\n00\r\x03", 5670),
        ("sma", "", b"\nW\r", b"\n 1G      12.345kg \r", 12_345),
        ("a-and-d", "", b"Q\r\n", b"ST,+001234.5  g\r\n", 1234),
        ("ohaus", "", b"IP\r\n", b"   192.21 g\r\n", 192),
        ("sbi", "", b"\x1bP", b"+   1234.5 g  \r\n", 1234),
    ],
)
def test_each_is_asked_in_its_own_words_at_the_line_it_has_from_its_maker(
    kind: str, unit: str, question: bytes, answer: bytes, weight_g: int
) -> None:
    with Cable(lambda _: answer) as cable:
        one = scale(ScaleOptions(kind, cable.port, unit=unit))
        said = one.read()
        assert (said.state, said.weight_g, cable.asked) == (STABLE, weight_g, [question])
        one.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff\x13" * 5,
        G100[:9],
        G100[:-1],
        G100[4:],
        b"S S     100.00 q\r\r",
        b"x" * 3000,
        b"x" * 300 + G100[8:],
    ],
    ids=["silence", "garbage", "half", "no end", "no beginning", "wrong end", "overlong", "overlong, then half"],
)
def test_what_is_no_whole_answer_is_unknown_and_the_next_answer_is_read(answer: bytes) -> None:
    with Cable(lambda _: answer) as cable:
        one = scale(sics(cable))
        said = one.read()
        assert (said.state, said.weight_g) == (UNKNOWN, None)
        cable.answer = lambda _: G100
        assert one.read().weight_g == 100
        one.close()


def test_garbage_before_an_answer_is_passed_over() -> None:
    with Cable(lambda _: b"\x00noise\x02\x02?\r006\x02006.50\r") as cable:
        one = scale(ScaleOptions("toledo-8217", cable.port, unit="lb"))
        assert one.read().weight_g == 2948
        one.close()


def test_an_answer_in_pieces_is_put_together() -> None:
    with Cable() as cable:

        def piecemeal(_: bytes) -> bytes:
            for byte in G100[:-1]:
                cable.say(bytes([byte]))
            return G100[-1:]

        cable.answer = piecemeal
        one = scale(sics(cable))
        assert one.read().weight_g == 100
        one.close()


def test_the_rest_of_an_answer_that_came_too_late_is_never_an_answer() -> None:
    """A pattern without a beginning of its own: half of what was said before must not be taken for the weight."""
    with Cable(lambda _: b"123") as cable:
        one = scale(ScaleOptions("generic", cable.port, unit="g", pattern="(?P<weight>[0-9]+)(?P<stable>)", ask="?"))
        assert one.read().state is UNKNOWN
        cable.say(b"4567\r\n")  # the rest of it, late
        cable.answer = lambda _: b"88\r\n"
        assert one.read().weight_g == 88
        one.close()


def test_who_is_asked_and_talks_all_the_time_is_not_understood() -> None:
    with Cable(repeats=lambda: G100) as cable:
        one = scale(sics(cable))
        assert one.read().state is UNKNOWN
        one.close()


# -- who talks without being asked ------------------------------------------------------------------------------------


def test_of_a_stream_the_newest_frame_counts() -> None:
    sent = itertools.count(1)
    newest = [0]

    def next_frame() -> bytes:
        newest[0] = next(sent)
        return continuous(newest[0])

    with Cable(repeats=next_frame) as cable:
        one = scale(ScaleOptions("toledo-continuous", cable.port))
        for _ in range(20):
            before = newest[0]
            said = one.read()
            assert said.state is STABLE
            assert said.weight_g is not None
            assert said.weight_g >= before * 10
        one.close()


def test_a_stream_is_not_behind_however_much_of_it_nobody_took() -> None:
    with Cable() as cable:
        one = scale(ScaleOptions("toledo-continuous", cable.port))
        assert one.read().state is UNKNOWN  # it is open now
        cable.say(continuous(1) * 200)
        sent = itertools.repeat(continuous(500))
        with Cable(repeats=lambda: next(sent)) as other:
            again = scale(ScaleOptions("toledo-continuous", other.port))
            assert again.read().weight_g == 5000
            again.close()
        assert one.read().state is UNKNOWN  # what waited is old; nothing new comes
        one.close()


@pytest.mark.parametrize("cut", range(1, len(CONTINUOUS), 4))
def test_a_stream_that_is_come_upon_in_the_middle_of_a_frame_is_read_from_the_next(cut: int) -> None:
    pieces = itertools.chain([CONTINUOUS[cut:]], itertools.repeat(CONTINUOUS))
    with Cable(repeats=lambda: next(pieces)) as cable:
        one = scale(ScaleOptions("toledo-continuous", cable.port))
        assert one.read().weight_g == 12_340
        one.close()


def test_a_line_of_a_stream_that_is_come_upon_in_its_middle_is_passed_over() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"5 g\r\n"
        while True:
            yield b"12345 g\r\n"

    lines = pieces()
    with Cable(repeats=lambda: next(lines)) as cable:
        one = scale(ScaleOptions("generic", cable.port, pattern="(?P<weight>[0-9]+) (?P<unit>g)(?P<stable>)"))
        assert one.read().weight_g == 12_345
        one.close()


def test_of_a_stream_with_broken_checksums_nothing_is_read() -> None:
    bad = CONTINUOUS[:-1] + bytes([CONTINUOUS[-1] ^ 1])
    with Cable(repeats=lambda: bad) as cable:
        one = scale(ScaleOptions("toledo-continuous", cable.port))
        assert one.read().state is UNKNOWN
        one.close()


def test_the_lamps_of_a_cas_are_a_byte_and_not_a_letter() -> None:
    frame = b"ST,GS,\x01\xc4,  12.345 kg\r\n"
    with Cable(repeats=lambda: frame) as cable:
        one = scale(ScaleOptions("cas", cable.port))
        assert one.read().weight_g == 12_345
        one.close()


# -- gone -------------------------------------------------------------------------------------------------------------


def test_silence_becomes_a_fault_only_when_it_has_lasted() -> None:
    now_s = 0.0
    with Cable() as cable:
        one = scale(sics(cable), lambda: now_s)
        now_s = 5.0
        assert one.read().state is UNKNOWN
        now_s = 14.0
        assert one.read().state is UNKNOWN
        now_s = 15.0
        with pytest.raises(HardwareFault, match="nothing from it that is mt-sics"):
            one.read()
        cable.answer = lambda _: G100
        assert one.read().weight_g == 100
        one.close()


def test_a_cable_that_is_pulled_out_is_a_fault_at_once() -> None:
    cable = Cable(lambda _: G100)
    one = scale(sics(cable))
    assert one.read().weight_g == 100
    cable.unplug()
    with pytest.raises(HardwareFault):
        one.read()
    one.close()


def test_a_cable_that_is_put_in_again_is_read_again(tmp_path: Path) -> None:
    now_s = 0.0
    link = tmp_path / "scale"
    cable = Cable(lambda _: G100)
    link.symlink_to(cable.port)
    one = scale(ScaleOptions("mt-sics", str(link)), lambda: now_s)
    assert one.read().weight_g == 100
    cable.unplug()
    link.unlink()
    with pytest.raises(HardwareFault):
        one.read()
    with Cable(lambda _: ZERO) as other:
        link.symlink_to(other.port)
        now_s = 2.0
        assert one.read().weight_g == 0
    one.close()


def test_a_port_that_is_not_there_is_a_fault() -> None:
    one = scale(ScaleOptions("mt-sics", "/dev/no-such-port"))
    with pytest.raises(HardwareFault, match="no-such-port"):
        one.read()
    one.close()


# -- zero and tare ----------------------------------------------------------------------------------------------------


def zeroed_by(command: bytes, answer: bytes, then: bytes) -> Cable:
    """A scale with 100 g on it that takes one command."""
    shows = [G100]

    def said(asked: bytes) -> bytes:
        if asked != command:
            return shows[0]
        shows[0] = then
        return answer

    return Cable(said)


def test_zero_is_done_when_a_settled_zero_is_read() -> None:
    with zeroed_by(b"Z\r\n", b"Z A\r\n", ZERO) as cable:
        one = scale(sics(cable))
        assert one.zero() is Adjusted.DONE
        one.close()


def test_tare_is_done_when_a_settled_zero_is_read() -> None:
    with zeroed_by(b"T\r\n", b"T S     100.00 g\r\n", ZERO) as cable:
        one = scale(sics(cable))
        assert one.tare() is Adjusted.DONE
        one.close()


@pytest.mark.parametrize("answer", [b"Z I\r\n", b"Z +\r\n", b"Z -\r\n", b"ES\r\n", b"EL\r\n"])
def test_a_scale_may_refuse(answer: bytes) -> None:
    with zeroed_by(b"Z\r\n", answer, G100) as cable:
        one = scale(sics(cable))
        assert one.zero() is Adjusted.REFUSED
        one.close()


def test_what_was_not_seen_was_not_done() -> None:
    with zeroed_by(b"Z\r\n", b"Z A\r\n", G100) as cable:
        now_s = itertools.count(0.0, 0.5)
        one = scale(sics(cable), lambda: next(now_s))
        assert one.zero() is Adjusted.NOT_SEEN
        one.close()


def test_a_scale_without_the_command_is_sent_nothing() -> None:
    with Cable() as cable:
        one = scale(ScaleOptions("cas", cable.port))
        assert (one.zero(), one.tare(), cable.asked) == (Adjusted.NO_COMMAND, Adjusted.NO_COMMAND, [])
        one.close()
