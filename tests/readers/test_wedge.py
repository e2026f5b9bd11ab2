"""A keyboard's device, with a pipe in its place: what the kernel gives is written into it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.core.errors import HardwareFault
from hal.readers.evdev import EVIOCGRAB, REOPEN_S, InputDevice, grab
from hal.readers.keys import EVENT, Keys
from hal.readers.reader import Reader
from tests.readers.test_on_a_line import Told, running
from tests.readers.typing import ENTER, press, typed


class Keyboard:
    """A pipe under a device's name; `taken`: how often somebody had it alone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "usb-Scanner-event-kbd"
        self.taken = 0
        self.refuse = 0  # an error number
        self._far = -1
        self._own = -1

    def plug_in(self) -> None:
        os.mkfifo(self.path)
        self._own = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)  # else there is nobody to write to yet
        self._far = os.open(self.path, os.O_WRONLY)

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self._far)
        os.close(self._own)
        self._far = self._own = -1

    def type(self, text: str) -> None:
        data = typed(text) + press(ENTER)
        assert os.write(self._far, data) == len(data)

    def half(self, text: str) -> None:
        os.write(self._far, typed(text))

    def take(self, device: int) -> None:
        if self.refuse:
            raise OSError(self.refuse, os.strerror(self.refuse))
        os.fstat(device)
        self.taken += 1

    def close(self) -> None:
        for one in (self._far, self._own):
            if one >= 0:
                os.close(one)


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[Keyboard]:
    made = Keyboard(tmp_path)
    yield made
    made.close()


def reader(keyboard: Keyboard, told: Told) -> Reader:
    return Reader(InputDevice(str(keyboard.path), take=keyboard.take), Keys(), told.code, told.state)


def test_an_event_of_a_64_bit_kernel_has_24_bytes_and_the_grab_its_number() -> None:
    assert EVENT.size == 24
    a_write_of_an_int = (1 << 30) | (4 << 16)
    assert a_write_of_an_int | ord("E") << 8 | 0x90 == EVIOCGRAB


def test_what_is_typed_is_told(keyboard: Keyboard) -> None:
    told = Told()
    keyboard.plug_in()
    with running(reader(keyboard, told)):
        assert told.next() is None
        assert keyboard.taken == 1
        keyboard.type("LK1:AB%$+-./")
        assert told.next() == ("LK1:AB%$+-./", "unknown")


def test_a_device_that_cannot_be_had_alone_is_not_read_and_said(keyboard: Keyboard) -> None:
    told = Told()
    keyboard.plug_in()
    keyboard.refuse = errno.EBUSY
    keyboard.type("SECRET")
    with running(reader(keyboard, told)):
        fault = told.next()
        assert isinstance(fault, str)
        assert "cannot be had for us alone (device or resource busy)" in fault
        keyboard.refuse = 0
        assert told.next() is None


def test_a_keyboard_pulled_out_in_mid_scan_is_taken_alone_again_when_it_comes_back(keyboard: Keyboard) -> None:
    told = Told()
    keyboard.plug_in()
    with running(reader(keyboard, told)):
        assert told.next() is None
        keyboard.half("JD0146")
        keyboard.unplug()
        assert isinstance(told.next(), str)
        keyboard.plug_in()
        assert told.next() is None
        keyboard.type("JD0147")
        assert told.next() == ("JD0147", "unknown")
        assert keyboard.taken == 2


def test_a_device_that_is_none_is_refused_by_the_kernel(tmp_path: Path) -> None:
    plain = tmp_path / "event0"
    plain.write_bytes(b"")
    now_s = [0.0]
    device = InputDevice(str(plain), clock=lambda: now_s[0])
    with pytest.raises(HardwareFault, match="for us alone"):
        device.open()
    plain.unlink()
    with pytest.raises(HardwareFault, match="for us alone"):
        device.open()  # not tried again yet
    now_s[0] = REOPEN_S
    with pytest.raises(HardwareFault, match="no such file"):
        device.open()
    with pytest.raises(HardwareFault, match="takes no bytes"):
        device.send(b"x")


def test_the_grab_asks_the_kernel(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file, pytest.raises(OSError, match="ioctl") as caught:
        grab(file.fileno())
    assert caught.value.errno == errno.ENOTTY
