"""The drivers that a bank may name, and what the roof has to know of each.

A driver that comes from another package is found by its entry point: group `locker_edge.drivers`, the driver's name,
an object of the class `Driver`.  Nothing is imported before a bank names it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from edge.core.errors import ConfigurationError, HardwareFault
from edge.core.ports import ContentSensors, Indicator, Supply
from edge.core.words import Evidence, Feedback
from hal.coil import CoilGuard

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

    from edge.runtime import Bank

__all__ = ["ENTRY_POINTS", "Driver", "Surroundings", "driver_names", "find_driver", "world_around"]

ENTRY_POINTS: Final = "locker_edge.drivers"


@dataclass(frozen=True)
class Surroundings:
    """What a bank senses and shows besides its locks and doors."""

    sensors: ContentSensors
    indicator: Indicator
    supply: Supply


@dataclass(frozen=True)
class Driver:
    """One kind of lock bank.

    options: its own struct; a key `doors` in it names the doors, otherwise the bank's does.
    make: the open bank, from its name, options and doors; raises HardwareFault.
    faults: what its options say that cannot be, one line each.
    feedback: how that door reports, where the options say so.
    surroundings: what comes with the bank, from its options and the open bank; None: nothing does.
    """

    options: type[Struct]
    make: Callable[[str, Any, Sequence[int], CoilGuard], Bank]
    faults: Callable[[Any], list[str]] = lambda _: []
    feedback: Callable[[Any, int], Feedback | None] = lambda _, __: None
    surroundings: Callable[[Any, Any], Surroundings] | None = None


def _sim() -> Driver:
    from hal.sim.remote import RemoteBank, SimOptions

    return Driver(
        options=SimOptions,
        make=lambda _, options, doors, guard: RemoteBank(options, doors, guard),
        surroundings=lambda options, _: _sim_around(options),
    )


def _sim_around(options: Any) -> Surroundings:
    from hal.sim.remote import RemoteIndicator, RemoteSensors, RemoteSupply

    return Surroundings(RemoteSensors(options), RemoteIndicator(options), RemoteSupply(options))


def _gpio() -> Driver:
    from hal.gpio import GpioBank, GpioOptions, check_options

    def feedback(options: GpioOptions, door: int) -> Feedback | None:
        wired = next(one for one in options.doors if one.door == door)
        if wired.feedback_pin is None:
            return Feedback.NONE
        return Feedback.LATCH if wired.evidence is Evidence.LATCH else Feedback.SWITCH

    def faults(options: GpioOptions) -> list[str]:
        try:
            check_options(options)
        except ConfigurationError as error:
            return error.lines
        return []

    return Driver(
        options=GpioOptions,
        make=lambda name, options, _, guard: GpioBank(options, guard, name=name),
        faults=faults,
        feedback=feedback,
    )


_BUILT_IN: Final[dict[str, Callable[[], Driver]]] = {"sim": _sim, "gpio": _gpio}


def world_around(socket: str) -> Surroundings:
    """What a served world senses and shows, whoever drives its locks."""
    from hal.sim.remote import SimOptions

    return _sim_around(SimOptions(socket))


def driver_names() -> list[str]:
    return sorted({*_BUILT_IN, *(point.name for point in _others())})


def find_driver(name: str) -> Driver | None:
    """The driver of that name; None when there is none.  HardwareFault when it is installed and does not load."""
    if name in _BUILT_IN:
        return _BUILT_IN[name]()
    found = next((point for point in _others() if point.name == name), None)
    if found is None:
        return None
    try:
        driver = found.load()
    except (ImportError, AttributeError) as error:
        raise HardwareFault(f"driver {name}: {found.value} cannot be loaded: {error}") from error
    return driver if isinstance(driver, Driver) else None


def _others() -> EntryPoints:
    from importlib.metadata import entry_points  # reads every installed package: only when a name is not ours

    return entry_points(group=ENTRY_POINTS)
