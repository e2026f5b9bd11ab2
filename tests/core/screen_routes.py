"""How each screen is reached, by what people do at the locker."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.orders import Cancel, OutOfService
from edge.core.site import Policy
from edge.core.words import Content, ContentSensor, PulseOutcome, Purpose
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent

ONE = sent("JD000301", pin="11112222")
MATE = sent("JD000302", reservation=ONE.reservation)
RETURN = sent("RR000401", reservation="ee" * 8)
Sees = ContentSensor.INFRARED


def standing(content: ContentSensor = ContentSensor.NONE) -> Desk:
    return Desk(stands={3: ONE}, content=content)


def presented(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = standing(content)
    desk.scan(desk.code(ONE))
    return desk


def opened(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = presented(content)
    desk.door_opens(3)
    return desk


def shut_at_once() -> Desk:
    desk = opened()
    desk.wait(1)
    desk.door_closes(3)
    return desk


def tapped(desk: Desk, *choices: str) -> Desk:
    for choice in choices:
        desk.tap(choice)
    return desk


def waited(desk: Desk, seconds: float) -> Desk:
    desk.wait(seconds)
    return desk


def failed(outcome: PulseOutcome) -> Desk:
    desk = standing()
    desk.outcomes.append(outcome)
    desk.scan(desk.code(ONE))
    return desk


def found_open() -> Desk:
    desk = standing()
    desk.level[3] = desk.level[3].OPEN
    desk.reboot()
    desk.scan(desk.code(ONE))
    return desk


def out_of_use() -> Desk:
    """Being cleaned, with her parcel inside."""
    desk = standing()
    desk.order(OutOfService(3, "cleaning"))
    desk.scan(desk.code(ONE))
    return desk


def under_way() -> Desk:
    desk = Desk(stands={3: ONE, 5: sent("JD000555")}, policy=Policy(live_openings=1))
    desk.scan(desk.code(ONE))
    desk.door_opens(3)
    desk.wait(181)
    desk.scan(desk.code(sent("JD000555")))
    return desk


def collected() -> Desk:
    desk = presented()
    desk.take(3)
    return desk


def left_inside() -> Desk:
    desk = opened(Sees)
    desk.wait(3)
    desk.door_closes(3)
    desk.door_opens(3)
    return desk


def second_factor() -> Desk:
    desk = standing()
    desk.scan(desk.code(ONE, second_factor=True))
    return desk


def returning(content: ContentSensor = ContentSensor.NONE, size: bool = False) -> Desk:
    desk = Desk(content=content)
    desk.announce(RETURN, parcel_kind="return")
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))
    return tapped(desk, "S") if size else desk


def placing(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = returning(content, size=True)
    desk.door_opens(desk.screen().door)
    return desk


def shut(desk: Desk, content: Content, seconds: float = 5) -> Desk:
    door = desk.screen().door
    desk.wait(seconds)
    desk.holds(door, content)
    desk.door_closes(door)
    return desk


def badge_shown() -> Desk:
    desk = Desk()
    desk.scan(desk.courier_code())
    return desk


def courier(content: ContentSensor = ContentSensor.NONE, *, looked: bool = True) -> Desk:
    desk = Desk(content=content, looked=looked)
    desk.tap("courier")
    desk.enter(COURIER_NUMBER)
    desk.pin(COURIER_PIN)
    return desk


def putting(content: ContentSensor = ContentSensor.NONE) -> Desk:
    desk = courier(content)
    desk.scan(ONE.tracking)
    desk.door_opens(desk.screen().door)
    return desk


def deposited() -> Desk:
    desk = courier()
    desk.deposit(ONE)
    return desk


def undone() -> Desk:
    desk = tapped(deposited(), "last", "undo")
    desk.door_opens(desk.screen().door)
    return desk


def offered() -> Desk:
    desk = Desk(stands={3: ONE})
    desk.announce(MATE)
    desk.number_comes()
    desk.scan(MATE.tracking)
    return desk


def looking() -> Desk:
    desk = tapped(courier(looked=False), "open")
    desk.door_opens(desk.screen().door)
    return desk


def to_collect() -> Desk:
    desk = standing()
    desk.order(Cancel(ONE.parcel))
    desk.number_comes()
    return tapped(desk, "collect")


def collecting() -> Desk:
    desk = tapped(to_collect(), "all")
    desk.door_opens(3)
    return desk


def one_of_two() -> Desk:
    """Two stood there when the door was forced; the courier has scanned one of them and shut the door."""
    two = (sent("JD000321"), sent("JD000322"))
    desk = Desk(stands={3: two})
    desk.door_opens(3)
    desk.door_closes(3)
    desk.courier_comes(look=True)
    desk.tap("open")
    desk.door_opens(3)
    desk.scan(two[0].tracking)
    desk.door_closes(3)
    return desk


ROUTES: dict[str, Callable[[], Desk]] = {
    "pin": lambda: tapped(Desk(), "pin"),
    "second_factor": second_factor,
    "send": lambda: tapped(Desk(), "send"),
    "courier_number": lambda: tapped(Desk(), "courier"),
    "refused": lambda: waited(failed_scan(), 1),
    "opening": presented,
    "push_then_pull": lambda: waited(presented(), 6),
    "take": opened,
    "left_inside": left_inside,
    "problem": lambda: tapped(opened(), "problem"),
    "help": lambda: tapped(Desk(), "help"),
    "did_you_get_it": shut_at_once,
    "reopen": lambda: tapped(shut_at_once(), "no"),
    "jammed": lambda: waited(presented(), 15),
    "out_of_use": out_of_use,
    "board_silent": lambda: failed(PulseOutcome.BROKEN),
    "too_late": lambda: failed(PulseOutcome.LATE),
    "stands_open": found_open,
    "one_moment": under_way,
    "thanks": collected,
    "choose_size": returning,
    "place": placing,
    "no_parcel": lambda: shut(placing(Sees), Content.EMPTY),
    "is_it_inside": lambda: shut(placing(), Content.PRESENT, seconds=0.5),
    "receipt": lambda: shut(placing(Sees), Content.PRESENT),
    "cancelled": lambda: shut(tapped(placing(Sees), "cancel"), Content.EMPTY),
    "badge_pin": badge_shown,
    "look": lambda: courier(looked=False),
    "look_inside": looking,
    "what_is_inside": lambda: shut(looking(), Content.EMPTY),
    "others_inside": one_of_two,
    "ready": courier,
    "last": lambda: tapped(deposited(), "last"),
    "collect": to_collect,
    "offer": offered,
    "put": putting,
    "take_out": undone,
    "scan_out": collecting,
    "taken": lambda: shut(collecting(), Content.EMPTY),
    "summary": lambda: tapped(courier(), "end"),
}


def failed_scan() -> Desk:
    desk = Desk()
    desk.scan("LK1:NO")
    return desk
