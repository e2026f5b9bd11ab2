"""Reports of postal scales on USB, and the device file that they come from."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.errors import HardwareFault
from edge.core.words import Adjusted, ScaleState
from hal.scales.hid import HidScale, find_hid_scale, read_report

STABLE, MOVING, OVER, UNDER, ERROR, UNKNOWN = ScaleState
G500 = bytes.fromhex("03 04 02 00 F4 01")


@pytest.mark.parametrize(
    ("report", "state", "weight_g"),
    [
        ("03 04 0B FF 7D 00", STABLE, 354),  # 12.5 oz
        ("03 04 02 00 F4 01", STABLE, 500),
        ("03 04 03 FD F4 01", STABLE, 500),  # 0.500 kg
        ("03 04 0C FF 7D 00", STABLE, 5670),  # 12.5 lb
        ("03 04 02 01 32 00", STABLE, 500),  # tens of grams
        ("03 01 02 00 F4 01", ERROR, None),
        ("03 02 02 00 00 00", STABLE, 0),
        ("03 02 00 00 00 00", STABLE, 0),
        ("03 02 02 00 01 00", UNKNOWN, None),  # at zero, and not zero
        ("03 03 02 00 F4 01", MOVING, 500),
        ("03 05 02 00 0A 00", UNDER, -10),
        ("03 06 02 00 00 00", OVER, None),
        ("03 07 02 00 00 00", ERROR, None),
        ("03 08 02 00 00 00", ERROR, None),
        ("03 09 02 00 F4 01", UNKNOWN, None),
        ("03 00 02 00 F4 01", UNKNOWN, None),
        ("03 04 05 00 F4 01", UNKNOWN, None),  # carats, or whatever
        ("03 04 02 20 F4 01", UNKNOWN, None),  # times ten to the 32nd
        ("03 04 02 03 F4 01", UNKNOWN, None),  # half a ton on a counter
        ("04 04 02 00 F4 01", UNKNOWN, None),
        ("03 04 02 00 F4", UNKNOWN, None),
        ("03 04 02 00 F4 01 00", UNKNOWN, None),
        ("", UNKNOWN, None),
    ],
)
def test_a_report_says(report: str, state: ScaleState, weight_g: int | None) -> None:
    weighing = read_report(bytes.fromhex(report), 1.0, 150_000)
    assert (weighing.state, weighing.weight_g) == (state, weight_g)


@given(report=st.binary(max_size=8))
def test_no_bytes_make_a_report_fail(report: bytes) -> None:
    weighing = read_report(report, 1.0, 150_000)
    assert weighing.state is not STABLE or (len(report) == 6 and report[1] in (2, 4))


# -- the device file --------------------------------------------------------------------------------------------------


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A queue of bytes in the place of /dev/hidrawN."""
    path = tmp_path / "hidraw0"
    os.mkfifo(path)
    return path


class Sending:
    """A scale that is switched on: the same report, over and over, until left."""

    def __init__(self, path: Path, *reports: bytes) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._reports, self._enough = reports, threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> Sending:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()
        os.close(self._file)

    def _send(self) -> None:
        at = 0
        while not self._enough.wait(0.002):
            os.write(self._file, self._reports[min(at, len(self._reports) - 1)])
            at += 1


def test_a_scale_that_is_on_is_read(device: Path) -> None:
    scale = HidScale(str(device), 150_000)
    with Sending(device, G500):
        assert (scale.read().state, scale.read().weight_g) == (STABLE, 500)
    scale.close()


def test_reports_that_waited_for_long_are_passed_over(device: Path) -> None:
    scale = HidScale(str(device), 150_000)
    file = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    os.write(file, bytes.fromhex("03 04 02 00 01 00") * 60)
    with Sending(device, G500):
        assert scale.read().weight_g == 500
    os.close(file)
    scale.close()


def test_a_scale_that_switched_itself_off_is_no_fault(device: Path) -> None:
    scale = HidScale(str(device), 150_000)
    file = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    said = scale.read()
    assert (said.state, said.weight_g, said.detail) == (UNKNOWN, None, "no report: it has switched itself off")
    os.close(file)
    scale.close()


def test_a_scale_that_goes_and_comes_back_is_read_again(device: Path) -> None:
    now_s = 0.0
    scale = HidScale(str(device), 150_000, clock=lambda: now_s)
    with Sending(device, G500):
        assert scale.read().weight_g == 500
    device.unlink()  # and nobody holds its other end any more
    now_s = 0.5
    assert scale.read().detail == "not there: switched off, or unplugged"
    now_s = 2.0
    assert scale.read().detail == "not there: switched off, or unplugged"
    os.mkfifo(device)
    now_s = 6.0
    with Sending(device, G500):
        assert scale.read().weight_g == 500
    scale.close()


def test_a_scale_that_never_was_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(HardwareFault, match="no such file"):
        HidScale(str(tmp_path / "hidraw9"), 150_000).read()
    with pytest.raises(HardwareFault, match="no scale on usb"):
        HidScale("", 150_000, find=lambda: "").read()


def test_such_a_scale_can_be_neither_zeroed_nor_tared(device: Path) -> None:
    scale = HidScale(str(device), 150_000)
    assert (scale.zero(), scale.tare()) == (Adjusted.NO_COMMAND, Adjusted.NO_COMMAND)


# -- finding it -------------------------------------------------------------------------------------------------------


def hid(classes: Path, name: str, ids: str, descriptor: str) -> None:
    device = classes / name / "device"
    device.mkdir(parents=True)
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_ID={ids}\nHID_NAME=A thing\n")
    (device / "report_descriptor").write_bytes(bytes.fromhex(descriptor))


KEYBOARD = "05 01 09 06 a1 01"
SCALE = "05 8d 09 20 a1 01"


def test_it_is_found_by_what_it_says_of_itself(tmp_path: Path) -> None:
    hid(tmp_path, "hidraw0", "0003:0000046D:0000C31C", KEYBOARD)
    hid(tmp_path, "hidraw3", "0003:00001234:00005678", SCALE)
    assert find_hid_scale(tmp_path) == "/dev/hidraw3"


@pytest.mark.parametrize("ids", ["0003:00000922:00008003", "0003:00000EB8:0000F000", "0003:00001446:00006a73"])
def test_it_is_found_by_who_made_it(tmp_path: Path, ids: str) -> None:
    hid(tmp_path, "hidraw1", ids, "06 00 ff")
    assert find_hid_scale(tmp_path) == "/dev/hidraw1"


def test_the_one_that_sends_something_else_is_not_taken(tmp_path: Path) -> None:
    hid(tmp_path, "hidraw0", "0003:00002233:00006323", SCALE)
    assert find_hid_scale(tmp_path) == ""


def test_what_cannot_be_read_is_no_scale(tmp_path: Path) -> None:
    (tmp_path / "hidraw0").mkdir()
    assert find_hid_scale(tmp_path) == "" == find_hid_scale(tmp_path / "nothing")
