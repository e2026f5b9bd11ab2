"""The locker in which every exhibit is made: a wall of real size, real numbers, and whose parcels stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import structs

from edge.core.site import CompartmentPlan, Neighbour, Policy, Site
from edge.core.words import Content, ContentSensor, PulseOutcome, Purpose
from sync.hub.issue import public_bytes
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, OTHER_SITE, Desk, Sent, sent
from tests.core.screen_routes import tapped
from tests.credentials.known_keys import GROUP, PIN_KEY, ROOT
from tests.kiosk.house import built_wall

NUMBER: Final = 1042
TELEPHONE: Final = "0800 1042 1042"
LONG_NAME: Final = "Central Station North, Exit Frederick Street, Level -1"
LONG_TRACKING: Final = "420941059405511899223197428490"  # 30 digits, as long as they are printed
NEAR: Final = Neighbour(OTHER_SITE, "Railway Station, platform 1", "12 Station Square, beside the bakery")
FLOOR_TO_TOP_MM: Final = 1760  # of the wall, which stands on a plinth
REACH_MM: Final = range(400, 1101)  # of a handle, from a wheelchair

HERS: Final = sent("JD014600006823459117", pin="11112222")
HERS_TOO: Final = sent("JD014600006823459118", reservation=HERS.reservation)
HIS: Final = sent("JD014600006823461002", pin="22223333")
RETURN: Final = sent("RR482093157DE", reservation="ee" * 8, pin="44445555")
NEW: Final = sent("JD014600006823470021")
NEWER: Final = sent("JD014600006823470022")
HER_DOOR: Final = 17
OTHER_DOOR: Final = 24

Sees: Final = ContentSensor.INFRARED
Blind: Final = ContentSensor.NONE

Scene = Callable[[], Desk]


def hall(
    *,
    stands: Mapping[int, Sent | tuple[Sent, ...]] | None = None,
    content: ContentSensor = Blind,
    name: str = "Station Road, north hall",
    policy: Policy | None = None,
    **more: Any,
) -> Desk:
    """Locker 1042, with the network there."""
    site = Site(
        number=NUMBER,
        compartments=tuple(_built(plan, content) for plan in built_wall()),
        name=name,
        groups=frozenset({GROUP}),
        neighbours=(NEAR,),
        policy=structs.replace(policy or Policy(), telephone=TELEPHONE),
        root_public=public_bytes(ROOT),
        pin_key=PIN_KEY,
    )
    desk = Desk(site=site, stands=stands, **more)
    desk.link(True)
    return desk


def _built(plan: CompartmentPlan, content: ContentSensor) -> CompartmentPlan:
    handle_mm = FLOOR_TO_TOP_MM - plan.y - plan.height // 2
    bottom_mm = FLOOR_TO_TOP_MM - plan.y - plan.height
    return structs.replace(plan, content=content, reachable=handle_mm in REACH_MM, bottom_mm=max(0, bottom_mm))


# -- what people do -------------------------------------------------------------------------------------------------


def offline(desk: Desk) -> Desk:
    desk.link(False)
    return desk


def opens(desk: Desk) -> Desk:
    """The door on the screen opens."""
    desk.door_opens(desk.screen().door)
    return desk


def shuts(desk: Desk, seconds: float = 5, inside: Content | None = None) -> Desk:
    """The door on the screen is shut, after a time, with this inside."""
    door = desk.screen().door
    desk.wait(seconds)
    if inside is not None:
        desk.holds(door, inside)
    desk.door_closes(door)
    return desk


# -- how far they have come -----------------------------------------------------------------------------------------


def standing(content: ContentSensor = Blind, **more: Any) -> Desk:
    return hall(stands={HER_DOOR: HERS, OTHER_DOOR: HIS}, content=content, **more)


def presented(content: ContentSensor = Blind, *outcomes: PulseOutcome) -> Desk:
    desk = standing(content)
    desk.outcomes.extend(outcomes)
    desk.scan(desk.code(HERS))
    return desk


def taking(content: ContentSensor = Blind) -> Desk:
    return opens(presented(content))


def returning(content: ContentSensor = Blind, size: str = "", **more: Any) -> Desk:
    desk = hall(content=content, **more)
    desk.announce(RETURN, parcel_kind="return")
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))
    return tapped(desk, size) if size else desk


def placing(content: ContentSensor = Blind) -> Desk:
    return opens(returning(content, "S"))


def courier(desk: Desk | None = None, *, look: bool = False) -> Desk:
    """A courier without a badge: number and PIN."""
    desk = desk or hall()
    desk.tap("courier")
    desk.enter(COURIER_NUMBER)
    desk.pin(COURIER_PIN)
    if desk.screen().name == "look" and not look:
        desk.tap("not_now")
    return desk


def putting(content: ContentSensor = Blind) -> Desk:
    desk = courier(hall(content=content))
    desk.scan(NEW.tracking)
    return opens(desk)


def deposited() -> Desk:
    desk = courier()
    desk.deposit(NEW)
    return desk
