"""What a configuration says, table by table, and all of it together (docs/configuration.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from edge.app.banks import BankPlan
from edge.app.names import CONTROL_SOCKET, Name, SocketFile
from edge.app.reader_plans import ReaderPlan
from edge.app.screen_plan import KioskTable, PanelTable
from edge.core.site import CompartmentPlan, Neighbour, Policy
from hal.duty import CoilLimits
from hal.indicator import IndicatorTable
from hal.loadcell.options import LoadCell
from hal.scales.options import ScaleOptions
from hal.supply.options import SupplyTable

__all__ = [
    "CameraTable",
    "CloudTable",
    "Configuration",
    "ControlTable",
    "SiteTable",
    "StateTable",
    "WorldTable",
]

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
