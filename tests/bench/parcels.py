"""A site of its own for whole customers: enrolled now, with a parcel behind each door, its camera and locks in a world.

No compartment has a sensor.  So a customer who shuts the door at once is asked whether they have it, says no, and the
parcel stands there still: the same code opens the same door again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge.clock import SystemClock
from edge.core import cose
from edge.core.claims import Claims
from edge.core.documents import EVERY_SITE
from edge.core.keys import KeyBundle, KeyPurpose
from edge.core.standing import Standing, StandingList
from sync.enrol import ENROLMENT_FILE, Enrolment
from sync.hub.issue import Issuer, mint_code, public_bytes, sign_keys, sign_standing
from sync.signed import plain
from tests.bench.figures import Effort
from tests.credentials.known_keys import PIN_KEY, ROOT, SITE, YEAR_S, issuer

DOORS: Final = range(1, 25)
DAY_S: Final = 86_400
SEVEN_INCH: Final = (1024, 600)  # the panel of a small locker, in pixels

CONFIGURATION: Final = """
[site]
number = {site}
name = "Station Road, north hall"
telephone = "0800 1042"

{columns}
[[bank]]
name = "a"
driver = "sim"
doors = "{first}-{last}"
socket = "{world}"

[camera]
source = "world:{world}"

[kiosk]
port = 0

[panel]
px_per_mm = 6.68
width_px = {width}
height_px = {height}

[state]
directory = "{state}"

[control]
socket = "CONTROL"
"""
COLUMN: Final = '[[column]]\nfirst_door = {first}\nsizes = ["M", "M", "M", "M", "M", "M"]\n'
DOORS_A_COLUMN: Final = 6


class Parcels:
    """The parcels behind the doors, and their codes; issued now, so that they are good at any date."""

    def __init__(self) -> None:
        self._now_s = int(SystemClock().read()[0])
        self._pickup = self._issuer("pickup", "0101", KeyPurpose.PICKUP)
        self._lists = self._issuer("command", "0301", KeyPurpose.COMMAND, KeyPurpose.STANDING, KeyPurpose.WATERMARK)

    def code(self, door: int) -> str:
        """What the telephone of the customer shows whose parcel is behind `door`."""
        claims = Claims(id=bytes.fromhex(_id(door)), site=SITE, expires_s=self._now_s + 40 * DAY_S)
        return mint_code(claims, self._pickup)

    def make_home(self, effort: Effort, world: Path) -> Path:
        """The directory of the enrolled site whose camera and locks are in the world at that socket."""
        home = effort.fresh("parcels")
        state = home / "state"
        state.mkdir(mode=0o700)
        (home / "locker.toml").write_text(_configuration(state, world))
        (state / ENROLMENT_FILE).write_bytes(cose.encode(plain(self._enrolment())))
        return home

    def _enrolment(self) -> Enrolment:
        keys = (self._pickup.key, self._lists.key)
        bundle = KeyBundle(site=EVERY_SITE, issued_at=self._now_s, version=1, keys=keys)
        until_s = self._now_s + 7 * DAY_S
        standing = tuple(Standing(door, _id(door), _id(door), "dpd", until_s) for door in DOORS)
        listed = StandingList(site=SITE, issued_at=self._now_s, version=1, after_order=0, parcels=standing)
        return Enrolment(
            site=SITE,
            root=public_bytes(ROOT),
            pin_key=PIN_KEY,
            keys=sign_keys(bundle, ROOT),
            standing=sign_standing(listed, self._lists),
        )

    def _issuer(self, name: str, kid: str, *purposes: KeyPurpose) -> Issuer:
        carriers = ("dpd",) if KeyPurpose.PICKUP in purposes else ()
        since_s, until_s = self._now_s - DAY_S, self._now_s + YEAR_S
        return issuer(name, kid, *purposes, carriers=carriers, not_before=since_s, not_after=until_s)


def _id(door: int) -> str:
    return f"{door:016x}"


def _configuration(state: Path, world: Path) -> str:
    columns = "\n".join(COLUMN.format(first=first) for first in DOORS[::DOORS_A_COLUMN])
    width, height = SEVEN_INCH
    return CONFIGURATION.format(
        site=SITE,
        columns=columns,
        first=DOORS[0],
        last=DOORS[-1],
        world=world,
        width=width,
        height=height,
        state=state,
    )
