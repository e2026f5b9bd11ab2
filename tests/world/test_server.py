"""A world in a process of its own, over its socket, with the drivers that a runtime would use."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from edge.core.errors import BadInput, LinkDown, NotAllowed, OutcomeUnknown
from edge.core.ports import UnlockOrder
from edge.core.words import Content, Level, PulseOutcome
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.sim.chronicle import Deed
from hal.sim.client import WorldClient, WorldLine
from hal.sim.remote import RemoteBank, RemoteIndicator, RemoteSensors, RemoteSupply, SimOptions
from hal.sim.wire import LINE_LIMIT
from tests.world.served import Served, served_world


@pytest.fixture
def served() -> Iterator[Served]:
    with served_world() as world:
        yield world


@pytest.fixture
def street(served: Served) -> Iterator[WorldClient]:
    client = WorldClient(served.path)
    yield client
    client.close()


class Driver:
    """The drivers of one runtime."""

    def __init__(self, path: Path, timeout_s: float = 1.5) -> None:
        options = SimOptions(str(path), pulse_ms=60, timeout_s=timeout_s)
        self.guard = CoilGuard(CoilLimits(attempts_a_minute=20))
        self.bank = RemoteBank(options, [1, 2, 3, 4], self.guard)
        self.sensors, self.supply = RemoteSensors(options), RemoteSupply(options)
        self.indicator = RemoteIndicator(options)
        self._opening = 0

    def open(self, door: int) -> PulseOutcome:
        self._opening += 1
        return self.bank.unlock(UnlockOrder(door, self._opening, 1, time.monotonic() + 5))

    def close(self) -> None:
        self.bank.close()
        self.sensors.close()
        self.supply.close()
        self.indicator.close()
        self.guard.close()


@pytest.fixture
def driver(served: Served) -> Iterator[Driver]:
    drivers = Driver(served.path, timeout_s=0.4)
    yield drivers
    drivers.close()


def until(what: Callable[[], bool], within_s: float = 5.0) -> None:
    """Ask again until it is so; each asking is a round trip to the world."""
    end_s = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < end_s, "not within the time"


def test_a_parcel_goes_in_and_out_over_the_line(street: WorldClient, driver: Driver) -> None:
    street.parcel("JD1", weight_g=900)
    assert driver.bank.read()[1].level is Level.CLOSED
    assert driver.open(1) is PulseOutcome.DONE
    until(lambda: driver.bank.read()[1].level is Level.OPEN)
    street.do("put", parcel="JD1", door=1)
    street.do("shut", door=1)
    until(lambda: driver.bank.read()[1].level is Level.CLOSED)
    until(lambda: driver.sensors.read([1])[1].content is Content.PRESENT)
    assert driver.sensors.read([1])[1].weight_g == pytest.approx(900, abs=10)
    assert (street.where("JD1"), street.inside(1)) == (1, ["JD1"])
    assert street.doors()[1] == {"position": "shut", "inside": ["JD1"], "light": False}


def test_i7_the_chronicle_names_the_opening_of_each_pulse(street: WorldClient, driver: Driver) -> None:
    began: list[UnlockOrder] = []
    driver.bank.on_began = lambda order, _at_s: began.append(order)
    driver.open(2)
    pulses = [entry for entry in street.chronicle() if entry.deed is Deed.PULSE_BEGAN]
    assert [(p.door, p.ordered, p.opening, p.attempt) for p in pulses] == [(2, 2, 1, 1)]
    assert [(o.door, o.opening) for o in began] == [(2, 1)]


def test_i8_a_killed_runtime_leaves_no_coil_on(served: Served, street: WorldClient) -> None:
    runtime = subprocess.Popen(
        [sys.executable, "-m", "tests.world.pulse_and_wait", str(served.path)], stdout=subprocess.PIPE, text=True
    )
    assert runtime.stdout is not None
    assert runtime.stdout.readline() == "began 1\n"
    until(lambda: any(entry.deed is Deed.PULSE_BEGAN for entry in street.chronicle()))
    runtime.kill()
    runtime.wait()
    runtime.stdout.close()
    assert not any(entry.deed is Deed.PULSE_ENDED for entry in street.chronicle())
    until(lambda: any(entry.deed is Deed.PULSE_ENDED for entry in street.chronicle()))
    ended = next(entry for entry in street.chronicle() if entry.deed is Deed.PULSE_ENDED)
    assert (ended.door, ended.opening, ended.ms) == (1, 77, 1000)


def test_a_world_that_is_away_is_broken_and_unknown_and_comes_back(served: Served, driver: Driver) -> None:
    assert driver.bank.read()[1].level is Level.CLOSED
    served.kill()
    began: list[UnlockOrder] = []
    driver.bank.on_began = lambda order, _at_s: began.append(order)
    assert driver.bank.read()[1].level is Level.UNKNOWN
    assert driver.sensors.read([1])[1].content is Content.UNKNOWN
    assert driver.supply.lock_rail_ok() is None
    assert driver.open(1) is PulseOutcome.BROKEN
    assert began == []
    driver.indicator.light(1, on=True)
    assert driver.indicator.failures == 1
    served.start()  # over the socket that the killed one left behind
    assert driver.bank.read()[1].level is Level.CLOSED
    assert driver.supply.lock_rail_ok() is True
    assert driver.open(1) is PulseOutcome.DONE


@pytest.mark.parametrize(
    ("fault", "outcome", "pulses"),
    [
        ("board_dead", PulseOutcome.BROKEN, 0),
        ("board_deaf", PulseOutcome.UNKNOWN, 0),
        ("board_mute", PulseOutcome.UNKNOWN, 1),
    ],
)
def test_not_sent_is_broken_and_sent_without_answer_is_unknown(
    street: WorldClient, driver: Driver, fault: str, outcome: PulseOutcome, pulses: int
) -> None:
    street.set_fault(fault)
    assert driver.open(1) is outcome
    assert driver.bank.read()[1].level is Level.UNKNOWN
    assert sum(entry.deed is Deed.PULSE_BEGAN for entry in street.chronicle()) == pulses
    assert street.clear_fault(fault) == 1
    assert driver.bank.read()[1].level is not Level.UNKNOWN


def test_a_slow_board_is_waited_for_but_not_for_ever(street: WorldClient, driver: Driver) -> None:
    street.set_fault("board_slow", seconds=0.1)
    assert driver.open(1) is PulseOutcome.DONE
    street.set_fault("board_slow", seconds=3)
    assert driver.open(2) is PulseOutcome.UNKNOWN
    assert driver.bank.read()[2].level is Level.UNKNOWN


def test_a_late_order_is_not_sent(street: WorldClient, driver: Driver) -> None:
    assert driver.bank.unlock(UnlockOrder(1, 1, 1, time.monotonic() - 0.01)) is PulseOutcome.LATE
    assert street.chronicle() == []


def test_one_client_waits_for_its_pulse_and_the_others_do_not(street: WorldClient, driver: Driver) -> None:
    street.set_fault("board_slow", seconds=0.3)
    lane = threading.Thread(target=driver.open, args=(1,))
    lane.start()
    until(lambda: any(entry.deed is Deed.PULSE_BEGAN for entry in street.chronicle()))
    assert street.inside(1) == []  # answered while the lane still waits
    assert lane.is_alive()
    lane.join()


def test_lights_and_sounds_arrive(street: WorldClient, driver: Driver) -> None:
    driver.indicator.light(2, on=True)
    driver.indicator.beep("good")
    assert street.doors()[2]["light"] is True
    assert [entry.deed for entry in street.chronicle()] == [Deed.LIGHT, Deed.BEEP]


def test_the_camera_sees_the_phone_until_it_is_taken_away(street: WorldClient) -> None:
    import numpy as np
    import zxingcpp

    def picture() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        width, height, grey = street.frame()
        return np.frombuffer(grey, dtype=np.uint8).reshape(height, width)

    street.do("show_phone", text="LK1:HELLO", light={"noise": 3.0})
    first, second = picture(), picture()
    assert [code.text for code in zxingcpp.read_barcodes(first)] == ["LK1:HELLO"]
    assert not np.array_equal(first, second)  # the sensor's noise
    street.do("hide_phone")
    assert zxingcpp.read_barcodes(picture()) == []
    street.set_fault("camera_gone")
    with pytest.raises(LinkDown, match="camera: it is gone"):
        street.frame()
    assert street.clear_fault("camera_gone") == 1
    assert picture().shape == (720, 1280)


def test_the_wall_keeps_its_rules_over_the_line(street: WorldClient) -> None:
    street.parcel("JD1")
    with pytest.raises(NotAllowed, match="door 1: it is shut"):
        street.do("put", parcel="JD1", door=1)
    with pytest.raises(BadInput, match="people cannot 'fly'"):
        street.do("fly", door=1)
    with pytest.raises(BadInput, match=r"Pose: .*unexpected"):
        street.do("show_phone", text="A", pose={"height_m": 1.0})


@pytest.mark.parametrize(
    "line", [b"nonsense\n", b'{"op":"pull","wings":2}\n', b'{"op":"what"}\n', b"\xff\xfe\n", b"[]\n"]
)
def test_a_line_that_is_no_request_is_refused_and_the_next_is_answered(served: Served, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as raw:
        raw.settimeout(5)
        raw.connect(str(served.path))
        answers = raw.makefile("rb")
        raw.sendall(line)
        refused = msgspec.json.decode(answers.readline())
        assert (refused["ok"], refused["kind"]) == (False, "BadInput")
        raw.sendall(b'{"op":"rail","id":4}\n')
        assert msgspec.json.decode(answers.readline()) == {"id": 4, "ok": True, "result": True}
        answers.close()


def test_a_line_without_end_is_refused_and_hung_up(served: Served) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as raw:
        raw.settimeout(5)
        raw.connect(str(served.path))
        raw.sendall(b"x" * (LINE_LIMIT + 10))
        answers = raw.makefile("rb")
        assert b"line above 65536 bytes" in answers.readline()
        assert answers.read() == b""
        answers.close()


def test_a_world_that_vanishes_between_question_and_answer_is_outcome_unknown(
    served: Served, street: WorldClient
) -> None:
    street.set_fault("board_mute")
    line = WorldLine(served.path, timeout_s=5)
    killer = threading.Timer(0.1, served.kill)
    killer.start()
    with pytest.raises(OutcomeUnknown, match="unlock was sent"):
        line.ask("unlock", door=1, ms=100)
    killer.join()
    line.close()


def test_a_second_world_at_the_same_place_is_refused(served: Served) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "tests.world.serve_world", str(served.path), "1"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode != 0
    assert f"another world is served at {served.path}" in second.stderr
    first = WorldClient(served.path)
    assert first.inside(1) == []
    first.close()


def test_a_world_that_is_told_to_end_leaves_nothing_behind(served: Served, street: WorldClient) -> None:
    assert street.inside(1) == []  # a client stays connected
    assert served.stop() == 0
    assert not served.path.exists()
