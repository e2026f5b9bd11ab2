"""`locker hardware scan`: what the kernel shows, by the paths that a configuration takes; and who answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.app.hardware.probing import FIRST, Answer, Asked, ask, options_of, question
from edge.app.hardware.scan import MAX_THINGS, Places, Scanned, Thing, holder_of, scan
from edge.app.hardware.telling import tell_asked, tell_scanned
from hal.boards.options import MAKES, codec_of
from tests.hardware.bench import Bench
from tests.hardware.plugged import plugged


@dataclass
class Port:
    device: str
    description: str | None = "n/a"


class Machine:
    """A /dev, /sys and /proc of our own."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder / "dev", folder / "sys", folder / "proc")
        self.ports: list[Port] = []
        for place in (self.places.dev, self.places.sys, self.places.proc):
            place.mkdir()

    def put(self, path: str, content: bytes = b"") -> Path:
        file = self.places.dev.parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def link(self, path: str, to: str) -> Path:
        link = self.places.dev.parent / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(self.places.dev.parent / to)
        return link

    def scan(self) -> Scanned:
        return scan(self.places, lambda: self.ports, lambda device: device.read_text())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_empty_machine_has_nothing_and_says_so(machine: Machine) -> None:
    found = machine.scan()
    assert found.machine.startswith("no Raspberry Pi")
    assert (found.serial, found.cameras, found.hid, found.inputs, found.i2c, found.gpio) == ((),) * 6


