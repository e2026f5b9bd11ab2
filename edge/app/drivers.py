"""The drivers that a bank may name, and what the roof has to know of each.

A driver that comes from another package is found by its entry point: group `locker_edge.drivers`, the driver's name,
an object of the class `Driver`.  Nothing is imported before a bank names it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from edge.core.errors import ConfigurationError, HardwareFault
from edge.core.ports import ContentSensors, Indicator, Supply
from edge.core.words import ContentSensor, Cutoff, Evidence, Feedback
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
    make: the bank, from its name, options and doors.  What cannot be had now its readings say, and try again;
        ConfigurationError and HardwareFault, which keep the locker from starting, for what no later try can mend.
    faults: what its options say that cannot be, one line each.
    fits: what its options and the bank's doors together say that cannot be, one line each.
    feedback: how that door reports, where the options say so.
    senses: the kinds of content sensors that come with the bank; None: any, where it has surroundings.
    surroundings: what comes with the bank, from its options and the open bank; None: nothing does.
    safe: drive every lock output off, from the bank's name, options and doors, when no daemon has them, and say in
        words what was done; HardwareFault when one may be on.  It is fast, and needs nothing that a start would need.
    """

    options: type[Struct]
    make: Callable[[str, Any, Sequence[int], CoilGuard], Bank]
    faults: Callable[[Any], list[str]] = lambda _: []
    fits: Callable[[Any, Sequence[int]], list[str]] = lambda _, __: []
    feedback: Callable[[Any, int], Feedback | None] = lambda _, __: None
    senses: Callable[[Any], frozenset[ContentSensor]] | None = None
    surroundings: Callable[[Any, Any], Surroundings] | None = None
    safe: Callable[[str, Any, Sequence[int]], str] = lambda name, options, doors: _ends_by_itself(name, options, doors)


def _ends_by_itself(name: str, options: Any, _: Sequence[int]) -> str:
    """Nothing is sent where something else ends every pulse: a board's own timer, or a monostable."""
    cutoff = getattr(options, "cutoff", Cutoff.BOARD)
    if cutoff not in (Cutoff.BOARD, Cutoff.MONOSTABLE):
        raise HardwareFault(f"bank {name}: cutoff {cutoff}, and its driver knows no way to switch off")
    return "nothing to send, its board ends every pulse" if cutoff is Cutoff.BOARD else "nothing to send, monostables"


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
    from hal.gpio import GpioBank, GpioOptions, check_options, safe

    return Driver(
        options=GpioOptions,
        make=lambda name, options, _, guard: GpioBank(options, guard, name=name),
        faults=lambda options: _lines(check_options, options),
        feedback=_wired_feedback,
        safe=lambda _, options, __: safe(options),
    )


def _mcp23017() -> Driver:
    from hal.mcp23017 import ExpanderBank, ExpanderOptions, check_options, safe

    return Driver(
        options=ExpanderOptions,
        make=lambda name, options, _, guard: ExpanderBank(options, guard, name=name),
        faults=lambda options: _lines(check_options, options),
        feedback=_wired_feedback,
        safe=lambda _, options, __: safe(options),
    )


def _board(make: str) -> Driver:
    """A lock board on a serial line, of one of the makes."""
    from edge.runtime.parts import NoIndicator, NoSensors, NoSupply
    from hal.boards.bank import BoardBank
    from hal.boards.infrared import BoardSensors
    from hal.boards.options import MAKES, fits
    from hal.boards.safe import all_relays_off

    def around(options: Any, bank: BoardBank) -> Surroundings:
        sensors = BoardSensors(bank) if options.infrared else NoSensors()
        return Surroundings(sensors, NoIndicator(), NoSupply())

    return Driver(
        options=MAKES[make],
        make=lambda name, options, doors, guard: BoardBank(name, options, doors, guard),
        fits=fits,
        feedback=lambda options, _: Feedback(options.evidence),
        senses=lambda options: frozenset({ContentSensor.INFRARED}) if options.infrared else frozenset(),
        surroundings=around if make in ("cu16", "cu48") else None,
        safe=(lambda _, options, __: all_relays_off(options)) if make == "waveshare" else _ends_by_itself,
    )


def _lines(check: Callable[[Any], None], options: Any) -> list[str]:
    try:
        check(options)
    except ConfigurationError as error:
        return error.lines
    return []


def _wired_feedback(options: Any, door: int) -> Feedback | None:
    """Of a bank whose doors each name their pins."""
    wired = next(one for one in options.doors if one.door == door)
    if wired.feedback_pin is None:
        return Feedback.NONE
    return Feedback.LATCH if wired.evidence is Evidence.LATCH else Feedback.SWITCH


_BOARDS: Final = ("ys", "cu16", "cu48", "waveshare", "wkly", "winnsen")
_BUILT_IN: Final[dict[str, Callable[[], Driver]]] = {
    "sim": _sim,
    "gpio": _gpio,
    "mcp23017": _mcp23017,
    **{make: partial(_board, make) for make in _BOARDS},
}


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
    except Exception as error:  # another package's code: whatever it raises, the other banks go on
        raise HardwareFault(f"driver {name}: {found.value} cannot be loaded: {error}") from error
    return driver if isinstance(driver, Driver) else None


def _others() -> EntryPoints:
    from importlib.metadata import entry_points  # reads every installed package: only when a name is not ours

    return entry_points(group=ENTRY_POINTS)
