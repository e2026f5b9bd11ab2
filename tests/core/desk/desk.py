"""The desk itself: what stands on it when a test begins."""

from __future__ import annotations

from collections.abc import Mapping

from edge.core.site import CompartmentPlan, Neighbour, Policy, Site
from edge.core.words import ClockTrust, ContentSensor, Feedback
from sync.hub.issue import public_bytes
from tests.core.desk.cloud import Cloud
from tests.core.desk.machine import Machine
from tests.core.desk.parcels import Sent
from tests.core.desk.people import People
from tests.core.desk.walls import OTHER_SITE, wall
from tests.credentials.known_keys import GROUP, NOW_S, PIN_KEY, ROOT, SITE


class Desk(Machine, Cloud, People):
    """One site, its doors in the hands of the test.

    site: all of it, when given; else its compartments (without them eight doors with `content` and `feedback`) and its
    policy are as said.  stands: what the standing list says is behind which doors.  restored: the standing list has
    come.  looked: a technician has looked into all other compartments and found them empty.  roster: it has come.
    """

    def __init__(
        self,
        *,
        site: Site | None = None,
        compartments: tuple[CompartmentPlan, ...] | None = None,
        content: ContentSensor = ContentSensor.NONE,
        feedback: Feedback = Feedback.SWITCH,
        policy: Policy | None = None,
        stands: Mapping[int, Sent | tuple[Sent, ...]] | None = None,
        restored: bool = True,
        looked: bool = True,
        roster: bool = True,
        wall_s: int = NOW_S,
        trust: ClockTrust = ClockTrust.NTP,
        release_s: int = 0,
    ) -> None:
        site = site or Site(
            number=SITE,
            compartments=compartments or wall(content, feedback),
            name="Old Brewery",
            groups=frozenset({GROUP}),
            neighbours=(Neighbour(OTHER_SITE, "Railway Station", "Platform 1"),),
            policy=policy or Policy(telephone="0800 123"),
            root_public=public_bytes(ROOT),
            pin_key=PIN_KEY,
        )
        super().__init__(site, wall_s, trust)
        self.release_s = release_s
        self._start()
        self.provide(roster=roster)
        if restored:
            self.restore(stands or {})
        if restored and looked:
            self.look_into_all()
