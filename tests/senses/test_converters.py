"""The converters of load cells: every word as the vendor says it, and every way in which they go wrong."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from edge.core.errors import HardwareFault
from edge.core.words import Content
from hal.loadcell import sensors
from hal.loadcell.cell import saturated
from hal.loadcell.hx711 import believable, from_bits, from_offset_binary
from hal.loadcell.hx711_gpio import Hx711Gpio
from hal.loadcell.nau7802 import decode
from hal.loadcell.options import Hx711GpioCell, Hx711IioCell
from hal.loadcell.wiring import open_cells
from hal.sim.branches import BranchedI2c
from hal.sim.chips import SimI2c
from hal.sim.hx711 import SimHx711, write_iio
from tests.senses.bench import Bench, Hands, plan

WORDS = [
    (0x000000, 0),
    (0x7FFFFF, 8_388_607),
    (0x800000, -8_388_608),
    (0xFFFFFF, -1),
    (0x000001, 1),
    (0x123456, 1193046),
]


@pytest.mark.parametrize(("word", "counts"), WORDS)
def test_a_word_is_twos_complement_on_both_converters(word: int, counts: int) -> None:
    assert from_bits(word) == counts
    assert decode(word >> 16, word >> 8 & 0xFF, word & 0xFF) == counts
    assert from_offset_binary(word ^ 0x800000) == counts


@pytest.mark.parametrize(
    ("counts", "believed"), [(0, True), (-2, True), (-1, False), (8_388_607, False), (-8_388_608, False)]
)
def test_words_of_a_lost_race_and_both_ends_are_not_believed(counts: int, believed: bool) -> None:
    assert believable(counts) is believed


@pytest.mark.parametrize(("counts", "ended"), [(8_388_607, True), (-8_388_608, True), (-1, False)])
def test_both_ends_are_saturation(counts: int, ended: bool) -> None:
    assert saturated(counts) is ended


# --- NAU7802


def test_it_is_powered_up_set_and_calibrated_once() -> None:
    bench = Bench()
    chip = bench.chips[1]
    assert [bench.content(), bench.content()] == [Content.EMPTY, Content.EMPTY]
    assert chip.calibrations == 1
    assert chip.read(0x00, 3) == bytes([0x9E, 0x2F, 0x00])


def test_after_a_brown_out_it_weighs_nothing_before_it_is_set_up_again() -> None:
    bench = Bench()
    bench.chips[1].load_g = 800
    assert bench.content() is Content.PRESENT
    bench.chips[1].brown_out()
    assert [bench.content(), bench.content()] == [Content.UNKNOWN, Content.PRESENT]
    assert bench.chips[1].calibrations == 1 + 1


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (lambda bench: setattr(bench.chips[1], "calibration_fails", True), "its calibration failed"),
        (lambda bench: setattr(bench.chips[1], "slow", True), "no conversion that can be trusted"),
        (lambda bench: bench.bus.dead.add(0x2A), "no acknowledgement"),
    ],
)
def test_trouble_is_unknown_with_its_reason_and_passes(trouble: object, says: str) -> None:
    bench = Bench()
    assert callable(trouble)
    trouble(bench)
    assert bench.why() == "silent"
    assert says in bench.cells.states()[1].weighed.detail
    bench.chips[1].calibration_fails = bench.chips[1].slow = False
    bench.bus.dead.clear()
    assert bench.content() is Content.EMPTY


def test_a_chip_that_never_powers_up_is_given_up_in_time() -> None:
    bench = Bench()
    bench.bus = SimI2c({0x2A: _Silent()})
    cells, before_s = bench.opened([plan()]), bench.now_s
    assert cells.read([1])[1].content is Content.UNKNOWN
    assert "is not powered up within 0.1 s" in cells.states()[1].weighed.detail
    assert bench.now_s - before_s < 0.5


class _Silent:
    def read(self, register: int, size: int) -> bytes:
        return bytes(size)

    def write(self, register: int, data: bytes) -> None:
        """Nothing comes of it."""


# --- several on a bus


def test_i7_behind_multiplexers_each_door_has_its_own_weight() -> None:
    bench = Bench(doors=range(1, 17), muxed=True)
    for door, chip in bench.chips.items():
        chip.load_g = 100 * door
    weights = {door: reading.weight_g for door, reading in bench.read().items()}
    assert weights == {door: 100 * door for door in range(1, 17)}


def test_one_dead_multiplexer_does_not_silence_the_other() -> None:
    bench = Bench(doors=range(1, 17), muxed=True)
    bench.bus.dead.add(0x71)
    contents = {door: reading.content for door, reading in bench.read().items()}
    assert contents == dict.fromkeys(range(1, 17), Content.UNKNOWN), "nobody knows what the dead one connects"
    bench.bus.dead.clear()
    assert bench.content(16) is Content.EMPTY


def test_i7_a_multiplexer_that_lost_its_branch_gives_nobody_elses_weight() -> None:
    bench = Bench(doors=(1, 2), muxed=True)
    assert bench.content(2) is Content.EMPTY
    assert isinstance(bench.bus, BranchedI2c)
    bench.bus.forgetful.add(0x70)
    assert bench.why(2) == "silent"
    assert "was set to 02 and says 00" in bench.cells.states()[2].weighed.detail


def test_a_bus_that_hangs_is_left_alone_and_holds_nobody_up() -> None:
    hands, hang, hung = Hands(), threading.Event(), Bench()

    class Hanging(SimI2c):
        def read(self, address: int, register: int, size: int = 1) -> bytes:
            hang.wait(30)
            return super().read(address, register, size)

    buses = {"/dev/i2c-1": Hanging(hung.bus.chips if isinstance(hung.bus, SimI2c) else {}), "/dev/i2c-3": Bench().bus}
    cells = open_cells(
        [plan(1), plan(2, bus="/dev/i2c-3")],
        clock=hands.clock,
        pause=hands.pause,
        bus=buses.__getitem__,
        within_s=0.2,
    )
    try:
        for _ in range(3):
            readings = cells.read([1, 2])
        assert readings[1].content is Content.UNKNOWN
        assert cells.states()[1].fault == "silent: has not come back within 0.2 s"
        assert threading.active_count() < 10
    finally:
        hang.set()
        cells.close()


# --- HX711 by the kernel


def iio(directory: Path, **told: object) -> sensors.LoadCells:
    hands = Hands()
    given = {"limit_g": 20_000, "tare_counts": 12_000, "counts_per_gram": 40.0, "scale": "0.000000476"} | told
    cell = Hx711IioCell(door=3, directory=str(directory), **given)  # type: ignore[arg-type]
    return open_cells([cell], clock=hands.clock, pause=hands.pause)


@pytest.mark.parametrize(
    ("raw", "content", "weight_g"),
    [
        (str(0x800000 + 12_000), Content.EMPTY, 0),
        (str(0x800000 + 12_000 + 40 * 750), Content.PRESENT, 750),
        ("8388607", Content.UNKNOWN, None),  # all ones on the wire
        ("0", Content.UNKNOWN, None),
        ("16777215", Content.UNKNOWN, None),
        ("16777216", Content.UNKNOWN, None),
        ("-5", Content.UNKNOWN, None),
        ("", Content.UNKNOWN, None),
        ("zero", Content.UNKNOWN, None),
    ],
)
def test_what_the_kernel_says_of_one(tmp_path: Path, raw: str, content: Content, weight_g: int | None) -> None:
    write_iio(tmp_path, raw)
    reading = iio(tmp_path).read([3])[3]
    assert (reading.content, reading.weight_g) == (content, weight_g)


def test_another_amplifier_than_it_was_weighed_with_is_a_fault(tmp_path: Path) -> None:
    write_iio(tmp_path, "8400608", scale="0.000000952")
    cells = iio(tmp_path)
    assert cells.read([3])[3].content is Content.UNKNOWN
    assert "in_voltage0_scale is 0.000000952" in cells.states()[3].weighed.detail


def test_a_directory_that_is_not_there_is_unknown_and_may_come(tmp_path: Path) -> None:
    cells = iio(tmp_path / "later")
    assert cells.read([3])[3].content is Content.UNKNOWN
    assert "no such file" in cells.states()[3].weighed.detail
    write_iio(tmp_path / "later", "8400608")
    assert cells.read([3])[3].content is Content.EMPTY


# --- HX711 by pins


def by_pins(chip: SimHx711) -> Hx711Gpio:
    return Hx711Gpio(
        chip.clock_pin,
        chip.data_pin,
        name="bench",
        clock=chip.clock,
        pause=lambda _s: None,
        errors=(OSError,),
        release=lambda: None,
    )


@pytest.mark.parametrize(("word", "counts"), [(word, counts) for word, counts in WORDS if believable(counts)])
def test_25_pulses_bring_a_word_and_ask_for_the_same_channel(word: int, counts: int) -> None:
    chip = SimHx711([word, 0x000005])
    cell = by_pins(chip)
    assert [cell.sample(), cell.sample(), cell.sample()] == [counts, 5, None]


def test_a_word_with_a_pulse_of_more_than_60_us_is_thrown_away() -> None:
    chip = SimHx711([0x123456, 0x123456])
    cell = by_pins(chip)
    chip.high_s = 61e-6
    assert (cell.sample(), cell.too_slow) == (None, 1)
    chip.high_s = 50e-6
    assert [cell.sample(), cell.sample()] == [None, 0x123456], "once it has settled again"


def test_pins_that_fail_are_a_fault_with_their_numbers() -> None:
    chip = SimHx711([1])
    cell = by_pins(chip)
    cell._data_pin = _Broken()
    with pytest.raises(HardwareFault, match="hx711 bench: the line is gone"):
        cell.sample()


class _Broken:
    @property
    def state(self) -> bool:
        raise OSError("the line is gone")

    @state.setter
    def state(self, value: bool) -> None: ...


def test_pins_are_claimed_and_given_back() -> None:
    factory = MockFactory()
    told = Hx711GpioCell(
        door=4, factory="mock", clock_pin=20, data_pin=21, limit_g=20_000, tare_counts=0, counts_per_gram=40.0
    )
    hands = Hands()
    for _ in range(2):
        cells = open_cells([told], clock=hands.clock, pause=hands.pause, factory=lambda _name: factory)
        assert cells.read([4])[4].content is Content.UNKNOWN
        cells.close()
    held = open_cells([told], clock=hands.clock, pause=hands.pause, factory=lambda _name: factory)
    held.bursts([4])
    opened: list[str] = []

    def open_one(name: str) -> MockFactory:
        opened.append(name)
        return factory

    second = open_cells([told], clock=hands.clock, pause=hands.pause, factory=open_one)
    assert second.bursts([4])[4].fault.startswith("hx711 pin 20: ")
    held.close()
    assert not second.bursts([4])[4].fault, "it has come meanwhile"
    assert opened == ["mock"], "each would hold the chip once more"
    second.close()
