"""The Pi's own pins as its kernel has them: which chip they are, and what becomes of an output when its owner dies.

The chip is told by its label, never by its number: the Pi 5's has been gpiochip4 and gpiochip0.  An output whose
process has died goes back to being an input in Linux as it comes from its makers; kernels of Raspberry Pi OS keep it
driven, unless `dtparam=strict_gpiod` is in config.txt.  That sets the parameter `persist_gpio_outputs` of the pins'
driver to N (raspberrypi/linux, pull requests 6117 and 6150: code-confirmed), and the parameter can be read.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from edge.core.errors import HardwareFault, machine_says

__all__ = ["Chip", "Kernel", "chip_label"]

# Label of the chip that has the 40-pin header, and the kernel module that drives it.
HEADERS: Final = {
    "pinctrl-rp1": "pinctrl_rp1",  # Pi 5
    "pinctrl-bcm2711": "pinctrl_bcm2835",  # Pi 4
    "pinctrl-bcm2835": "pinctrl_bcm2835",  # Pi 3 and older
}
STRICT: Final = "dtparam=strict_gpiod"
_CHIPS_LIMIT = 64  # looked at; a Pi has up to a dozen

_GET_CHIP_INFO: Final = 0x8044B401  # linux/gpio.h: _IOR(0xB4, 1, name[32], label[32], __u32 lines)


class Chip(NamedTuple):
    number: int
    label: str


def chip_label(device: Path) -> str:
    """What the kernel calls the chip behind /dev/gpiochipN.  OSError when it cannot be asked."""
    handle = os.open(device, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = fcntl.ioctl(handle, _GET_CHIP_INFO, bytes(68))
    finally:
        os.close(handle)
    return answer[32:64].split(b"\0", 1)[0].decode(errors="replace")


@dataclass(frozen=True)
class Kernel:
    """Where a kernel tells of its pins."""

    devices: Path = Path("/dev")
    modules: Path = Path("/sys/module")
    label_of: Callable[[Path], str] = chip_label

    def header(self) -> Chip:
        """The chip with the pins of the header.  HardwareFault when none is, with what there is."""
        seen = []
        for device in sorted(self.devices.glob("gpiochip*"))[:_CHIPS_LIMIT]:
            number = device.name.removeprefix("gpiochip")
            if device.is_symlink() or not number.isdigit():
                continue  # another name of a chip that has its own
            try:
                chip = Chip(int(number), self.label_of(device))
            except OSError as error:
                seen.append(f"{device.name}: {machine_says(error)}")
                continue
            if chip.label in HEADERS:
                return chip
            seen.append(f"{device.name} is {chip.label}")
        raise HardwareFault(
            f"no chip in {self.devices} has the pins of a Pi's header "
            f"(one of {', '.join(HEADERS)}): {'; '.join(seen) or 'there is none at all'}"
        )

    def keeps_outputs(self) -> str:
        """Why `cutoff = "kernel"` would not be true here; empty when the kernel lets go of a dead owner's outputs.

        HardwareFault as `header`: nobody knows.
        """
        module = HEADERS[self.header().label]
        parameter = self.modules / module / "parameters" / "persist_gpio_outputs"
        try:
            said = parameter.read_text().strip()
        except OSError as error:
            return f"{parameter}: {machine_says(error)}; this kernel does not say what it does with a dead owner's pins"
        if said in ("N", "0"):
            return ""
        return f"{parameter} is {said[:8]}, the kernel keeps outputs driven; {STRICT} in config.txt ends that"
