"""What the doors and compartments tell: levels, latches and contents, and what follows from each.

Only a valid reading is evidence (I5): a switch at once, a latch when it has stayed for its second, a sensor when it was
read after the door was shut.  What comes of the pulse itself is said in `doors`.
"""

from __future__ import annotations

from collections.abc import Mapping

from edge.core import events
from edge.core.doors import SOON_S, lapse, no_edge
from edge.core.effects import Light, ReadContent
from edge.core.ports import ContentReading, DoorReading
from edge.core.state import Opening
from edge.core.turn import Turn
from edge.core.words import CompartmentState, Content, ContentSensor, DoorState, Evidence, Level

# -- levels ---------------------------------------------------------------------------------------------------------


def levels(turn: Turn, readings: Mapping[int, DoorReading]) -> None:
    """Take in door readings, each by itself."""
    for door, reading in readings.items():
        if turn.site.has(door) and door in turn.state.compartments:
            _see(turn, door, reading)


def _see(turn: Turn, door: int, reading: DoorReading) -> None:
    sense = turn.memory.sense(door)
    if sense.reading is not None and reading.at_s < sense.reading.at_s:
        return  # overtaken by a later one
    turn.memory = turn.memory.with_door(door, reading=reading)
    if reading.level is Level.UNKNOWN:
        turn.memory = turn.memory.with_door(door, shut_s=-1.0, latch_s=-1.0)  # a second is one without a gap
        if sense.state is not DoorState.UNLOCKING:
            since_s = sense.unseen_s if sense.state is DoorState.UNKNOWN else reading.at_s
            turn.memory = turn.memory.with_door(door, state=DoorState.UNKNOWN, unseen_s=since_s)
    elif reading.level is Level.OPEN:
        turn.memory = turn.memory.with_door(door, shut_s=-1.0)
        _seen_open(turn, door, reading)
        turn.memory = turn.memory.with_door(door, shut=False)
    else:
        _seen_closed(turn, door, reading)


def _seen_open(turn: Turn, door: int, reading: DoorReading) -> None:
    """Also after a silence: what was closed before it and is open after it went open, whether seen to or not (I7)."""
    sense = turn.memory.sense(door)
    opening = turn.state.live(door)
    if opening is None:
        if reading.at_s < sense.ours_until_s:
            turn.memory = turn.memory.with_door(door, ours_until_s=-1.0)
            found_open(turn, door)
        elif sense.state in (DoorState.CLOSED, DoorState.JAMMED) or (sense.state is DoorState.UNKNOWN and sense.shut):
            _forced(turn, door, reading, 0)
        elif sense.state is DoorState.UNKNOWN:
            found_open(turn, door)
    elif opening.opened_ms < 0:
        if opening.attempt == 1 and _before_the_pulse(turn, door):  # before any pulse of ours
            _forced(turn, door, reading, opening.number)
            lapse(turn, opening, "forced")
        elif reading.evidence is Evidence.LATCH:
            _latch_retracted(turn, opening, reading)
        else:
            _opened(turn, opening, reading.evidence)
    elif opening.closed:  # swung open again before it was known what the opening came to
        if reading.evidence is Evidence.LATCH:
            _latch_retracted(turn, opening, reading)
        else:
            _opened(turn, opening, reading.evidence)
    elif sense.state is DoorState.UNKNOWN:
        turn.memory = turn.memory.with_door(door, state=DoorState.OPEN, unseen_s=-1.0)


def _before_the_pulse(turn: Turn, door: int) -> bool:
    """Whether the last reading of the door is from before the present pulse began, or none has begun."""
    sense = turn.memory.sense(door)
    return sense.began_s < 0 or (sense.reading is not None and sense.reading.at_s < sense.began_s)


def _latch_retracted(turn: Turn, opening: Opening, reading: DoorReading) -> None:
    """A latch proves an open door only when it stays retracted: a jammed one springs back."""
    if turn.memory.sense(opening.door).latch_s < 0:
        turn.memory = turn.memory.with_door(opening.door, latch_s=reading.at_s)
        turn.after(turn.timers.latch_s, "latch", opening.number, opening.attempt)


