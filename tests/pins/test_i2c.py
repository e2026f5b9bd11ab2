"""I²C buses: one owner each, errors that name bus, address and register, simulated chips that outlive their writer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from edge.core.errors import BadInput, HardwareFault
from hal.i2c import LinuxI2c, shared_bus
from hal.sim.chips import FiledI2c, SimI2c, lay_out
from hal.sim.mcp23017 import SimMcp23017


def test_one_path_has_one_owner_until_the_last_user_gives_it_back(tmp_path: Path) -> None:
    path = str(tmp_path / "i2c-1")
    first, second = shared_bus(path), shared_bus(path)
    assert first is second
    first.close()
    assert shared_bus(path) is second
    second.close()
    second.close()
    later = shared_bus(path)
    assert later is not first
    later.close()


def test_a_bus_that_is_not_there_is_named_and_tried_again_each_time(tmp_path: Path) -> None:
    path = tmp_path / "i2c-1"
    bus = LinuxI2c(str(path))
    with pytest.raises(HardwareFault, match=f"bus {path}: cannot be opened: no such file"):
        bus.read(0x20, 0)
    path.touch()
    with pytest.raises(HardwareFault, match=f"bus {path}: cannot be opened: inappropriate ioctl"):
        bus.write(0x20, 0, b"\0")
    bus.close()


class Line:
    """What smbus2 gives, without a machine: `trouble` is what the kernel says to each transaction."""

    def __init__(self) -> None:
        self.trouble: OSError | None = None
        self.done: list[tuple[object, ...]] = []
        self.closed = 0
        self._alone = threading.Lock()

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        self._say(("read", address, register, length))
        return list(range(length))

    def write_i2c_block_data(self, address: int, register: int, data: list[int]) -> None:
        self._say(("write", address, register, data))

    def close(self) -> None:
        self.closed += 1

    def _say(self, what: tuple[object, ...]) -> None:
        assert self._alone.acquire(blocking=False), "two transactions at once"
        try:
            if self.trouble is not None:
                raise self.trouble
            self.done.append(what)
        finally:
            self._alone.release()


def test_a_transaction_is_one_block_and_the_line_is_opened_once() -> None:
    line, opened = Line(), list[str]()

    def open_it(path: str) -> Line:
        opened.append(path)
        return line

    bus = LinuxI2c("/dev/i2c-1", open_it)
    bus.write(0x20, 0x14, b"\x01\x02")
    assert bus.read(0x2A, 0x12, 3) == b"\x00\x01\x02"
    assert line.done == [("write", 0x20, 0x14, [1, 2]), ("read", 0x2A, 0x12, 3)]
    assert opened == ["/dev/i2c-1"]
    bus.close()
    assert line.closed == 1


def test_what_the_kernel_says_to_a_transaction_comes_with_bus_address_and_register() -> None:
    line = Line()
    bus = LinuxI2c("/dev/i2c-1", lambda _: line)
    line.trouble = OSError(121, "Remote I/O error")
    with pytest.raises(
        HardwareFault, match=r"^bus /dev/i2c-1 address 0x20 register 0x12: read of 2 bytes: remote i/o error$"
    ):
        bus.read(0x20, 0x12, 2)
    with pytest.raises(HardwareFault, match=r"register 0x14: write of 01 00: remote i/o error$"):
        bus.write(0x20, 0x14, b"\x01\x00")
    line.trouble = None
    assert bus.read(0x20, 0x12) == b"\0"


def test_threads_take_turns_on_a_bus() -> None:
    line, together = Line(), threading.Barrier(4)
    bus = LinuxI2c("/dev/i2c-1", lambda _: line)

    def lane(address: int) -> None:
        together.wait()
        for _ in range(100):
            bus.read(address, 0, 2)

    lanes = [threading.Thread(target=lane, args=(address,)) for address in (0x20, 0x21, 0x2A, 0x40)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    assert len(line.done) == 400


@pytest.mark.parametrize(
    ("address", "register", "size"), [(0x07, 0, 1), (0x78, 0, 1), (0x20, 256, 1), (0x20, 0, 0), (0x20, 0, 33)]
)
def test_what_no_bus_carries_is_bad_input(address: int, register: int, size: int) -> None:
    for bus in (LinuxI2c("/dev/i2c-1"), SimI2c({0x20: SimMcp23017()})):
        with pytest.raises(BadInput, match="limits"):
            bus.read(address, register, size)


def test_a_chip_that_does_not_answer_is_named() -> None:
    bus = SimI2c({0x20: SimMcp23017()}, "wall")
    bus.dead.add(0x20)
    with pytest.raises(HardwareFault, match="bus wall address 0x20 register 0x12: no acknowledgement"):
        bus.read(0x20, 0x12)


def test_chips_in_a_file_keep_what_they_were_told(tmp_path: Path) -> None:
    lay_out(tmp_path / "chips", {0x20: SimMcp23017()})
    shared_bus(f"sim:{tmp_path / 'chips'}").write(0x20, 0x14, b"\x05")
    assert shared_bus(f"sim:{tmp_path / 'chips'}").read(0x20, 0x12, 4) == b"\0\0\x05\0"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"0x20": {"type": "toaster"}}', '{"x": {}}'])
def test_a_file_that_has_no_chips_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "chips").write_text(text)
    with pytest.raises(HardwareFault, match="not a file of chips"):
        FiledI2c(str(tmp_path / "chips"))


# --- the simulated MCP23017 against the data sheet


def test_the_chip_starts_as_inputs_and_forgets_everything_in_a_brown_out() -> None:
    chip = SimMcp23017()
    fresh = chip.read(0, 22)
    assert fresh == b"\xff\xff" + bytes(20)
    chip.write(0, bytes(22))
    chip.brown_out()
    assert chip.read(0, 22) == fresh


def test_an_output_shows_its_latch_and_an_input_the_world() -> None:
    chip = SimMcp23017(driven={"B0": True})
    chip.write(0x00, b"\xfe")
    chip.write(0x12, b"\x01")  # writing the port writes the latch
    assert chip.read(0x14, 1) == b"\x01"
    assert chip.read(0x12, 2) == b"\x01\x01"
    chip.write(0x03, b"\x01")  # polarity turns what is read of an input
    chip.write(0x0C, b"\x02")  # a pull-up, where nobody drives
    assert chip.read(0x12, 2) == b"\x03\x00"


def test_the_other_map_puts_each_port_together() -> None:
    chip = SimMcp23017()
    chip.write(0x0A, b"\x80")
    assert chip.read(0x05, 1) == chip.read(0x15, 1) == b"\x80"
    assert chip.read(0x10, 1) == b"\xff"  # IODIRB
    chip.write(0x0A, b"\x03")  # OLATA here
    chip.write(0x05, b"\x00")
    assert chip.read(0x14, 2) == b"\x03\x00"


def test_without_counting_on_two_ports_take_turns() -> None:
    chip = SimMcp23017()
    chip.write(0x0A, b"\x20")
    chip.write(0x14, b"\x01\x02\x04")
    assert chip.read(0x14, 4) == b"\x04\x02\x04\x02"
