"""One machine per door: from an authority to a pulse, to evidence that it opened, to evidence that it closed.

authorise ──commit──► pulse ──edge──► open ──close──► content read ──► judged by the flow of its purpose
                        │no edge: a fresh reading of "closed" → "push, then pull" → second pulse → jammed
                        │no valid reading: broken; never pulsed again
                        └late, refused, not driven: lapsed
"""

from __future__ import annotations

from typing import Final

from edge.core import events
from edge.core.effects import Light, ReadDoors, Unlock
from edge.core.inputs import PulseBegan, PulseEnded
from edge.core.state import Authority, Opening
from edge.core.turn import Turn
from edge.core.words import (
    DoorState,
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
    opening = _unmoved(turn, number, attempt)
    if opening is None:
        return
    sense = turn.memory.sense(opening.door)
    # An earlier one says little: the lock had not had its time, and the board may have died since.
    fresh = sense.reading is not None and sense.reading.at_s >= sense.began_s + turn.timers.edge_s - SOON_S
    if not fresh or sense.reading is None or sense.reading.level is not Level.CLOSED:
        _doubtful(turn, opening)
    elif opening.attempt < PULSES:
        turn.flows[opening.purpose].asked_to_push(turn, opening)
        turn.after(turn.timers.push_s, "push", number, attempt)
    else:
        turn.record(events.DoorJammed(number, opening.door, ticket=number))
        turn.memory = turn.memory.with_door(opening.door, state=DoorState.JAMMED)
        turn.act(Light(opening.door, False))
        turn.beep("wrong")
        turn.flows[opening.purpose].jammed(turn, opening)


def pushed(turn: Turn, number: int, attempt: int) -> None:
    """Who stands there has had time to take the load off the latch: the next pulse, if the door is still seen shut."""
    opening = _unmoved(turn, number, attempt)
    if opening is None:
        return
    sense = turn.memory.sense(opening.door)
    if sense.reading is None or sense.reading.level is not Level.CLOSED:
        _doubtful(turn, opening)
        return
    if not turn.memory.rail_ok:
        lapse(turn, opening, "supply_after_pulse")
        return
    turn.record(events.OpeningRetried(number, opening.door, attempt + 1))
    turn.memory = turn.memory.with_door(opening.door, began_s=-1.0)
    _pulse(turn, opening.door, number, attempt + 1)


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


def _unmoved(turn: Turn, number: int, attempt: int) -> Opening | None:
    """The opening, when it still waits and its latch has not moved either: else the latch timer decides."""
    opening = _unlocking(turn, number, attempt)
    return opening if opening is not None and turn.memory.sense(opening.door).latch_s < 0 else None
