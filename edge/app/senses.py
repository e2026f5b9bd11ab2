"""Load cells, supply, lights and buzzer: from their tables to open parts of the wall, and what cannot be said there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT

from edge.app.cell_memory import CellMemory
from edge.app.drivers import Surroundings
from edge.app.reading import Reader
from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor
from edge.runtime.parts import NoIndicator, NoSensors, NoSupply
from hal.indicator import IndicatorTable, PinIndicator
from hal.indicator import faults_of as indicator_faults
from hal.loadcell.options import KINDS, MAX_CELLS, Hx711GpioCell, LoadCell
from hal.loadcell.options import faults_of as cell_faults
from hal.loadcell.wiring import open_cells
from hal.supply.options import SupplyTable
from hal.supply.options import faults_of as supply_faults
from hal.supply.wiring import SensedSupply

if TYPE_CHECKING:
    from edge.app.banks import BankPlan
    from edge.app.toml_tables import Configuration

__all__ = ["Part", "check", "check_pins", "read_cells", "sensing", "showing"]

Part = tuple[tuple[int, ...], Surroundings]


def read_cells(reader: Reader, raw: object) -> tuple[LoadCell, ...] | None:
    """The [[load_cell]] tables, each read by the struct of its kind; None when something is wrong."""
    return reader.each(raw, "load_cell", lambda entry, path: _cell(reader, entry, path), most=MAX_CELLS)


def _cell(reader: Reader, raw: dict[str, Any], path: str) -> LoadCell | None:
    kind = raw.get("kind", NODEFAULT)
    shape = KINDS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        reader.wrong(f"{path}.kind", kind, f"must be one of: {', '.join(KINDS)}")
        return None
    return reader.table({key: value for key, value in raw.items() if key != "kind"}, shape, path)


def check(
    reader: Reader,
    plans: Sequence[CompartmentPlan],
    cells: Sequence[LoadCell],
    supply: SupplyTable,
    indicator: IndicatorTable,
) -> None:
    """Each cell under a compartment that says so, and each table sound in itself."""
    built = {plan.door: plan for plan in plans}
    for number, cell in enumerate(cells, 1):
        plan = built.get(cell.door)
        if plan is None:
            reader.wrong(f"load_cell[{number}].door", cell.door, "the wall has no such door")
        elif plan.content is not ContentSensor.SCALE:
            why = f'its compartment says content = "{plan.content}", must be "scale"'
            reader.wrong(f"load_cell[{number}].door", cell.door, why)
    for index, fault in cell_faults(cells):
        reader.wrong(f"load_cell[{index + 1}]", NODEFAULT, fault)
    for light in indicator.lights:
        if light.door not in built:
            reader.wrong("indicator.lights", light.door, "the wall has no such door")
    for name, faults in (("supply", supply_faults(supply)), ("indicator", indicator_faults(indicator))):
        for key, fault in faults:
            reader.wrong(f"{name}.{key}", NODEFAULT, fault)


def check_pins(
    reader: Reader,
    banks: Sequence[BankPlan],
    cells: Sequence[LoadCell],
    supply: SupplyTable,
    indicator: IndicatorTable,
) -> None:
    """One thing on one pin."""
    owners: dict[int, str] = {}
    for path, pin, owner in _pins(banks, cells, supply, indicator):
        if pin in owners and owners[pin] != owner:
            reader.wrong(path, pin, f"this pin has {owners[pin]} already")
        owners.setdefault(pin, owner)


def _pins(
    banks: Sequence[BankPlan], cells: Sequence[LoadCell], supply: SupplyTable, indicator: IndicatorTable
) -> Iterator[tuple[str, int, str]]:
    """Where it is said, the pin, and what is on it.  A bank looks at its own pins itself."""
    for number, bank in enumerate(banks, 1):
        for door in bank.options.doors if bank.driver == "gpio" else ():
            for pin in (door.lock_pin, door.feedback_pin):
                if pin is not None:
                    yield f"bank[{number}].doors", pin, f"a door of bank {bank.name}"
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, Hx711GpioCell):
            yield f"load_cell[{number}].clock_pin", cell.clock_pin, f"the clock of the cell of door {cell.door}"
            yield f"load_cell[{number}].data_pin", cell.data_pin, f"the data of the cell of door {cell.door}"
    if supply.rail_pin is not None:
        yield "supply.rail_pin", supply.rail_pin, "the sense of the rail"
    if indicator.buzzer_pin is not None:
        yield "indicator.buzzer_pin", indicator.buzzer_pin, "the buzzer"
    for light in indicator.lights:
        yield "indicator.lights", light.pin, f"the light of door {light.door}"


def showing(told: Configuration) -> list[Part]:
    """Lights and buzzer of the `[indicator]` table."""
    table = told.indicator
    if table.buzzer_pin is None and not table.lights:
        return []
    doors = tuple(light.door for light in table.lights)
    return [(doors, Surroundings(NoSensors(), PinIndicator(table), NoSupply()))]


def sensing(told: Configuration, memory: CellMemory | None = None) -> list[Part]:
    """Load cells and the sensed supply.  memory: where the cells' outlives the process; without it, it does not."""
    parts: list[Part] = []
    if told.load_cells:
        before, keep = (memory.before(), memory.keep) if memory is not None else ((), None)
        cells = open_cells(told.load_cells, before=before, keep=keep)
        parts.append((tuple(cells.doors), Surroundings(cells, NoIndicator(), NoSupply())))
    if told.supply != SupplyTable():
        parts.append(((), Surroundings(NoSensors(), NoIndicator(), SensedSupply(told.supply))))
    return parts