def test_the_model_of_a_pi(machine: Machine) -> None:
    machine.put("sys/firmware/devicetree/base/model", b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert machine.scan().machine.startswith("Raspberry Pi 5 Model B Rev 1.0, kernel ")


def test_a_serial_port_is_named_by_what_stays_the_same(machine: Machine) -> None:
    device = machine.put("dev/ttyUSB0")
    link = machine.link("dev/serial/by-id/usb-FTDI_A50285BI-if00-port0", "dev/ttyUSB0")
    machine.ports = [Port(str(device), "FT232R USB UART"), Port(str(machine.put("dev/ttyAMA0")))]
    assert machine.scan().serial == (
        Thing(str(link), f"FT232R USB UART, is {device}"),
        Thing(str(machine.places.dev / "ttyAMA0"), "serial port; its name may change"),
    )


def test_a_port_that_was_pulled_out_is_gone(machine: Machine) -> None:
    machine.link("dev/serial/by-id/adapter", "dev/ttyUSB7")
    assert [port.trouble for port in machine.scan().serial] == ["gone"]


def test_a_busy_port_names_the_process(machine: Machine) -> None:
    device = machine.put("dev/ttyUSB0")
    machine.put("proc/812/comm", b"getty\n")
    machine.link("proc/812/fd/3", "dev/ttyUSB0")
    machine.put("proc/self/comm", b"no number\n")
    machine.ports = [Port(str(device))]
    assert machine.scan().serial[0].trouble == "busy: getty (pid 812) has it open"


def test_this_very_process_is_found_in_the_real_proc(tmp_path: Path) -> None:
    file = tmp_path / "port"
    with file.open("w"):
        assert holder_of(Path("/proc"), file).endswith(f"(pid {os.getpid()})")
    assert holder_of(Path("/proc"), file) == ""


def test_a_camera_by_its_steady_name_and_one_without(machine: Machine) -> None:
    machine.put("dev/video0")
    machine.put("dev/video2")
    link = machine.link("dev/v4l/by-id/usb-Cam-video-index0", "dev/video0")
    for node, index in (("video0", b"0"), ("video1", b"1"), ("video2", b"0")):
        machine.put(f"sys/class/video4linux/{node}/index", index)
        machine.put(f"sys/class/video4linux/{node}/name", b"unicam")
    assert [(camera.path, camera.what) for camera in machine.scan().cameras] == [
        (str(link), f"camera, is {machine.places.dev / 'video0'}"),
        (str(machine.places.dev / "video2"), "unicam"),
    ]


def test_a_postal_scale_is_told_from_a_keyboard_by_its_first_usage_page(machine: Machine) -> None:
    for name, page, hid in (("hidraw0", b"\x05\x01\x09\x06", b"keys"), ("hidraw1", b"\x05\x8d\x09\x20", b"DYMO S50")):
        machine.put(f"sys/class/hidraw/{name}/device/report_descriptor", page)
        machine.put(f"sys/class/hidraw/{name}/device/uevent", b"DRIVER=hid-generic\nHID_NAME=" + hid + b"\n")
        machine.put(f"dev/{name}")
    assert machine.scan().hid == (Thing(str(machine.places.dev / "hidraw1"), "weighing device: DYMO S50"),)


def test_input_devices_buses_and_chips(machine: Machine) -> None:
    machine.put("dev/input/event3")
    link = machine.link("dev/input/by-id/usb-Scanner-event-kbd", "dev/input/event3")
    machine.put("dev/i2c-1")
    machine.put("sys/class/i2c-dev/i2c-1/name", b"bcm2835 (i2c@7e804000)\n")
    machine.put("dev/gpiochip0", b"pinctrl-bcm2711")
    (machine.places.dev / "gpiochip1").mkdir()
    found = machine.scan()
    assert found.inputs[0].path == str(link)
    assert found.inputs[0].what.startswith("keyboard, or a scanner that types")
    assert found.i2c == (Thing(str(machine.places.dev / "i2c-1"), "bcm2835 (i2c@7e804000)"),)
    assert found.gpio[0] == Thing(str(machine.places.dev / "gpiochip0"), "pinctrl-bcm2711")
    assert found.gpio[1].trouble == "cannot be opened: is a directory"


def test_no_more_than_so_many_of_a_kind(machine: Machine) -> None:
    for number in range(MAX_THINGS + 5):
        machine.put(f"dev/i2c-{number}")
    assert len(machine.scan().i2c) == MAX_THINGS


@pytest.mark.parametrize("width", [80, 118])
def test_the_page_says_free_or_why_not(machine: Machine, width: int) -> None:
    device = machine.put("dev/ttyUSB0")
    machine.ports = [Port(str(device)), Port(str(machine.places.dev / "ttyUSB9"))]
    bench = Bench(1, width=width)
    tell_scanned(bench.technician, machine.scan())
    assert "serial port; its name may change; free" in bench.page
    assert "serial port; its name may change; gone" in bench.page
    assert "Cameras\n=======\nnone" in bench.page


# -- asking -----------------------------------------------------------------------------------------------------------


def every_unlock() -> Iterator[bytes]:
    for make in MAKES:
        for address in range(33):
            try:
                options = options_of(make, address, "-")
            except ValueError:
                continue  # no address of this make
            codec = codec_of(options, (1,))
            for channel in range(1, codec.channels + 1):
                yield codec.unlock(channel, options.pulse_ms).request


def test_no_question_holds_an_unlock_of_any_make() -> None:
    questions = [
        question(make, address).request for make, first in FIRST.items() for address in range(first, first + 4)
    ]
    assert [asked.hex() for asked in questions for unlock in every_unlock() if unlock in asked] == []


@pytest.mark.parametrize("make", FIRST)
def test_the_board_that_answers_is_found_and_no_door_moves(make: str, tmp_path: Path) -> None:
    link, address = tmp_path / "board", FIRST[make]
    with plugged(make, link, address, doors=6) as world:
        asked = ask(str(link), 1)
        pulses = [entry for entry in world.chronicle() if entry.deed == "pulse_began"]
    assert [(one.make, one.address) for one in asked.found] == [(make, address)]
    assert pulses == []


def test_a_port_on_which_nothing_hangs_is_no_error(tmp_path: Path) -> None:
    link = tmp_path / "board"
    with plugged("ys", link, 30, doors=6):
        asked = ask(str(link), 1)
    assert (asked.found, asked.trouble) == ((), "")


def test_a_port_that_is_not_there_says_why(tmp_path: Path) -> None:
    asked = ask(str(tmp_path / "nothing"), 1)
    assert "No such file" in asked.trouble
    bench = Bench(1)
    tell_asked(bench.technician, asked)
    assert "could not be asked: port" in bench.page


def test_an_answer_is_told_with_what_the_configuration_wants() -> None:
    bench = Bench(1)
    tell_asked(bench.technician, Asked("/dev/ttyUSB0", (Answer("ys", 3, 9600),)))
    assert bench.page == "/dev/ttyUSB0\n    ys, address 3, 9600 baud\n"
