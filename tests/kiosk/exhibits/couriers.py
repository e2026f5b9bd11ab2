"""Couriers on their round, and a technician who looks into compartments."""

from __future__ import annotations

from typing import Final

from edge.core import inputs
from edge.core.orders import Cancel, OutOfService
from edge.core.ports import Weighing
from edge.core.site import Policy
from edge.core.words import Content, Level, PulseOutcome, ScaleState
from tests.core.desk import TECHNICIAN_PIN, Desk, Sent, sent
from tests.core.screen_routes import tapped, waited
from tests.kiosk.exhibits.hall import (
    HER_DOOR,
    HERS,
    HERS_TOO,
    HIS,
    LONG_TRACKING,
    NEW,
    NEWER,
    OTHER_DOOR,
    Scene,
    Sees,
    courier,
    deposited,
    hall,
    offline,
    opens,
    putting,
    shuts,
    standing,
)
from tests.kiosk.exhibits.nobody import full

WAITING: Final = tuple(sent(f"JD0146000068235{n:05}") for n in range(1, 13))
SEVERAL: Final = tuple(sent(f"JD0146000068236{n:05}") for n in range(1, 6))
DOUBTFUL: Final = 7


def badge_shown() -> Desk:
    desk = hall()
    desk.scan(desk.courier_code())
    return desk


def _overview() -> Desk:
    """Some are expected, some are to be taken back, one compartment is in doubt."""
    desk = standing()
    for parcel in WAITING:
        desk.announce(parcel)
    desk.order(Cancel(HERS.parcel))
    _forced(desk, DOUBTFUL)
    courier(desk)
    desk.deposit(NEW)
    return desk


def _quota() -> Desk:
    return courier(hall(policy=Policy(carrier_quota_percent={"dpd": 0, "gls": 0})))


def _forced(desk: Desk, door: int) -> Desk:
    """Somebody forced a door and shut it again: nobody knows what is inside."""
    desk.door_opens(door)
    desk.door_closes(door)
    return desk


def _looking(desk: Desk | None = None, door: int = DOUBTFUL) -> Desk:
    return opens(tapped(courier(_forced(desk or hall(), door), look=True), "open"))


def _technician(*, look: bool = False) -> Desk:
    desk = _forced(standing(), DOUBTFUL)
    desk.order(OutOfService(HER_DOOR, "cleaning"))
    desk.health("board", "wall", ok=False)
    desk.scan(desk.technician_code())
    desk.pin(TECHNICIAN_PIN)
    return desk if look else tapped(desk, "not_now")


def _one_of_two_scanned() -> Desk:
    desk = _looking(_known({DOUBTFUL: SEVERAL[:2]}))
    desk.scan(SEVERAL[0].tracking)
    return shuts(desk, 3)


def _offered() -> Desk:
    desk = hall(stands={HER_DOOR: HERS})
    desk.announce(HERS_TOO)
    courier(desk)
    desk.scan(HERS_TOO.tracking)
    return desk


def _scanned(desk: Desk, tracking: str) -> Desk:
    desk.scan(tracking)
    return desk


def _two_open() -> Desk:
    """The next label is scanned while the last door still stands open, and then a third one."""
    desk = opens(_scanned(putting(), NEWER.tracking))
    return _scanned(desk, WAITING[0].tracking)


def _elsewhere() -> Desk:
    """Two doors stood open; the parcel went behind the wrong one."""
    desk = opens(_scanned(putting(Sees), NEWER.tracking))
    return shuts(desk, inside=Content.EMPTY)


def _known(stands: dict[int, tuple[Sent, ...]]) -> Desk:
    """These stand there, and the cloud has told their numbers."""
    desk = hall(stands=stands)
    for parcel in (parcel for some in stands.values() for parcel in some):
        desk.announce(parcel)
    return desk


def _to_collect(*behind: Sent) -> Desk:
    """Called off, so that they go back: these behind one door, and one more behind another."""
    behind = behind or (HERS,)
    desk = _known({HER_DOOR: behind, OTHER_DOOR: (HIS,)})
    for parcel in (*behind, HIS):
        desk.order(Cancel(parcel.parcel))
    return tapped(courier(desk), "collect")


def _collecting(*behind: Sent) -> Desk:
    return opens(tapped(_to_collect(*behind), "all"))


def _reboot_in_between() -> Desk:
    """The power went while the door was open for a parcel: the next courier is asked."""
    desk = hall()
    desk.announce(NEW)
    opens(_scanned(courier(desk), NEW.tracking))
    desk.level[desk.screen().door] = Level.CLOSED
    desk.reboot()
    desk.link(True)
    return courier(desk, look=True)


