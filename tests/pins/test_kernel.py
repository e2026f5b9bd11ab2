"""Which chip has the header's pins, and what the kernel does with those of a dead owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.errors import ConfigurationError, HardwareFault
from edge.core.words import Cutoff
from hal.coil import CoilGuard
from hal.gpio import GpioBank, GpioDoor, GpioOptions, check_options
from hal.pi import Kernel, chip_label
from hal.timer import SteppedTimer

DOOR = GpioDoor(door=1, lock_pin=17, feedback_pin=5)

PI_4 = {"gpiochip0": "pinctrl-bcm2711", "gpiochip1": "raspberrypi-exp-gpio"}
PI_5 = {"gpiochip0": "pinctrl-rp1", "gpiochip10": "gpio-brcmstb@107d508500", "gpiochip11": "gpio-brcmstb@107d517c00"}
PI_5_OLDER = {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip4": "pinctrl-rp1"}


def kernel(folder: Path, chips: dict[str, str], **parameters: str) -> Kernel:
    """A kernel that tells of these chips by their labels, and of `persist_gpio_outputs` of these drivers."""
    devices, modules = folder / "dev", folder / "module"
    devices.mkdir()
    for name, label in chips.items():
        (devices / name).write_text(label)
    for module, said in parameters.items():
        (modules / module / "parameters").mkdir(parents=True)
        (modules / module / "parameters" / "persist_gpio_outputs").write_text(f"{said}\n")
    return Kernel(devices, modules, Path.read_text)


@pytest.mark.parametrize(("chips", "number"), [(PI_4, 0), (PI_5, 0), (PI_5_OLDER, 4)])
def test_the_header_is_found_by_its_label(tmp_path: Path, chips: dict[str, str], number: int) -> None:
    assert kernel(tmp_path, chips).header().number == number


def test_a_second_name_of_a_chip_is_no_chip(tmp_path: Path) -> None:
    told = kernel(tmp_path, {"gpiochip4": "pinctrl-rp1"})
    (told.devices / "gpiochip0").symlink_to("gpiochip4")
    assert told.header().number == 4


def test_a_machine_without_a_header_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(HardwareFault, match="gpiochip0 is INT33FF:00"):
        kernel(tmp_path, {"gpiochip0": "INT33FF:00"}).header()


def test_what_is_no_gpio_chip_cannot_be_asked_for_its_label(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").touch()
    with pytest.raises(OSError, match="ioctl"):
        chip_label(tmp_path / "gpiochip0")
    with pytest.raises(HardwareFault, match="gpiochip0: inappropriate ioctl"):
        Kernel(devices=tmp_path).header()


def test_i8_a_kernel_that_lets_go_may_be_called_a_cutoff(tmp_path: Path) -> None:
    assert kernel(tmp_path, PI_4, pinctrl_bcm2835="N").keeps_outputs() == ""


@pytest.mark.parametrize(
    ("chips", "parameters", "why"),
    [
        (PI_4, {"pinctrl_bcm2835": "Y"}, "is Y, the kernel keeps outputs driven; dtparam=strict_gpiod in config.txt"),
        (PI_4, {}, "this kernel does not say what it does"),
        (PI_5, {"pinctrl_bcm2835": "N", "pinctrl_rp1": "Y"}, "pinctrl_rp1/parameters/persist_gpio_outputs is Y"),
    ],
    ids=["keeps", "says nothing", "of another chip"],
)
def test_i8_cutoff_kernel_is_refused_where_it_is_not_true(
    tmp_path: Path, chips: dict[str, str], parameters: dict[str, str], why: str
) -> None:
    told = kernel(tmp_path, chips, **parameters)
    with pytest.raises(ConfigurationError, match="bank gpio: cutoff kernel is not true here: ") as found:
        GpioBank(GpioOptions("lgpio", Cutoff.KERNEL, (DOOR,)), CoilGuard(timer=SteppedTimer()), kernel=told)
    assert why in str(found.value)


def test_i8_with_another_cutoff_the_kernel_is_not_asked(tmp_path: Path) -> None:
    options = GpioOptions("mock", Cutoff.MONOSTABLE, (DOOR,))
    GpioBank(options, CoilGuard(timer=SteppedTimer()), kernel=kernel(tmp_path, {})).close()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (GpioOptions("mock", Cutoff.KERNEL, (DOOR,), active="low"), "active low is refused: the pin library claims"),
        (GpioOptions("rpigpio", Cutoff.KERNEL, (DOOR,)), "RPi.GPIO writes past the kernel"),
        (GpioOptions("lgpio", Cutoff.KERNEL, (DOOR,), mock_file="pins"), "factory lgpio has real pins"),
    ],
)
def test_i8_what_cannot_be_is_refused_with_its_reason(options: GpioOptions, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        check_options(options)
