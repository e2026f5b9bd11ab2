"""Who may act at the simulated site besides customers: couriers of several carriers, a technician, and their badges."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from edge.core.claims import Claims, Permission
from edge.core.roster import Badge, Roster
from edge.core.words import Purpose, Role
from sync.hub.issue import Issuer, mint_code
from tests.core.desk import (
    COURIER_BADGE,
    COURIER_PIN,
    DAY_S,
    TECHNICIAN_BADGE,
    TECHNICIAN_PIN,
    make_roster,
)
from tests.credentials.known_keys import COURIER, NOW_S, SERVICE, SITE
from tests.sim.truth import CARRIER, OTHER_NUMBER

ENDED_BADGE: Final = "c0c0c0c0c0c00001"  # in the roster, its time is over
LOOKER_BADGE: Final = "c0c0c0c0c0c00002"  # may look into compartments, and nothing else
UNKNOWN_BADGE: Final = "c0c0c0c0c0c00003"  # in no roster
OTHER_CARRIER: Final = "posten"


def roster(version: int = 1, issued_at: int = NOW_S) -> Roster:
    """The couriers of the street."""
    known = make_roster(version, issued_at)
    courier = next(entry for entry in known.badges if entry.badge == COURIER_BADGE)
    ended = structs.replace(courier, badge=ENDED_BADGE, number="", until=NOW_S - DAY_S)
    looker = structs.replace(courier, badge=LOOKER_BADGE, number="", permissions=(Permission.INSPECT,))
    other = Badge(
        badge="c0c0c0c0c0c00004",
        role=Role.COURIER,
        verifier=courier.verifier,
        until=courier.until,
        permissions=courier.permissions,
        carriers=(OTHER_CARRIER,),
        number=OTHER_NUMBER,
    )
    return structs.replace(known, badges=(*known.badges, ended, looker, other))


def badge(
    ref: str = COURIER_BADGE, *, purpose: Purpose = Purpose.DEPOSIT, issuer: Issuer = COURIER, **more: object
) -> str:
    """The code on a badge."""
    carrier = "" if purpose is Purpose.SERVICE else CARRIER
    claims = Claims(id=bytes.fromhex(ref), site=SITE, purpose=purpose, expires_s=NOW_S + 2 * DAY_S, carrier=carrier)
    return mint_code(structs.replace(claims, **more), issuer)


def technician_badge() -> str:
    return badge(TECHNICIAN_BADGE, purpose=Purpose.SERVICE, issuer=SERVICE)


__all__ = ["COURIER_PIN", "OTHER_NUMBER", "TECHNICIAN_PIN", "badge", "roster", "technician_badge"]
