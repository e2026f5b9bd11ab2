"""Where the stories play: the site, its wall, and a clock that the known keys are valid at."""

from __future__ import annotations

import time
from typing import Final

from msgspec import structs

from edge.core.site import CompartmentPlan, Neighbour, Policy, Site, Timers
from edge.core.words import ClockTrust, ContentSensor, Size
from sync.hub.issue import public_bytes
from tests.credentials.known_keys import NOW_S, PIN_KEY, ROOT

NUMBER: Final = 1042
NEIGHBOUR: Final = 1043
# Waits short enough to be waited for in a story; every rule is the product's.
TIMERS: Final = Timers(edge_s=0.8, status_s=0.5, push_s=1.5, shortest_open_s=0.8, settle_s=2.5, thanks_s=4, grace_s=30)
POLICY: Final = Policy(telephone="0800 1042", timers=TIMERS)
# Where a door that is shut at once, or a screen that goes by itself, must be seen also on a busy machine.
PATIENT: Final = structs.replace(POLICY, timers=structs.replace(TIMERS, shortest_open_s=4, push_s=6))


def wall(content: ContentSensor = ContentSensor.INFRARED) -> tuple[CompartmentPlan, ...]:
    """Two columns of four, the screen in the middle; door 8 is extra large and out of a wheelchair's reach."""
    sizes = (Size.S, Size.S, Size.M, Size.L, Size.S, Size.M, Size.L, Size.XL)
    return tuple(
        CompartmentPlan(
            door,
            size,
            content=content,
            reachable=door % 4 != 1,
            x=(door - 1) // 4 * 860,
            y=(door - 1) % 4 * 260,
            width=400,
            height=240,
        )
        for door, size in enumerate(sizes, 1)
    )


def site(plans: tuple[CompartmentPlan, ...], policy: Policy) -> Site:
    return Site(
        number=NUMBER,
        compartments=plans,
        name="Station Road, north hall",
        address="1 Station Road",
        neighbours=(Neighbour(NEIGHBOUR, "Old Brewery", "4 Malt Street"),),
        policy=policy,
        root_public=public_bytes(ROOT),
        pin_key=PIN_KEY,
    )


class KnownTime:
    """A clock that the known keys are valid at."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def read(self) -> tuple[float, ClockTrust]:
        return NOW_S + time.monotonic() - self._began_s, ClockTrust.NTP
