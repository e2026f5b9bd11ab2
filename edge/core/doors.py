"""One machine per door: from an authority to a pulse, to evidence that it opened, to evidence that it closed.

authorise ──commit──► pulse ──edge──► open ──close──► content read ──► judged by the flow of its purpose
                        │no edge: a fresh reading of "closed" → second pulse → jammed
                        │no valid reading: broken; never pulsed again
                        └late, refused, not driven: lapsed
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edge.core import events
from edge.core.effects import Light, ReadContent, ReadDoors, Unlock
from edge.core.inputs import PulseBegan, PulseEnded
from edge.core.ports import ContentReading, DoorReading
from edge.core.state import Authority, Opening
from edge.core.turn import Turn
from edge.core.words import (
    CompartmentState,
    Content,
    ContentSensor,
    DoorState,
    Evidence,
    Level,
    PulseOutcome,
    Purpose,
)

PULSES: Final = 2  # at most, for one opening

SOON_S: Final = 0.01  # stamps have milliseconds; a timer below that would come before its time again, or a hair early

NOT_DRIVEN: Final = {PulseOutcome.LATE: "late", PulseOutcome.REFUSED: "coil_limit", PulseOutcome.BROKEN: "board"}


# -- authority ------------------------------------------------------------------------------------------------------


def hindrance(turn: Turn, door: int) -> str:
    """Why no opening of `door` can be authorised now; empty when one can."""
    sense = turn.memory.sense(door)
    if turn.state.live(door) is not None:
        return "under_way"
    if len(turn.state.openings) >= turn.site.policy.live_openings:
        return "too_many_open"
    if not turn.memory.rail_ok:
        return "supply"
    if sense.state is DoorState.UNKNOWN or sense.reading is None or sense.reading.level is Level.UNKNOWN:
        return "board"
    if sense.reading.level is Level.OPEN or sense.state not in (DoorState.CLOSED, DoorState.JAMMED):
        return "stands_open"
    return ""


def authorise(
    turn: Turn,
    door: int,
    purpose: Purpose,
    authority: Authority,
    parcels: tuple[str, ...] = (),
    *,
    grace: bool = False,
    expires_s: int = 0,
) -> Opening:
    """Record the authority and ask for the first pulse.  The caller has asked `hindrance` first."""
    state = turn.state
    number = state.next_opening
    heard = state.heard_ms
    turn.record(
        events.OpeningAuthorised(
            opening=number,
            door=door,
            purpose=purpose,
            authority=authority,
            parcels=parcels,
            list_age_s=-1 if heard < 0 else (turn.running_ms - heard) // 1000,
            grace=grace,
            expires_s=expires_s,
        )
    )
    turn.memory = turn.memory.with_door(door, state=DoorState.UNLOCKING, began_s=-1.0, latch_s=-1.0)
    _pulse(turn, door, number, 1)
    turn.act(Light(door, True))
    return turn.state.openings[number]


def _pulse(turn: Turn, door: int, number: int, attempt: int) -> None:
    turn.act(Unlock(door, number, attempt, turn.now.mono_s + turn.timers.unlock_deadline_s))
    turn.after(turn.timers.outcome_s, "outcome", number, attempt)


# -- the pulse ------------------------------------------------------------------------------------------------------


def pulse_began(turn: Turn, began: PulseBegan) -> None:
    opening = _unlocking(turn, began.opening, began.attempt)
    if opening is not None:
        turn.memory = turn.memory.with_door(opening.door, began_s=began.at_s, latch_s=-1.0, shut=False)
        turn.after(turn.timers.edge_s, "edge", opening.number, opening.attempt)


def pulse_ended(turn: Turn, ended: PulseEnded) -> None:
    opening = _unlocking(turn, ended.opening, ended.attempt)
    if opening is None:
        return
    reason = NOT_DRIVEN.get(ended.outcome)
    if reason is None:
        if turn.memory.sense(opening.door).began_s < 0:  # a driver that cannot say when it began
            turn.memory = turn.memory.with_door(opening.door, began_s=turn.now.mono_s, shut=False)
            turn.after(turn.timers.edge_s, "edge", opening.number, opening.attempt)
        turn.act(ReadDoors((opening.door,)))
        return
    if reason == "board":
        turn.record(events.FaultRaised("board", f"door {opening.door}", ended.detail))
    if opening.attempt > 1:  # an earlier pulse was driven; its door was read closed after it
        reason = f"{reason}_after_pulse"
    lapse(turn, opening, reason)


def no_edge(turn: Turn, number: int, attempt: int) -> None:
    """No evidence since the pulse: ask the board once more before anything is concluded."""
    opening = _unlocking(turn, number, attempt)
    if opening is not None:
        turn.act(ReadDoors((opening.door,)))
        turn.after(turn.timers.status_s, "status", number, attempt)


def no_outcome(turn: Turn, number: int, attempt: int) -> None:
    """The owner of the bus said nothing at all: the pulse may or may not have been driven."""
    opening = _unlocking(turn, number, attempt)
    if opening is not None and turn.memory.sense(opening.door).began_s < 0:
        _doubtful(turn, opening)


def status(turn: Turn, number: int, attempt: int) -> None:
    """Judge the reading that `no_edge` asked for."""
    opening = _unlocking(turn, number, attempt)
    if opening is None:
        return
    sense = turn.memory.sense(opening.door)
    if sense.latch_s >= 0:
        return  # its latch is retracted; the latch timer decides
    # An earlier one says little: the lock had not had its time, and the board may have died since.
    fresh = sense.reading is not None and sense.reading.at_s >= sense.began_s + turn.timers.edge_s - SOON_S
    if not fresh or sense.reading is None or sense.reading.level is not Level.CLOSED:
        _doubtful(turn, opening)
    elif opening.attempt < PULSES:
        turn.record(events.OpeningRetried(number, opening.door, attempt + 1))
        turn.memory = turn.memory.with_door(opening.door, began_s=-1.0)
        _pulse(turn, opening.door, number, attempt + 1)
        turn.flows[opening.purpose].retried(turn, turn.state.openings[number])
    else:
        turn.record(events.DoorJammed(number, opening.door, ticket=number))
        turn.memory = turn.memory.with_door(opening.door, state=DoorState.JAMMED)
        turn.act(Light(opening.door, False))
        turn.beep("wrong")
        turn.flows[opening.purpose].jammed(turn, opening)


def lapse(turn: Turn, opening: Opening, reason: str) -> None:
    """The opening comes to nothing; nothing was moved by it."""
    turn.record(events.OpeningLapsed(opening.number, opening.door, reason))
    _rest(turn, opening.door)
    turn.flows[opening.purpose].lapsed(turn, opening, reason)


def _doubtful(turn: Turn, opening: Opening) -> None:
    """A pulse was, or may have been, driven and nobody can say what the door did: broken, never pulsed again."""
    turn.record(events.FaultRaised("door_feedback", f"door {opening.door}", "no valid reading after a pulse"))
    turn.record(events.CompartmentToReview(opening.door, "no_status", opening.number))
    _rest(turn, opening.door)
    turn.flows[opening.purpose].lapsed(turn, opening, "no_status")


def _rest(turn: Turn, door: int) -> None:
    """The door's state as its last reading has it, now that no opening is under way."""
    sense = turn.memory.sense(door)
    level = sense.reading.level if sense.reading else Level.UNKNOWN
    if sense.state is DoorState.UNLOCKING:
        at_rest = DoorState.CLOSED if level is Level.CLOSED else DoorState.UNKNOWN
        shut = at_rest is DoorState.CLOSED
        turn.memory = turn.memory.with_door(door, state=at_rest, began_s=-1.0, latch_s=-1.0, shut=shut)
    turn.act(Light(door, False))


def rest_all(turn: Turn) -> None:
    """Every opening has come to its end at once: a pulse that is still under way has no opening any more."""
    until_s = turn.now.mono_s + turn.timers.unlock_deadline_s + turn.timers.edge_s
    for door, sense in turn.memory.doors.items():
        if sense.state is DoorState.UNLOCKING and turn.state.live(door) is None:
            _rest(turn, door)
            turn.memory = turn.memory.with_door(door, ours_until_s=until_s)


def _unlocking(turn: Turn, number: int, attempt: int) -> Opening | None:
    """The opening, when it is still waiting for evidence of exactly this attempt."""
    opening = turn.state.openings.get(number)
    if opening is None or opening.attempt != attempt or opening.opened_ms >= 0:
        return None
    return opening


# -- evidence -------------------------------------------------------------------------------------------------------


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
        if sense.began_s < 0 or reading.at_s < sense.began_s:  # before any pulse of ours
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
    turn.record(events.DoorOpened(opening.number, opening.door, opening.attempt, evidence))
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
