"""The wall of a configuration, opened: its banks behind one coil guard, and what senses and shows around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.app.cell_memory import CellMemory
from edge.app.configuration import Configuration
from edge.app.drivers import Surroundings, find_driver, world_around
from edge.app.senses import sensing, showing
from edge.app.surroundings import WholeWall
from edge.runtime import Bank
from hal.coil import CoilGuard

__all__ = ["open_wall"]


def open_wall(
    told: Configuration,
    guard: CoilGuard,
    at_end: Callable[[Callable[[], Any]], object],
    *,
    memory: CellMemory | None = None,
) -> tuple[dict[str, Bank], WholeWall]:
    """Every bank by its name, and the whole wall.  `at_end` is handed what gives each of them back.

    A bank that cannot be had now is no reason not to open the doors of others: its readings say so.  What else cannot
    be had is told by the wall's health.  ConfigurationError and HardwareFault for what a driver calls beyond mending;
    what was opened before has been handed over by then.  memory: of the load cells, over a restart.
    """
    banks: dict[str, Bank] = {}
    around: list[tuple[tuple[int, ...], Surroundings]] = showing(told)  # its buzzer before any other
    if told.world.socket:
        every = tuple(plan.door for plan in told.compartments)
        around.append((every, world_around(told.world.socket)))
    for plan in told.banks:
        driver = find_driver(plan.driver)
        assert driver is not None, "the configuration was read by it"
        bank = driver.make(plan.name, plan.options, plan.doors, guard)
        at_end(bank.close)
        banks[plan.name] = bank
        if driver.surroundings is not None:
            around.append((plan.doors, driver.surroundings(plan.options, bank)))
    wall = WholeWall([*around, *sensing(told, memory)])
    at_end(wall.close)
    return banks, wall
