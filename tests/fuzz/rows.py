"""What lies on the card: the payload of an event, and the snapshot of a state."""

from __future__ import annotations

import functools
from typing import Final

import msgspec

from edge.core import events
from edge.core.events.base import KINDS, Event, Unknown
from edge.core.fold import fold, freeze, thaw
from edge.core.rows import Stamp
from edge.core.state import State
from tests.core.desk import Desk, sent
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target

NAMES: Final = (*sorted(KINDS), "of_a_later_release")


@functools.cache
def lived() -> Desk:
    """A morning at the desk, with something of nearly everything in its books."""
    first = sent("JD000001", pin="11112222")
    second = sent("JD000002")
    desk = Desk(stands={1: first, 2: sent("JD000003")})
    desk.announce(second)
    desk.scan(desk.code(first))
    desk.take(1)
    desk.courier_comes()
    desk.deposit(second)
    desk.door_opens(5)
    desk.door_closes(5)
    desk.scan(desk.code(sent("JD000003")))
    return desk


def _event(data: bytes) -> Event | None:
    """An event in JSON, or the fields of one, changed.  Whoever reads the journal is told BadInput."""
    feed = Feed(data)
    kind = feed.pick(NAMES)
    if feed.byte() & 1:
        own = [payload for name, payload, _ in lived().rows if name == kind]
        fields = msgspec.json.decode(own[0]) if own else {}
        try:
            payload = msgspec.json.encode(feed.changed(fields))
        except (msgspec.EncodeError, TypeError, OverflowError, ValueError):
            return None
    else:
        payload = feed.rest()
    return events.decode(kind, payload)


def _is_read_back(event: Event) -> None:
    if isinstance(event, Unknown):
        return
    again = events.decode(event.kind, events.encode(event))
    if again != event:
        raise Finding(f"event: {event} is read back as {again}")
    if not event.sentence():
        raise Finding(f"event: {event} says nothing")


def _events() -> list[bytes]:
    some = [bytes([NAMES.index(kind), 0]) + payload for kind, payload, _ in lived().rows]
    some += [bytes([number, 0]) + payload for number in range(3) for payload in (b"", b"{", b'{"door":"\xff"}')]
    return some + [bytes([number, 1, 3, 5, 1, 2]) for number in range(len(NAMES))]


EVENT: Final = Target("event", _event, _is_read_back, _events, max_bytes=2048)


def _state(data: bytes) -> State | None:
    feed = Feed(data)
    if not feed.byte() & 1:
        return thaw(feed.rest())
    fields = msgspec.json.decode(freeze(lived().state))
    try:
        body = msgspec.json.encode(feed.changed(fields))
    except (msgspec.EncodeError, TypeError, OverflowError, ValueError):
        return None
    return thaw(body)


def _is_frozen_again(state: State) -> None:
    body = freeze(state)
    if thaw(body) != state or freeze(thaw(body)) != body:
        raise Finding(f"snapshot: {body!r} is not read back as it is")
    seen = fold(state, events.Started("1", (1, 2)), state.head + 1, Stamp(state.boot + 1, 5, 0, "ntp"))
    if seen.head != state.head + 1:
        raise Finding("snapshot: a row was folded that did not count")


SNAPSHOT: Final = Target(
    "snapshot",
    _state,
    _is_frozen_again,
    lambda: [b"\0" + freeze(State()), b"\0" + freeze(lived().state), b"\1", b"\1" + bytes(range(40))],
    max_bytes=16_384,
)
