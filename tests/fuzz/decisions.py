"""`decide`: anything that the runtime can be told, on books that it can have, in any order.

A table of desks stands at interesting moments: nobody there, a door unlocking, open, closed and unanswered, a courier
with a parcel in his hands, a new card.  Bytes choose one, and then what it is told.  Every decision is held against
what must always be true (`tests.core.desk.always`): events are read back, rows add up to the state, each pulse has its
event.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, Final

from edge.core import inputs
from edge.core.credential import parcel_id
from edge.core.fold import freeze, thaw
from edge.core.label import tracking_of
from edge.core.orders import Cancel, Extend, InService, Open, OutOfService, Revoke, TellTime, What
from edge.core.ports import ContentReading, DoorReading
from edge.core.screens import STAGES
from edge.core.words import (
    ClockTrust,
    Content,
    ContentSensor,
    Evidence,
    Feedback,
    Level,
    PulseOutcome,
    Purpose,
    Size,
)
from sync.hub.issue import sign_order
from tests.core.desk import COURIER_NUMBER, COURIER_PIN, Desk, sent
from tests.credentials.known_keys import COMMAND, NOW_S, OPENING, SITE
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target

MAX_INPUTS: Final = 40
MAX_EVENTS: Final = 200  # of one input: a wall of eight doors never has more to say
FIRST: Final = sent("JD000001", pin="11112222")
MATE: Final = sent("JD000002", reservation=FIRST.reservation)
COMING: Final = sent("JD000003", pin="11113333")
RETURN: Final = sent("RR000004", reservation="ee" * 8)
UNHEARD: Final = sent("JD000005")
PARCELS: Final = (FIRST, MATE, COMING, RETURN, UNHEARD)
CHOICES: Final = sorted({choice for choices, _, _ in STAGES.values() for choice in choices} | {"more_time", "", "x"})
SPANS_S: Final = (0.05, 1, 4, 6, 30, 200, 4_000, 100_000)
SIZES: Final = (Size.S, Size.S, Size.M, Size.XL)

# -- where it begins --------------------------------------------------------------------------------------------------


def _desk(**more: Any) -> Desk:
    desk = Desk(stands={1: (FIRST, MATE)}, **more)
    desk.announce(COMING)
    desk.announce(RETURN, parcel_kind="return")
    return desk


def _unlocking(desk: Desk) -> None:
    desk.scan(desk.code(FIRST))


def _open(desk: Desk) -> None:
    _unlocking(desk)
    desk.door_opens(1)


def _left_unanswered(desk: Desk) -> None:
    _open(desk)
    desk.sensors_answer = False
    desk.door_closes(1)


def _collected(desk: Desk) -> None:
    _unlocking(desk)
    desk.take(1)


def _courier(desk: Desk) -> None:
    desk.courier_comes()


def _depositing(desk: Desk) -> None:
    desk.courier_comes()
    desk.scan(COMING.tracking)


def _dropping_off(desk: Desk) -> None:
    desk.scan(desk.code(RETURN, purpose=Purpose.DROP_OFF))


def _mid_pulse(desk: Desk) -> None:
    desk.pulses_answer = False
    _unlocking(desk)


def _cut(desk: Desk) -> None:
    _open(desk)
    desk.reboot()


STORIES: Final[tuple[Callable[[Desk], None], ...]] = (
    lambda _: None, _unlocking, _open, _left_unanswered, _collected, _courier, _depositing, _dropping_off, _mid_pulse,
    _cut
)  # fmt: skip


@functools.cache
def _moments() -> tuple[Desk, ...]:
    desks = []
    for more in (
        {"content": ContentSensor.NONE},
        {"content": ContentSensor.INFRARED},
        {"feedback": Feedback.LATCH, "content": ContentSensor.SCALE},
    ):
        for story in STORIES:
            desk = _desk(**more)
            story(desk)
            desks.append(desk)
    return (*desks, Desk(restored=False), Desk(restored=False, roster=False))


def _twin(desk: Desk) -> Desk:
    """The same desk, to go on with by itself."""
    twin = copy.copy(desk)
    for word, value in vars(desk).items():
        if isinstance(value, dict | list) or word in ("outcomes", "unlocks"):
            setattr(twin, word, copy.copy(value))
    return twin


# -- what is told -----------------------------------------------------------------------------------------------------


def _door(desk: Desk, feed: Feed) -> int:
    """Mostly one of the wall."""
    byte = feed.byte()
    return byte % (len(desk.level) + 1) if byte < 250 else feed.number()


def _scan(desk: Desk, feed: Feed) -> inputs.Input:
    what, parcel = feed.byte() % 8, feed.pick(PARCELS)
    if what < 3:
        return inputs.Scan(desk.code(parcel, generation=feed.byte() % 3, second_factor=bool(feed.byte() & 1)))
    if what == 3:
        return inputs.Scan(desk.code(parcel, purpose=Purpose.DROP_OFF))
    if what == 4:
        return inputs.Scan(desk.courier_code(purpose=feed.pick((Purpose.DEPOSIT, Purpose.COLLECTION))))
    if what == 5:
        return inputs.Scan(desk.technician_code())
    if what == 6:
        return inputs.Scan(parcel.tracking)
    return inputs.Scan(feed.text() or " ", "Code128")


def _typed(desk: Desk, feed: Feed) -> inputs.Input:
    known = (FIRST.pin, COMING.pin, "00000000", COURIER_NUMBER, COURIER_PIN, UNHEARD.tracking, "")
    text = feed.pick((*known, None))
    return inputs.Typed(feed.text() if text is None else text, desk.memory.choices - (feed.byte() == 255))


def _chosen(desk: Desk, feed: Feed) -> inputs.Input:
    shown = desk.screen().choices
    choice = feed.pick(shown) if shown and feed.byte() < 200 else feed.pick(CHOICES)
    return inputs.Chosen(choice, desk.memory.choices - (feed.byte() == 255))


def _levels(desk: Desk, feed: Feed) -> inputs.Input:
    doors = {}
    for _ in range(1 + feed.byte() % 3):
        door, level = _door(desk, feed), feed.pick(tuple(Level))
        if door in desk.level:
            desk.level[door] = level
        at_s = desk.mono_s - (feed.byte() if feed.byte() > 240 else 0)
        doors[door] = DoorReading(level, feed.pick((Evidence.SWITCH, Evidence.LATCH)), at_s)
    return inputs.Levels(doors)


def _contents(desk: Desk, feed: Feed) -> inputs.Input:
    door, content = _door(desk, feed), feed.pick(tuple(Content))
    if door in desk.inside:
        desk.inside[door] = content
    return inputs.Contents({door: ContentReading(content, desk.mono_s)})


def _pulse(desk: Desk, feed: Feed) -> inputs.Input:
    door, opening, attempt = _door(desk, feed), feed.byte() % 8, 1 + feed.byte() % 3
    if feed.byte() & 1:
        return inputs.PulseBegan(door, opening, attempt, desk.mono_s)
    return inputs.PulseEnded(door, opening, attempt, feed.pick(tuple(PulseOutcome)), "board said no")


def _timer(desk: Desk, feed: Feed) -> inputs.Input:
    """One that was set, or set once and is long over: its numbers match nothing any more."""
    known = sorted(desk.timers)
    if known and feed.byte() < 200:
        key = feed.pick(known)
        del desk.timers[key]
        return inputs.Timer(key)
    name = feed.pick(("edge", "status", "outcome", "latch", "open_reminder", "open_operator", "grace", "unanswered"))
    numbers = [
        str(feed.byte() % 12) for _ in range(2 if name in ("edge", "status", "outcome", "latch", "grace") else 1)
    ]
    return inputs.Timer((name, *numbers))


def _order(desk: Desk, feed: Feed) -> inputs.Input:
    parcel, door = feed.pick(PARCELS), 1 + feed.byte() % 9
    number = desk.state.order + 1 - (feed.byte() == 255)
    nonce = desk.memory.nonces[-1][0] if desk.memory.nonces and feed.byte() < 250 else bytes(16)
    orders: tuple[What, ...] = (
        Cancel(parcel.parcel),
        Extend(parcel.parcel, 1 + feed.number()),
        Revoke(parcel.reservation, feed.byte() % 3),
        OutOfService(door, "cleaning"),
        InService(door),
        Open(door, nonce, "asked for"),
        TellTime(),
    )
    what = feed.pick(orders)
    issued_s = int(desk.wall_s) - (feed.number() if feed.byte() > 250 else 0)
    return inputs.Order(
        sign_order(SITE, max(1, number), what, max(0, issued_s), OPENING if isinstance(what, Open) else COMMAND)
    )


def _technical(desk: Desk, feed: Feed) -> inputs.Input:
    act = feed.pick(("open", "out_of_service", "in_service", "empty", "clear_alarm", "time_reset", "dance"))
    reason = feed.pick(("looked", "", "x" * 200, "x" * 201))
    alarm = feed.pick((*sorted(desk.state.alarms), "none"))
    return inputs.Technical(act, "ada", reason, _door(desk, feed), 1, {"alarm": alarm, "document": feed.take(9).hex()})


def _news(desk: Desk, feed: Feed) -> inputs.Input:
    told: tuple[inputs.Input, ...] = (
        inputs.Link(bool(feed.byte() & 1)),
        inputs.Health(feed.pick(("supply", "board", "camera")), "a", bool(feed.byte() & 1), feed.text()),
        inputs.Unread(feed.pick(("glare", "too_far", "blurred", ""))),
        inputs.Reach(bool(feed.byte() & 1)),
        inputs.Space(feed.pick(("ok", "low", "reserve", "ballast", "zero"))),
        inputs.Dropped("scan", 1 + feed.byte()),
        inputs.SignedTime(NOW_S + feed.number(4) // 64 - 2**20, "watermark"),
        inputs.Order(feed.take(40)),
        inputs.Document(feed.pick(("keys", "roster", "standing", "time_reset", "poem")), feed.take(40)),
        inputs.Forked("copied", "aa" * 8, 1, "bb" * 32, bool(feed.byte() & 1)),
    )
    return feed.pick(told)


TELL: Final = (
    _scan, _scan, _typed, _chosen, _chosen, _chosen, _levels, _levels, _contents, _pulse, _timer, _timer, _order,
    _technical, _news
)  # fmt: skip


def _step(desk: Desk, feed: Feed) -> None:
    what = feed.byte() % (len(TELL) + 5)
    if what < len(TELL):
        desk.tell(TELL[what](desk, feed))
    elif what == len(TELL):
        desk.reboot(off_s=feed.pick(SPANS_S))
    elif what == len(TELL) + 1:
        desk.clock(NOW_S + (feed.number() - 32_768) * 40_000, feed.pick(tuple(ClockTrust)))
    elif what == len(TELL) + 2:
        desk.pulses_answer, desk.doors_answer, desk.sensors_answer = (bool(feed.byte() & 1) for _ in range(3))
        while desk.pulses_answer and desk.unlocks:
            desk.pulse(feed.pick(tuple(PulseOutcome)))
    elif what == len(TELL) + 3:
        desk.wait(feed.pick(SPANS_S[:-2]))
    else:
        desk.skip(feed.pick(SPANS_S))


# -- targets ----------------------------------------------------------------------------------------------------------


def _read(data: bytes) -> Desk:
    feed = Feed(data)
    desk = _twin(feed.pick(_moments()))
    for _ in range(MAX_INPUTS):
        if feed.empty:
            break
        told = len(desk.events)
        _step(desk, feed)
        if desk.decision is not None and len(desk.decision.recorded) > MAX_EVENTS:
            raise Finding(f"decide: one input told {len(desk.events) - told} events")
    return desk


def _adds_up(desk: Desk) -> None:
    if desk.refolded() != desk.state:
        raise Finding("decide: the rows do not add up to the state")
    if thaw(freeze(desk.state)) != desk.state:
        raise Finding("decide: a snapshot of the state is not read back as it is")


def _stories() -> list[bytes]:
    """A few steps from each moment, one of each kind first."""
    steps = range(len(TELL) + 5)
    plain = [bytes([n, step, 0, 0, 0, 0]) for n in range(32) for step in steps if (n + step) % 3 == 0]
    longer = [bytes([moment]) + bytes((step * 7 + moment) % 251 for step in range(60)) for moment in range(32)]
    return plain + longer


DECIDE: Final = Target("decide", _read, _adds_up, _stories, max_bytes=400)


def _label(data: bytes) -> tuple[str, str]:
    text = data.decode("utf-8", "replace")
    return text, tracking_of(text)


def _names_a_parcel(read: tuple[str, str]) -> None:
    """What counts as a tracking number names one parcel, however it was spaced or written."""
    text, tracking = read
    if not tracking:
        return
    if tracking_of(tracking) != tracking:
        raise Finding(f"label: {text!r} is {tracking!r}, which is something else again")
    if parcel_id("dpd", tracking).hex() != parcel_id("dpd", text.strip().upper()).hex():
        raise Finding(f"label: {text!r} and {tracking!r} name two parcels")


LABEL: Final = Target(
    "label",
    _label,
    _names_a_parcel,
    lambda: [b"JD014600039921", b" jd 0146 0003 9921 ", b"LK1:AB", "ＪＤ00ß1".encode(), b"a b", b"x" * 65],
    max_bytes=300,
)
