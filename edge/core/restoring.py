"""Start-up is recovery: one path from whatever the last life left behind to a site that serves.

Never pulses.  What the doors and sensors say now is held against what was under way; where they do not settle it, the
compartment goes to review and the credential stays good.
"""

from __future__ import annotations

from typing import Final

from edge.core import events, letting, lying, sensing
from edge.core.housekeeping import HOUSEKEEPING_S
from edge.core.inputs import Boot
from edge.core.shelf import pin_of
from edge.core.standing import Standing, StandingList
from edge.core.state import HERE, Opening, Parcel
from edge.core.turn import Turn
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    DoorState,
    Evidence,
    Level,
    ParcelState,
    Purpose,
)

WANTS_A_PERSON: Final = frozenset({"forced", "occupied", "contradiction"})


def boot(turn: Turn, seen: Boot) -> None:
    """The first input of a life."""
    turn.record(events.Started(seen.version, tuple(plan.door for plan in turn.site.compartments)))
    turn.remember(contents={d: r for d, r in seen.contents.items() if turn.site.has(d)})
    for door, reading in seen.doors.items():
        if turn.site.has(door):
            state = {Level.CLOSED: DoorState.CLOSED, Level.OPEN: DoorState.OPEN}.get(reading.level, DoorState.UNKNOWN)
            shut = state is DoorState.CLOSED
            turn.memory = turn.memory.with_door(door, state=state, reading=reading, shut=shut)
    if seen.release_s > turn.state.floor_at(turn.now.stamp.mono_ms):
        turn.record(events.TimeSigned(seen.release_s, "release"))
    for opening in tuple(turn.state.openings.values()):
        _resume(turn, opening)
    _settle_doors(turn)
    adopt(turn)
    lying.at_start(turn)
    turn.after(HOUSEKEEPING_S, "housekeeping")


def content_now(turn: Turn, door: int) -> Content:
    """What the sensor of `door` says, `unknown` where there is none."""
    if not turn.site.has(door) or turn.site.plan(door).content is ContentSensor.NONE:
        return Content.UNKNOWN
    reading = turn.memory.contents.get(door)
    return reading.content if reading is not None else Content.UNKNOWN


def _resume(turn: Turn, opening: Opening) -> None:
    """One row of the crash table for one opening."""
    if opening.door not in turn.state.compartments:  # it was free, and is not in the wall any more
        turn.record(events.OpeningLapsed(opening.number, opening.door, "not_in_the_wall"))
        return
    state = turn.memory.sense(opening.door).state
    reading = turn.memory.sense(opening.door).reading
    if state is DoorState.OPEN and reading is not None:
        turn.record(events.DoorAdopted(opening.number, opening.door, reading.evidence))
        sensing.watch(turn, opening)
    elif state is not DoorState.CLOSED or reading is None:
        _to_review(turn, opening)
    elif opening.opened_ms < 0:
        _authorised_only(turn, opening)
    else:
        if not opening.closed:
            turn.record(events.DoorClosed(opening.number, opening.door, reading.evidence, 0))
        _was_open(turn, turn.state.openings[opening.number])


def _authorised_only(turn: Turn, opening: Opening) -> None:
    """Pulsed or not, nobody knows; the door is closed.  Content unchanged on sensor evidence: nothing happened."""
    content = content_now(turn, opening.door)
    booked = turn.state.compartments[opening.door].parcels
    if not booked:
        unchanged = content is Content.EMPTY
    else:  # beside another parcel a sensor misses one that came or went
        unchanged = content is Content.PRESENT and len(booked) == 1 and not _puts_in(opening)
    if not unchanged:
        _to_review(turn, opening)
        return
    turn.record(events.OpeningLapsed(opening.number, opening.door, "interrupted"))
    if turn.state.compartments[opening.door].state is CompartmentState.HELD:
        turn.record(events.CompartmentFreed(opening.door, Evidence.SENSOR, opening.number))


def _was_open(turn: Turn, opening: Opening) -> None:
    """The door had been open and is closed: the content decides, else somebody looks."""
    content = content_now(turn, opening.door)
    if content is Content.UNKNOWN:
        _to_review(turn, opening)
    else:
        turn.flows[opening.purpose].judged(turn, opening, content)


def _to_review(turn: Turn, opening: Opening) -> None:
    maybe = tuple(p for p in opening.parcels if turn.state.parcels[p].state is ParcelState.ANNOUNCED)
    putting_in = maybe if _puts_in(opening) else ()
    turn.record(events.CompartmentToReview(opening.door, "interrupted", opening.number, putting_in))


def _puts_in(opening: Opening) -> bool:
    return opening.purpose in (Purpose.DEPOSIT, Purpose.DROP_OFF)


def _settle_doors(turn: Turn) -> None:
    for plan in turn.site.compartments:
        door = plan.door
        if turn.state.live(door) is not None:
            continue
        if turn.memory.sense(door).state is DoorState.OPEN:
            sensing.found_open(turn, door)
        if turn.state.compartments[door].state is CompartmentState.HELD:
            letting.unlet(turn, door)


# -- a new card -----------------------------------------------------------------------------------------------------


