"""The pages about configuration and control name everything there is."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from edge.app import configuration
from edge.app.wall import Column
from edge.control.wire import ACTS, STREAMS
from edge.core.site import CompartmentPlan, Policy, Timers
from hal.duty import CoilLimits
from hal.gpio import GpioDoor, GpioOptions
from hal.mcp23017 import ExpanderDoor, ExpanderOptions
from hal.readers.kinds import KINDS
from hal.sim.remote import SimOptions
from tests.app.street import Street

DOCS = Path(__file__).parents[2] / "docs"
NAMED: dict[str, list[type[msgspec.Struct]]] = {
    "": [
        *(configuration.SiteTable, Column, CompartmentPlan, CoilLimits, Policy, Timers),
        *(SimOptions, GpioOptions, ExpanderOptions),
        *(kind.options for kind in KINDS.values()),
    ],
    "doors.": [GpioDoor, ExpanderDoor],
    "camera.": [configuration.CameraTable],
    "kiosk.": [configuration.KioskTable],
    "panel.": [configuration.PanelTable],
    "state.": [configuration.StateTable],
    "control.": [configuration.ControlTable],
    "cloud.": [configuration.CloudTable],
}


@pytest.mark.parametrize("prefix", NAMED)
def test_the_page_about_configuration_names_every_key(prefix: str) -> None:
    page = (DOCS / "configuration.md").read_text()
    keys = {prefix + field.name for shape in NAMED[prefix] for field in msgspec.structs.fields(shape)}
    assert sorted(key for key in keys - {"timers"} if f"`{key}`" not in page) == []


def test_the_page_about_control_names_every_operation_and_every_word_of_the_status(running: Street) -> None:
    page = (DOCS / "control.md").read_text()
    words = set(re.findall(r"`(\w+)`", page))
    assert ACTS | STREAMS | {"status", "doors", "parcels", "verify"} <= words
    assert running.ask("status").keys() <= words
    assert running.ask("doors")[0].keys() <= words
