"""What the site of the demo is told: a wall of 24 doors with the screen in its middle, on this machine only.

The world, the site, the commands and the street page all read the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge.app.plugging import bank_tables, coils_table
from hal.bench.bench import Plugged

__all__ = ["DOORS", "HURRIED", "OTHER_SITE", "SITE", "UNHURRIED", "configured"]

SITE: Final = 7
OTHER_SITE: Final = 8
# Each from the top.  The third column is half as high: above it is the screen.
COLUMNS: Final = (
    ("M", "S", "S", "M", "L", "XL"),
    ("M", "S", "S", "M", "L", "XL"),
    ("L", "L"),
    ("M", "M", "M", "L", "XL"),
    ("M", "M", "M", "L", "XL"),
)
DOORS: Final = sum(map(len, COLUMNS))

# Shorter waits than a customer gets, so that the story ends within a minute; every rule is the product's.
HURRIED: Final = """
edge_s = 1.5
push_s = 1
grace_s = 2
thanks_s = 1
"""
# For people who try things: a thank-you that can be read, and a grace that they live to see the end of.
UNHURRIED: Final = """
grace_s = 20
thanks_s = 4
open_reminder_s = 20
"""

_CONFIGURATION: Final = """
[site]
number = {site}
name = "Station Road"
address = "1 Station Road"
telephone = "+44 20 7946 0000"

[[site.neighbours]]
number = {other}
name = "Mill Lane"
address = "30 Mill Lane"

[policy.timers]
{timers}
{columns}
{banks}
[camera]
source = "world:{folder}/world.sock"

[kiosk]
port = {kiosk_port}

[state]
directory = "{folder}/state"

[control]
socket = "{folder}/control.sock"

[cloud]
url = "{cloud_url}"
first_connect_s = 0
longest_wait_s = 2
batch_age_s = 1
"""

_COLUMN: Final = """
[[column]]
first_door = {first}
sizes = [{sizes}]
content = "{content}"
"""

_DIRECT: Final = """
[[bank]]
name = "a"
driver = "sim"
doors = "1-{doors}"
socket = "{folder}/world.sock"
"""

# The locks hang on a board; what no board senses or shows stays with the world.
_ON_BOARDS: Final = """
{banks}
{coils}
[world]
socket = "{folder}/world.sock"
"""


def configured(
    folder: Path, cloud_url: str, *, timers: str, content: str, boards: Sequence[Plugged], kiosk_port: int
) -> str:
    """The configuration as TOML.  boards: what the locks hang on; none: the world's own.  kiosk_port 0: any."""
    banks = _DIRECT.format(doors=DOORS, folder=folder)
    if boards:
        banks = _ON_BOARDS.format(banks=bank_tables(boards), coils=coils_table(boards), folder=folder)
    return _CONFIGURATION.format(
        site=SITE,
        other=OTHER_SITE,
        timers=timers,
        columns=_columns(content),
        banks=banks,
        folder=folder,
        kiosk_port=kiosk_port,
        cloud_url=cloud_url,
    )


def _columns(content: str) -> str:
    text, first = "", 1
    for sizes in COLUMNS:
        text += _COLUMN.format(first=first, sizes=", ".join(f'"{size}"' for size in sizes), content=content)
        first += len(sizes)
    return text
