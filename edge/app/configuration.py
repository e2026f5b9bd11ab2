"""The configuration: one TOML file, read once, composed of each room's own options (docs/configuration.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from edge.app import crosscheck, senses
from edge.app.banks import BankPlan, read_banks
from edge.app.names import CONTROL_SOCKET, Name, SocketFile
from edge.app.reader_plans import ReaderPlan, check, read_plans
from edge.app.reading import Reader, load_toml
from edge.app.screen_plan import KioskTable, PanelTable, check_screen
from edge.app.wall import Column, as_built
from edge.app.weigher import check_scale
from edge.core.site import CompartmentPlan, Neighbour, Policy
from hal.duty import CoilLimits
from hal.indicator import IndicatorTable
from hal.loadcell.options import LoadCell
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

File = Annotated[str, Meta(max_length=200)]


class SiteTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Which site this is."""

    number: Annotated[int, Meta(ge=1, lt=2**31)]
    name: Annotated[str, Meta(max_length=64)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""
    telephone: Annotated[str, Meta(max_length=32)] = ""  # what the screen names when nothing works
    groups: Annotated[tuple[Annotated[int, Meta(ge=2**31, lt=2**32)], ...], Meta(max_length=64)] = ()
    neighbours: Annotated[tuple[Neighbour, ...], Meta(max_length=100)] = ()


class CameraTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Where codes are read; without a source none are, and people type their PIN."""

    source: File = ""


class StateTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the journal and the keys live."""

    directory: Annotated[str, Meta(min_length=1, max_length=200)] = "/var/lib/locker"


class ControlTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The technicians' socket.  Root and the daemon's own user may do everything; others by their groups."""

    socket: SocketFile = CONTROL_SOCKET
    read_groups: Annotated[tuple[Name, ...], Meta(max_length=16)] = ("locker",)
    act_groups: Annotated[tuple[Name, ...], Meta(max_length=16)] = ("locker",)  # may also read


class WorldTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A simulated world that senses and shows what no bank does: content, lights, buzzer, supply.  For desks only."""

    socket: Annotated[str, Meta(max_length=100)] = ""


class CloudTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The hub.  Without an address the site runs alone."""

    url: File = ""
    ca_file: File = ""  # certificates to believe instead of the machine's
    sha256: Annotated[str, Meta(pattern="^([0-9a-fA-F]{64})?$")] = ""  # of the one certificate to believe
    first_connect_s: Annotated[float, Meta(ge=0, le=600)] = 60.0
    longest_wait_s: Annotated[float, Meta(ge=1, le=300)] = 300.0
    batch_age_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0
    heartbeat_s: Annotated[float, Meta(ge=10, le=86_400)] = 900.0


class Configuration(Struct, frozen=True):
    """Everything that was said and holds together."""

    file: str
    site: SiteTable
    policy: Policy
    compartments: tuple[CompartmentPlan, ...]
    banks: tuple[BankPlan, ...]
    coils: CoilLimits
    camera: CameraTable
    kiosk: KioskTable
    state: StateTable
    control: ControlTable
    cloud: CloudTable
    panel: PanelTable = PanelTable()
    world: WorldTable = WorldTable()
    supply: SupplyTable = SupplyTable()
    indicator: IndicatorTable = IndicatorTable()
    scale: ScaleOptions = ScaleOptions()
    load_cells: tuple[LoadCell, ...] = ()
    readers: tuple[ReaderPlan, ...] = ()

    @property
    def directory(self) -> Path:
        return Path(self.state.directory)


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
