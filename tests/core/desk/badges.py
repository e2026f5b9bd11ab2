"""Who is in the roster of a desk: one courier, one technician, and what they know by heart."""

from __future__ import annotations

import functools
import hashlib
from typing import Final

from edge.core.claims import Permission
from edge.core.roster import Badge, Roster, Verifier, derive
from edge.core.words import Role
from tests.core.desk.table import DAY_S
from tests.credentials.known_keys import NOW_S, SITE

COURIER_BADGE: Final = "c0c0c0c0c0c0c0c0"
COURIER_NUMBER: Final = "47110815"
COURIER_PIN: Final = "13572468"
TECHNICIAN_BADGE: Final = "7ec4000000000001"
TECHNICIAN_PIN: Final = "86427531"


@functools.cache
def _verifier(pin: str) -> Verifier:
    salt = hashlib.sha256(pin.encode()).digest()[:16]
    return Verifier(salt=salt, hash=derive(pin, salt, 2**12), n=2**12)


@functools.cache
def make_roster(version: int = 1, issued_at: int = NOW_S, site: int = SITE) -> Roster:
    """One courier for dpd and gls with every right of a courier, one technician."""
    return Roster(
        site=site,
        issued_at=issued_at,
        version=version,
        badges=(
            Badge(
                badge=COURIER_BADGE,
                role=Role.COURIER,
                verifier=_verifier(COURIER_PIN),
                until=NOW_S + 300 * DAY_S,
                permissions=(
                    Permission.DEPOSIT,
                    Permission.COLLECT_OVERDUE,
                    Permission.COLLECT_RETURNS,
                    Permission.INSPECT,
                ),
                carriers=("dpd", "gls"),
                number=COURIER_NUMBER,
            ),
            Badge(
                badge=TECHNICIAN_BADGE,
                role=Role.TECHNICIAN,
                verifier=_verifier(TECHNICIAN_PIN),
                until=NOW_S + 300 * DAY_S,
                permissions=(Permission.SERVICE, Permission.INSPECT),
            ),
        ),
    )