def adopt(turn: Turn, *, awaited: bool = False) -> None:
    """Take from the standing list what the books do not know; then free what is sensed empty.

    awaited: the list has just come, and ends what a fork or a new card made doubtful.

    The same at every start, whenever a list comes, and once a minute: on a site that knows its parcels there is
    nothing to adopt.
    """
    if turn.state.restoring:
        return
    standing = turn.shelf.standing
    listed = standing.parcels if standing is not None else ()
    left_out = _left_out(turn, standing, awaited) if standing is not None else ()
    for entry in [entry for entry in listed if _matches(turn, entry)]:  # several may be behind one door
        _adopt(turn, entry)
    for parcel in left_out:
        turn.record(events.ParcelGone(parcel.id, parcel.door, 0, "missing", Evidence.NONE))
    for plan in turn.site.compartments:
        free_if_sensed(turn, plan.door)


def _left_out(turn: Turn, standing: StandingList, awaited: bool) -> tuple[Parcel, ...]:
    """What an earlier day's books have behind a door where nobody has looked since the fork, and the list does not.

    It may have been collected on the card that is lost, so its code may be used up: it opens no door, behind which
    something else may stand by now, before somebody has found the parcel there (I2).
    """
    listed = {entry.parcel for entry in standing.parcels}
    parcels = (p for p in turn.state.parcels.values() if p.state in HERE and p.id not in listed)
    known = tuple(p for p in parcels if p.door in turn.state.compartments)
    return tuple(p for p in known if _is_older(turn, p) or (awaited and _is_shut_away(turn, p)))


def _is_shut_away(turn: Turn, known: Parcel) -> bool:
    """Whether it was in doubt behind a door out of service, whose reason does not say that there was a fork."""
    away = turn.state.compartments[known.door].state is CompartmentState.OUT_OF_SERVICE
    return away and known.state is ParcelState.UNCERTAIN


def _matches(turn: Turn, entry: Standing) -> bool:
    record = turn.state.compartments.get(entry.door)
    if record is None or record.state is not CompartmentState.REVIEW or record.reason not in ("unknown", "fork"):
        return False
    if turn.state.live(entry.door) is not None:
        return False  # it is being opened: what stands there is known when that has come to its end
    known = turn.state.parcels.get(entry.parcel)
    elsewhere = known is not None and known.state in HERE and known.door != entry.door and not _is_older(turn, known)
    ended = known is not None and known.state in (ParcelState.COLLECTED, ParcelState.GONE) and not _never_came(known)
    ended = ended or f"{entry.reservation}:{entry.parcel}" in turn.state.consumed
    return not elsewhere and not ended and content_now(turn, entry.door) is not Content.EMPTY


def _never_came(known: Parcel) -> bool:
    """Called off, or not brought, before it ever stood here: a list that has it behind a door tells of a later day.

    Of one that stood here once an old list may tell as well, so it is not adopted again (I2).
    """
    stood = known.hold_ends_ms or known.hold_left_ms >= 0 or known.ended_wall_s
    return known.state is ParcelState.GONE and not stood


def _is_older(turn: Turn, known: Parcel) -> bool:
    """Whether the list is newer than what the books have of the parcel: since a fork nobody has looked for it."""
    record = turn.state.compartments[known.door]
    doubted = record.state is CompartmentState.REVIEW and record.reason == "fork"
    return doubted and known.state is ParcelState.UNCERTAIN and turn.state.live(known.door) is None


def _adopt(turn: Turn, entry: Standing) -> None:
    known = turn.state.parcels.get(entry.parcel)
    if known is not None and known.state in HERE and known.door != entry.door:
        turn.record(events.ParcelGone(entry.parcel, known.door, 0, "moved", Evidence.NONE))
    sensed = content_now(turn, entry.door) is Content.PRESENT
    hold_s = max(0, entry.hold_until - turn.now.time.best_s) if turn.now.time.best_s else 0
    turn.record(
        events.StandingAdopted(
            parcel=entry.parcel,
            reservation=entry.reservation,
            carrier=entry.carrier,
            door=entry.door,
            evidence=Evidence.SENSOR if sensed else Evidence.NONE,
            generation=entry.generation,
            size=entry.size,
            parcel_kind=entry.kind,
            returning=entry.returning,
            second_factor=entry.second_factor,
            hold_s=min(hold_s or turn.site.policy.default_hold_s, 90 * 86400),
        ),
        beside=(pin_of(entry.reservation, entry.pin),) if entry.pin else (),
    )


def free_if_sensed(turn: Turn, door: int) -> None:
    """A compartment in review that holds nothing in the books, is closed and is sensed empty, is free (I6).

    Not one that went open by itself, or where somebody saw what its sensor does not: those wait for a person.
    """
    record = turn.state.compartments[door]
    if (
        record.state is CompartmentState.REVIEW
        and not record.parcels
        and record.reason not in WANTS_A_PERSON
        and turn.state.live(door) is None
        and letting.sensed(turn, door) is Content.EMPTY
    ):
        turn.record(events.CompartmentFreed(door, Evidence.SENSOR))
