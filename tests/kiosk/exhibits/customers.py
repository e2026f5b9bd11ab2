"""Customers who take their parcel, with everything that can come in between."""

from __future__ import annotations

from typing import Final

from edge.core.orders import OutOfService
from edge.core.site import Policy
from edge.core.words import Content, ContentSensor, PulseOutcome
from tests.core.desk import Desk, Sent
from tests.core.screen_routes import tapped, waited
from tests.kiosk.exhibits.hall import (
    HER_DOOR,
    HERS,
    HERS_TOO,
    HIS,
    OTHER_DOOR,
    Scene,
    Sees,
    hall,
    offline,
    opens,
    presented,
    shuts,
    standing,
    taking,
)


def _second_factor() -> Desk:
    desk = standing()
    desk.scan(desk.code(HERS, second_factor=True))
    return desk


def _two(*, first_taken: bool = False) -> Desk:
    """Two parcels behind two doors, one code."""
    desk = hall(stands={HER_DOOR: HERS, OTHER_DOOR: HERS_TOO})
    desk.scan(desk.code(HERS))
    if first_taken:
        desk.take(HER_DOOR)
    return desk


def _left_inside() -> Desk:
    desk = shuts(taking(Sees), 3)
    return opens(desk)


def _beside(*doors: int) -> Desk:
    """Other doors stand open while she takes hers."""
    desk = taking()
    for door in doors:
        desk.door_opens(door)
    return desk


def _collected(content: ContentSensor = Sees) -> Desk:
    desk = presented(content)
    desk.take(HER_DOOR)
    return desk


def _found_open() -> Desk:
    desk = standing()
    desk.level[HER_DOOR] = desk.level[HER_DOOR].OPEN
    desk.reboot()
    desk.link(True)
    desk.scan(desk.code(HERS))
    return desk


def _under_way() -> Desk:
    """As many doors open as may be."""
    desk = hall(stands={HER_DOOR: HERS, OTHER_DOOR: HIS}, policy=Policy(live_openings=1))
    desk.scan(desk.code(HERS))
    opens(desk)
    desk.wait(181)
    desk.scan(desk.code(HIS))
    return desk


def _jammed_of_two() -> Desk:
    return waited(_two(), 15)


def _jammed_before() -> Desk:
    """It was jammed, and its customer comes again."""
    desk = waited(presented(), 15)
    desk.tap("end")
    desk.scan(desk.code(HERS))
    return desk


def _cleaned(*more: Sent) -> Desk:
    """Her door is out of use, and not because it jammed."""
    desk = hall(stands={HER_DOOR: HERS} | ({OTHER_DOOR: more} if more else {}))
    desk.order(OutOfService(HER_DOOR, "cleaning"))
    desk.scan(desk.code(HERS))
    return desk


def _shut_at_once() -> Desk:
    return shuts(taking(), 1)


def _sensor_silent() -> Desk:
    """A sensor is built in and says nothing: it is asked."""
    desk = taking(Sees)
    desk.sensors_answer = False
    return waited(shuts(desk, 5), 10)


CUSTOMERS: Final[dict[str, Scene]] = {
    "pin": lambda: tapped(standing(), "pin"),
    "second_factor": _second_factor,
    "opening": presented,
    "opening.offline": lambda: offline(presented()),
    "opening.two-parcels": _two,
    "opening.grace": lambda: tapped(_collected(), "open_again"),
    "push_then_pull": lambda: waited(presented(), 6),
    "take": taking,
    "take.offline": lambda: offline(taking()),
    "take.second-of-two": lambda: opens(_two(first_taken=True)),
    "take.other-door-open": lambda: _beside(OTHER_DOOR),
    "take.two-other-doors-open": lambda: _beside(OTHER_DOOR, 3),
    "take.five-other-doors-open": lambda: _beside(OTHER_DOOR, 3, 4, 5, 26),
    "take.still_open": lambda: waited(taking(), 31),
    "take.grace": lambda: opens(tapped(_collected(), "open_again")),
    "take.declined": lambda: tapped(taking(), "decline"),
    "left_inside": _left_inside,
    "problem": lambda: tapped(taking(), "problem"),
    "problem.afterwards": lambda: tapped(_collected(), "problem"),
    "help": lambda: tapped(standing(), "help"),
    "help.shut.empty": lambda: tapped(taking(), "problem", "empty"),
    "help.shut.wrong": lambda: tapped(taking(), "problem", "wrong"),
    "help.shut.damaged": lambda: tapped(taking(), "problem", "damaged"),
    "help.reach": lambda: tapped(taking(), "cannot_reach"),
    "help.reach.shut": lambda: shuts(tapped(taking(), "cannot_reach")),
    "help.noted": lambda: tapped(_collected(), "problem", "damaged"),
    "help.not-opened": lambda: tapped(presented(Sees, PulseOutcome.BROKEN), "help"),
    "help.incident.shut": lambda: shuts(tapped(taking(), "problem", "empty")),
    "help.incident": lambda: tapped(_collected(), "problem", "empty"),
    "did_you_get_it": _shut_at_once,
    "did_you_get_it.sensor-silent": _sensor_silent,
    "reopen": lambda: tapped(_shut_at_once(), "no"),
    "jammed": lambda: waited(presented(), 15),
    "jammed.of-two": _jammed_of_two,
    "jammed.before": _jammed_before,
    "out_of_use": _cleaned,
    "out_of_use.of-two": lambda: _cleaned(HERS_TOO),
    "board_silent": lambda: presented(Sees, PulseOutcome.BROKEN),
    "too_late": lambda: presented(Sees, PulseOutcome.LATE),
    "stands_open": _found_open,
    "one_moment": _under_way,
    "thanks": _collected,
    "thanks.declined": lambda: shuts(tapped(taking(), "decline")),
    "thanks.offline": lambda: offline(_collected()),
    "left_inside.twice": lambda: opens(shuts(_left_inside(), 3, Content.PRESENT)),
}
