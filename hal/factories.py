"""The pin factories of gpiozero that a bank may name: the one that is named, or none."""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path
from typing import Any, Final

from gpiozero import GPIOZeroError

from edge.core.errors import HardwareFault
from hal.pi import Kernel

__all__ = ["FACTORIES", "OLDEST_LGPIO", "keeps_outputs", "library_errors", "open_factory"]

FACTORIES: Final = {
    "lgpio": ("gpiozero.pins.lgpio", "LGPIOFactory"),
    "rpigpio": ("gpiozero.pins.rpigpio", "RPiGPIOFactory"),
    "mock": ("gpiozero.pins.mock", "MockFactory"),
}
OLDEST_LGPIO: Final = (0, 2, 2)  # where no wheel fits, installers fall back to an empty 0.0.0.2 without a word


def open_factory(name: str, mock_file: str = "", kernel: Kernel | None = None) -> Any:
    """The pin factory of that name, and no other.  HardwareFault says why it cannot be had."""
    module, factory = FACTORIES[name]
    errors: tuple[type[Exception], ...] = (ImportError, *library_errors(name))
    try:
        if name == "lgpio":
            return _lgpio(module, factory, kernel or Kernel())
        if mock_file:
            from hal.sim.header import FiledFactory

            return FiledFactory(Path(mock_file))
        return getattr(importlib.import_module(module), factory)()
    except errors as why:
        raise HardwareFault(f"pin factory {name}: {why}; no other is tried") from why


def _lgpio(module: str, factory: str, kernel: Kernel) -> Any:
    library = importlib.import_module("lgpio")
    packed = getattr(library, "LGPIO_PY_VERSION", 0)  # 0x00020200 is 0.2.2.0
    version = tuple(packed >> shift & 0xFF for shift in (24, 16, 8))
    if version < OLDEST_LGPIO:
        found, least = (".".join(map(str, one)) for one in (version, OLDEST_LGPIO))
        raise HardwareFault(f"version {found}, at least {least}: it comes from Debian, python3-lgpio")
    return getattr(importlib.import_module(module), factory)(chip=kernel.header().number)


def library_errors(name: str) -> tuple[type[Exception], ...]:
    """The errors that this factory's library raises."""
    errors: tuple[type[Exception], ...] = (GPIOZeroError, OSError, RuntimeError)
    if name == "lgpio":
        with contextlib.suppress(ImportError, OSError, AttributeError):  # open_factory says so
            errors += (importlib.import_module("lgpio").error,)
    return errors


def keeps_outputs(name: str, mock_file: str, kernel: Kernel) -> str:
    """Why `cutoff = "kernel"` is not true for these pins; empty when it is.  Plain mock pins die with their process.

    HardwareFault when there is no chip that could be asked about.
    """
    if name == "mock":
        if not mock_file:
            return ""
        from hal.sim.header import keeps_outputs as mock_kernel

        return mock_kernel(Path(mock_file))
    return kernel.keeps_outputs()