def latch_held(turn: Turn, number: int, attempt: int) -> None:
    opening = turn.state.openings.get(number)
    if opening is None or opening.attempt != attempt or (opening.opened_ms >= 0 and not opening.closed):
        return
    sense = turn.memory.sense(opening.door)
    if sense.latch_s >= 0 and sense.reading is not None and sense.reading.level is Level.OPEN:
        _opened(turn, opening, Evidence.LATCH)
    elif sense.began_s >= 0 and turn.now.mono_s >= sense.began_s + turn.timers.edge_s:
        no_edge(turn, number, attempt)  # its status was put off for this second, which came to nothing


def _opened(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    # A hand that pushes, as it was asked to, may open what the first pulse set free before the second one begins.
    by_first = opening.opened_ms < 0 and opening.attempt > 1 and _before_the_pulse(turn, opening.door)
    turn.record(events.DoorOpened(opening.number, opening.door, opening.attempt - by_first, evidence))
    turn.memory = turn.memory.with_door(opening.door, unseen_s=-1.0, unseen_ms=0)
    if turn.memory.sense(opening.door).state is not DoorState.OPEN:
        turn.memory = turn.memory.with_door(opening.door, state=DoorState.OPEN, latch_s=-1.0)
    watch(turn, opening)
    turn.flows[opening.purpose].opened(turn, turn.state.openings[opening.number])


def watch(turn: Turn, opening: Opening) -> None:
    """Remind, then tell the operator, when the door stands open for too long."""
    turn.after(turn.timers.open_reminder_s, "open_reminder", opening.number)
    turn.after(turn.timers.open_operator_s, "open_operator", opening.number)


def stands_open(turn: Turn, number: int, *, tell: bool) -> None:
    """A door of a live opening is still open: remind the person, or tell the operator."""
    opening = turn.state.openings.get(number)
    if opening is None or opening.opened_ms < 0 or opening.closed:
        return
    turn.beep("hurry")
    session = turn.session
    if session is not None and session.opening == number:
        turn.update(params=dict(session.params) | {"still_open": True})
    if not tell:
        turn.after(turn.timers.open_reminder_s, "open_reminder", number)
        return
    open_s = (turn.running_ms - opening.opened_ms) // 1000
    turn.record(events.DoorLeftOpen(number, opening.door, open_s))
    if turn.memory.sense(opening.door).state is DoorState.OPEN:
        turn.memory = turn.memory.with_door(opening.door, state=DoorState.OPEN_TOO_LONG)
    turn.flows[opening.purpose].left_open(turn, opening)


def _seen_closed(turn: Turn, door: int, reading: DoorReading) -> None:
    sense = turn.memory.sense(door)
    opening = turn.state.live(door)
    if sense.latch_s >= 0:
        turn.memory = turn.memory.with_door(door, latch_s=-1.0)  # sprang back: no evidence
    if opening is not None and opening.opened_ms < 0:
        return
    if reading.evidence is not Evidence.LATCH or sense.state in (DoorState.CLOSED, DoorState.JAMMED):
        _shut(turn, door, reading, reading.at_s)
    elif sense.shut_s < 0:  # a bumped door springs its latch for a moment: closed only when it stays so (I5)
        turn.memory = turn.memory.with_door(door, shut_s=reading.at_s)
        turn.after(turn.timers.latch_s, "shut", door)


def latch_shut(turn: Turn, door: int) -> None:
    """A latch has had its time: closed, when it has not moved since."""
    sense = turn.memory.sense(door)
    if sense.shut_s < 0 or sense.reading is None:
        return
    left_s = sense.shut_s + turn.timers.latch_s - turn.now.mono_s
    if left_s > 0:  # stamps are rounded, and it may have moved since this timer was set: nobody else would ask again
        turn.after(max(left_s, SOON_S), "shut", door)
    else:
        _shut(turn, door, sense.reading, sense.shut_s)


def _shut(turn: Turn, door: int, reading: DoorReading, since_s: float) -> None:
    """The door is closed, on evidence, since `since_s`."""
    sense = turn.memory.sense(door)
    opening = turn.state.live(door)
    turn.memory = turn.memory.with_door(door, shut=True, shut_s=-1.0)
    if opening is not None and not opening.closed:
        held_ms = max(0, round((turn.now.mono_s - since_s) * 1000)) if reading.evidence is Evidence.LATCH else 0
        open_ms = max(0, turn.running_ms - opening.opened_ms - held_ms)
        turn.record(events.DoorClosed(opening.number, door, reading.evidence, open_ms))
        turn.memory = turn.memory.with_door(
            door,
            state=DoorState.CLOSED,
            closed_s=since_s,
            judged=False,
            unseen_s=-1.0,
            unseen_ms=0 if sense.unseen_s < 0 else round((since_s - sense.unseen_s) * 1000),
        )
        turn.act(Light(door, False))
        _ask_content(turn, turn.state.openings[opening.number])
        return
    if sense.state in (DoorState.FORCED, DoorState.OPEN, DoorState.OPEN_TOO_LONG):
        turn.record(events.DoorShut(door, reading.evidence))
    if opening is None and sense.state is not DoorState.CLOSED:  # what was sensed before counts no more
        turn.memory = turn.memory.with_door(door, closed_s=since_s)
    if sense.state is not DoorState.JAMMED:
        turn.memory = turn.memory.with_door(door, state=DoorState.CLOSED)


def _forced(turn: Turn, door: int, reading: DoorReading, during: int) -> None:
    turn.record(events.DoorForced(door, reading.evidence, during))
    turn.memory = turn.memory.with_door(door, state=DoorState.FORCED, began_s=-1.0, latch_s=-1.0)
    turn.beep("alarm")


def found_open(turn: Turn, door: int) -> None:
    """Open without an opening, and nobody knows that it was ever closed: at start-up, or at a board's first answer."""
    turn.memory = turn.memory.with_door(door, state=DoorState.OPEN)
    if turn.state.compartments[door].state in (CompartmentState.FREE, CompartmentState.OCCUPIED):
        turn.record(events.CompartmentToReview(door, "found_open"))


# -- content --------------------------------------------------------------------------------------------------------


def shut_at_once(turn: Turn, opening: Opening) -> bool:
    """Whether the door was *seen* open for so short a time that nobody is likely to have moved anything (I5)."""
    return opening.open_ms - turn.memory.sense(opening.door).unseen_ms < turn.timers.shortest_open_s * 1000


def _ask_content(turn: Turn, opening: Opening) -> None:
    if turn.site.plan(opening.door).content is ContentSensor.NONE:
        turn.flows[opening.purpose].judged(turn, opening, Content.UNKNOWN)
        return
    turn.act(ReadContent((opening.door,)))
    turn.after(turn.timers.settle_s, "settle", opening.number, round(turn.memory.sense(opening.door).closed_s * 1000))


def contents(turn: Turn, readings: Mapping[int, ContentReading]) -> None:
    """Take in content readings; judge the openings that wait for one taken after their door was closed."""
    known = {door: r for door, r in readings.items() if turn.site.has(door)}
    turn.remember(contents={**turn.memory.contents, **known})
    for door, reading in known.items():
        opening = turn.state.live(door)
        if opening is None or not opening.closed or reading.content is Content.UNKNOWN:
            continue
        if reading.at_s >= turn.memory.sense(door).closed_s and not turn.memory.sense(door).judged:
            _judge(turn, opening, reading.content)


def not_settled(turn: Turn, number: int, closed: str) -> None:
    """No settled reading came: the sensor says nothing, and nothing is concluded from it."""
    opening = turn.state.openings.get(number)
    if opening is None or not opening.closed or turn.memory.sense(opening.door).judged:
        return
    if str(round(turn.memory.sense(opening.door).closed_s * 1000)) == closed:
        turn.record(events.FaultRaised("content_sensor", f"door {opening.door}", "no settled reading"))
        _judge(turn, opening, Content.UNKNOWN)


def _judge(turn: Turn, opening: Opening, content: Content) -> None:
    turn.memory = turn.memory.with_door(opening.door, judged=True)
    if content is not Content.UNKNOWN and f"content_sensor:door {opening.door}" in turn.state.faults:
        turn.record(events.FaultCleared("content_sensor", f"door {opening.door}"))
    turn.flows[opening.purpose].judged(turn, opening, content)


def interrupted(turn: Turn, opening: Opening) -> bool:
    """A cut came between its authority and its end: nothing may be inferred from how it ends (I6)."""
    return opening.adopted or opening.boot != turn.now.stamp.boot