def _weighed(weight_g: int) -> Desk:
    desk = courier()
    desk.tell(inputs.Weighed(Weighing(ScaleState.STABLE, desk.mono_s, weight_g)))
    desk.scan(NEW.tracking)
    return opens(desk)


def _round() -> Desk:
    desk = courier(standing())
    for parcel in WAITING[:3]:
        desk.deposit(parcel)
    return desk


def _ended(desk: Desk) -> Desk:
    return tapped(desk, "end")


def _fails(outcome: PulseOutcome) -> Desk:
    desk = courier()
    desk.outcomes.append(outcome)
    return _scanned(desk, NEW.tracking)


def _collection_fails(outcome: PulseOutcome) -> Desk:
    desk = _to_collect()
    desk.outcomes.append(outcome)
    return tapped(desk, "all")


COURIERS: Final[dict[str, Scene]] = {
    "courier_number": lambda: tapped(hall(), "courier"),
    "badge_pin": badge_shown,
    "look": lambda: courier(_forced(hall(), DOUBTFUL), look=True),
    "look.expected": lambda: courier(_forced(_known({DOUBTFUL: (HERS,)}), DOUBTFUL), look=True),
    "look.interrupted": _reboot_in_between,
    "look_inside": _looking,
    "look_inside.expected": lambda: _looking(_known({DOUBTFUL: (HERS,)})),
    "look_inside.scan_it": lambda: tapped(_looking(), "parcel"),
    "look_inside.said": lambda: _scanned(_looking(), LONG_TRACKING),
    "look_inside.unreadable": lambda: _scanned(_looking(), "?"),
    "what_is_inside": lambda: shuts(_looking(), 3),
    "others_inside": _one_of_two_scanned,
    "ready": courier,
    "ready.overview": _overview,
    "ready.offline": lambda: offline(_overview()),
    "ready.full": lambda: courier(full()),
    "ready.quota": _quota,
    "ready.technician": _technician,
    "look.technician": lambda: _technician(look=True),
    "last": lambda: tapped(deposited(), "last"),
    "collect": _to_collect,
    "collect.several": lambda: _to_collect(*SEVERAL),
    "offer": _offered,
    "opening.after-jam": lambda: waited(_scanned(courier(), NEW.tracking), 15),
    "opening.deposit": lambda: _scanned(courier(), NEW.tracking),
    "push_then_pull.deposit": lambda: waited(_scanned(courier(), NEW.tracking), 6),
    "put": putting,
    "put.long-tracking": lambda: opens(_scanned(courier(), LONG_TRACKING)),
    "put.after-jam": lambda: opens(waited(_scanned(courier(), NEW.tracking), 15)),
    "put.two-doors-open": lambda: opens(_scanned(putting(), NEWER.tracking)),
    "put.too-many-doors-open": _two_open,
    "put.weighed": lambda: _weighed(1_850),
    "put.reopened": lambda: opens(tapped(deposited(), "last", "open_again")),
    "put.added": lambda: opens(tapped(_offered(), "add")),
    "put.cancelled": lambda: tapped(putting(), "cancel"),
    "put.other-size": lambda: opens(tapped(putting(), "does_not_fit")),
    "take_out": lambda: opens(tapped(deposited(), "last", "undo")),
    "no_parcel": lambda: shuts(putting(Sees), inside=Content.EMPTY),
    "no_parcel.elsewhere": _elsewhere,
    "is_it_inside": lambda: shuts(putting(), 0.5, Content.PRESENT),
    "scan_out": _collecting,
    "scan_out.several": lambda: _collecting(*SEVERAL),
    "scan_out.extra": lambda: _scanned(_collecting(*SEVERAL), LONG_TRACKING),
    "scan_out.last": lambda: _scanned(_collecting(*SEVERAL), SEVERAL[0].tracking),
    "scan_out.unreadable": lambda: _scanned(_collecting(), "?"),
    "taken": lambda: shuts(_collecting(*SEVERAL), inside=Content.EMPTY),
    "jammed.collection": lambda: waited(tapped(_to_collect(), "all"), 15),
    "board_silent.deposit": lambda: _fails(PulseOutcome.BROKEN),
    "too_late.deposit": lambda: _fails(PulseOutcome.LATE),
    "board_silent.collection": lambda: _collection_fails(PulseOutcome.BROKEN),
    "summary": lambda: _ended(_round()),
    "summary.waiting": lambda: _ended(offline(_round())),
}
