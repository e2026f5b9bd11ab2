"""From the tables to open cells: which share a wire, and what is opened for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from edge.core.errors import HardwareFault
from hal.factories import library_errors, open_factory
from hal.i2c import I2cBus, shared_bus
from hal.loadcell.cell import Cell, LateCell
from hal.loadcell.hx711_gpio import Hx711Gpio, claim
from hal.loadcell.hx711_iio import Hx711Iio
from hal.loadcell.line import Line
from hal.loadcell.memory import Keep, Remembered
from hal.loadcell.mux import Branch, Gate, NoMux
from hal.loadcell.nau7802 import Nau7802
from hal.loadcell.options import Hx711GpioCell, Hx711IioCell, LoadCell, Nau7802Cell
from hal.loadcell.sensors import READ_S, LoadCells

__all__ = ["open_cells"]


def open_cells(
    plans: Sequence[LoadCell],
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], object] = threading.Event().wait,
    bus: Callable[[str], I2cBus] = shared_bus,
    factory: Callable[[str], Any] = open_factory,
    within_s: float = READ_S,
    before: Sequence[Remembered] = (),
    keep: Keep | None = None,
) -> LoadCells:
    """All cells.  A pin that cannot be claimed, a bus or directory that is not there is a reading's trouble, and may
    come.  before, keep: as LoadCells.
    """

    tools = _Tools(clock, pause, bus, cache(factory))  # one for all cells, and for every try to have their pins

    def lines(gate: threading.Condition) -> list[Line]:
        wires = [_on_bus(path, _of_bus(plans, path), tools) for path in _buses(plans)]
        wires += [{plan.door: Hx711Iio(plan.directory, plan.scale)} for plan in plans if isinstance(plan, Hx711IioCell)]
        on_pins = [plan for plan in plans if isinstance(plan, Hx711GpioCell)]
        wires += [{plan.door: LateCell(partial(_on_pins, plan, tools))} for plan in on_pins]
        return [Line(cells, gate, clock=clock, pause=pause) for cells in wires]

    return LoadCells(plans, lines, clock, within_s, before=before, keep=keep)


@dataclass(frozen=True)
class _Tools:
    """What cells are made with."""

    clock: Callable[[], float]
    pause: Callable[[float], object]
    bus: Callable[[str], I2cBus]
    factory: Callable[[str], Any]


def _buses(plans: Sequence[LoadCell]) -> list[str]:
    return sorted({plan.bus for plan in plans if isinstance(plan, Nau7802Cell)})


def _of_bus(plans: Sequence[LoadCell], path: str) -> list[Nau7802Cell]:
    return [plan for plan in plans if isinstance(plan, Nau7802Cell) and plan.bus == path]


def _on_bus(path: str, plans: Sequence[Nau7802Cell], tools: _Tools) -> dict[int, Cell]:
    muxes = [plan.mux for plan in plans if plan.mux is not None]
    cells: dict[int, Cell] = {}
    for plan in plans:
        line = tools.bus(path)
        way: Gate = NoMux(path)
        if plan.mux is not None and plan.branch is not None:
            way = Branch(line, path, plan.mux, plan.branch, muxes)
        cells[plan.door] = Nau7802(line, way, tools.clock, tools.pause)
    return cells


def _on_pins(plan: Hx711GpioCell, tools: _Tools) -> Cell:
    pins = tools.factory(plan.factory)
    errors = library_errors(plan.factory)
    clock_pin, free_clock = claim(pins, plan.clock_pin, "output", errors)
    try:
        data_pin, free_data = claim(pins, plan.data_pin, "input", errors)
    except HardwareFault:
        free_clock()
        raise

    def release() -> None:
        free_clock()
        free_data()

    return Hx711Gpio(
        clock_pin,
        data_pin,
        name=f"pins {plan.clock_pin} and {plan.data_pin}",
        clock=time.perf_counter,
        pause=tools.pause,
        errors=errors,
        release=release,
    )
