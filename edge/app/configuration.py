"""The configuration: one TOML file, read once, composed of each room's own options (docs/configuration.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from edge.app import crosscheck, senses
from edge.app.banks import BankPlan, read_banks
from edge.app.reader_plans import check, read_plans
from edge.app.reading import Reader, load_toml
from edge.app.screen_plan import KioskTable, PanelTable, check_screen
from edge.app.toml_tables import (
    CameraTable,
    CloudTable,
    Configuration,
    ControlTable,
    SiteTable,
    StateTable,
    WorldTable,
)
from edge.app.wall import Column, as_built
from edge.app.weigher import check_scale
from edge.core.site import CompartmentPlan, Policy
from hal.duty import CoilLimits
from hal.indicator import IndicatorTable
from hal.scales.options import ScaleOptions
from hal.supply.options import SupplyTable

__all__ = [
    "JOURNAL_FILE",
    "BankPlan",
    "CameraTable",
    "CloudTable",
    "Configuration",
    "ControlTable",
    "KioskTable",
    "PanelTable",
    "SiteTable",
    "StateTable",
    "WorldTable",
    "load",
]

JOURNAL_FILE: Final = "journal.sqlite"  # in the state directory

_TABLES: Final[dict[str, Any]] = {
    "site": SiteTable,
    "policy": Policy,
    "coils": CoilLimits,
    "camera": CameraTable,
    "kiosk": KioskTable,
    "panel": PanelTable,
    "state": StateTable,
    "control": ControlTable,
    "cloud": CloudTable,
    "world": WorldTable,
    "supply": SupplyTable,
    "indicator": IndicatorTable,
    "scale": ScaleOptions,
}
_ARRAYS: Final = ("compartment", "column", "bank", "reader", "load_cell")


def load(path: str | Path) -> Configuration:
    """The configuration in `path`.  ConfigurationError with every line that is wrong."""
    raw = load_toml(Path(path))
    reader = Reader(str(path))
    reader.known_only(raw, (*_TABLES, *_ARRAYS))
    tables: dict[str, Any] = {name: reader.table(raw.get(name, {}), it, name) for name, it in _TABLES.items()}
    compartments = reader.tables(raw.get("compartment", []), CompartmentPlan, "compartment")
    columns = reader.tables(raw.get("column", []), Column, "column")
    banks = read_banks(reader, raw.get("bank", []))
    readers = read_plans(reader, raw.get("reader", []))
    cells = senses.read_cells(reader, raw.get("load_cell", []))
    plans = None if compartments is None or columns is None else (*compartments, *as_built(columns))
    if plans is not None:
        crosscheck.wall(reader, plans, len(compartments or ()))
    if plans is not None and banks is not None and tables["coils"] is not None:
        sensed = [plan.door for plan in plans] if tables["world"] is not None and tables["world"].socket else []
        crosscheck.banks(reader, plans, banks, tables["coils"], [*sensed, *(cell.door for cell in cells or ())])
    if plans is not None and cells is not None and tables["supply"] is not None and tables["indicator"] is not None:
        senses.check(reader, plans, cells, tables["supply"], tables["indicator"])
        senses.check_pins(reader, banks or (), cells, tables["supply"], tables["indicator"])
    if tables["site"] is not None and tables["policy"] is not None:
        crosscheck.site(reader, tables["site"], tables["policy"])
    if tables["kiosk"] is not None and tables["panel"] is not None:
        check_screen(reader, tables["kiosk"], tables["panel"])
    if tables["cloud"] is not None:
        crosscheck.cloud(reader, tables["cloud"])
    if readers is not None and banks is not None:
        ports = {b.options.port: f"bank {b.name}" for b in banks if hasattr(b.options, "port")}
        check(reader, readers, ports)
        check_scale(reader, tables["scale"], {**{one.device: f"reader {one.name}" for one in readers}, **ports})
    reader.finish()
    if tables["site"].telephone:
        tables["policy"] = msgspec.structs.replace(tables["policy"], telephone=tables["site"].telephone)
    return Configuration(
        file=str(path),
        compartments=plans or (),
        banks=banks or (),
        readers=readers or (),
        load_cells=cells or (),
        **tables,
    )
