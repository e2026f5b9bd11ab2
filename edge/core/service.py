"""Openings and acts that no customer or courier asks for: by technicians, and by the cloud under a brake."""

from __future__ import annotations

from typing import Final

from edge.core import doors, events
from edge.core.documents import DocumentRefused, Here
from edge.core.effects import AdjustScale, Answer
from edge.core.findings import Taken
from edge.core.inputs import Technical
from edge.core.orders import accept_time_reset
from edge.core.state import Authority, Opening
from edge.core.turn import Turn
from edge.core.words import AuthorityKind, CompartmentState, Content, DoorState, Evidence, Purpose

TEN_MINUTES_MS: Final = 600_000
DAY_MS: Final = 86_400_000
MAX_REASON_CHARS: Final = 200
OF_THE_SITE: Final = frozenset({"clear_alarm", "time_reset", "zero_scale", "tare_scale"})  # acts that are about no door


def braked(turn: Turn) -> str:
    """Why the brake on openings by command holds (I10); empty when it does not.  Running time, kept in the state."""
    policy, now = turn.site.policy, turn.running_ms
    lately = sum(now - t < TEN_MINUTES_MS for t in turn.state.brake_ms)
    today = sum(now - t < DAY_MS for t in turn.state.brake_ms)
    if lately >= policy.brake_openings:
        return f"brake: {lately} openings by command in ten minutes, limit {policy.brake_openings}"
    if today >= policy.brake_openings_a_day:
        return f"brake: {today} openings by command in a day, limit {policy.brake_openings_a_day}"
    return ""


def open_by_command(turn: Turn, door: int, number: int) -> str:
    """Open a door because the cloud ordered it; the result is what the order came to."""
    if not turn.site.has(door) or door not in turn.state.compartments:
        return f"refused: no door {door}"
    hold = braked(turn) or doors.hindrance(turn, door)
    if hold:
        return f"refused: {hold}"
    _open(turn, door, Authority(AuthorityKind.COMMAND, str(number)))
    return "done"


def _open(turn: Turn, door: int, authority: Authority) -> Opening:
    inside = tuple(p.id for p in turn.state.inside(door))
    return doors.authorise(turn, door, Purpose.SERVICE, authority, inside)


def technical(turn: Turn, act: Technical) -> None:
    """An act on the control socket: authorised by the kernel's word for the person, reasoned, journaled."""
    if not act.reason.strip() or len(act.reason) > MAX_REASON_CHARS:
        _answer(turn, act, False, f"a reason of 1 to {MAX_REASON_CHARS} characters is needed")
        return
    if act.act not in OF_THE_SITE and act.door not in turn.state.compartments:
        _answer(turn, act, False, f"no door {act.door} in this wall")
        return
    handler = {
        "open": _technician_opens,
        "out_of_service": _out_of_service,
        "in_service": _in_service,
        "empty": _seen_empty,
        "clear_alarm": _clear_alarm,
        "time_reset": _time_reset,
        "zero_scale": _adjust_scale,
        "tare_scale": _adjust_scale,
    }.get(act.act)
    if handler is None:
        _answer(turn, act, False, f"unknown act {act.act!r}")
    else:
        handler(turn, act)


def _technician_opens(turn: Turn, act: Technical) -> None:
    hold = doors.hindrance(turn, act.door)
    if hold:
        _answer(turn, act, False, f"door {act.door} cannot be opened now: {hold}")
        return
    opening = _open(turn, act.door, Authority(AuthorityKind.TECHNICIAN, act.user))
    turn.record(events.ActDone("open", act.user, act.door, act.reason))
    turn.remember(asked={**turn.memory.asked, opening.number: act.request})


def _out_of_service(turn: Turn, act: Technical) -> None:
    if turn.state.compartments[act.door].state is CompartmentState.HELD:
        _answer(turn, act, False, f"compartment {act.door} is held for a deposit under way")
        return
    if turn.state.live(act.door) is not None:
        _answer(turn, act, False, f"an opening of door {act.door} is under way")
        return
    turn.record(events.ActDone(act.act, act.user, act.door, act.reason))
    turn.record(events.CompartmentOutOfService(act.door, act.reason[:64]))
    _answer(turn, act, True, f"compartment {act.door} is out of service")


def _in_service(turn: Turn, act: Technical) -> None:
    if turn.state.compartments[act.door].state is not CompartmentState.OUT_OF_SERVICE:
        _answer(turn, act, False, f"compartment {act.door} is not out of service")
        return
    turn.record(events.ActDone(act.act, act.user, act.door, act.reason))
    back_in_service(turn, act.door)
    _answer(turn, act, True, f"compartment {act.door} is {turn.state.compartments[act.door].state}")


def back_in_service(turn: Turn, door: int) -> None:
    turn.record(events.CompartmentInService(door))
    if turn.memory.sense(door).state is DoorState.JAMMED:
        turn.memory = turn.memory.with_door(door, state=DoorState.CLOSED)


def _seen_empty(turn: Turn, act: Technical) -> None:
    """The technician looked inside: empty.  Only a closed compartment in review is freed by it (I6)."""
    record, sense = turn.state.compartments[act.door], turn.memory.sense(act.door)
    if record.state is not CompartmentState.REVIEW:
        _answer(turn, act, False, f"compartment {act.door} is {record.state}, not in review")
    elif sense.state is not DoorState.CLOSED or turn.state.live(act.door) is not None:
        _answer(turn, act, False, f"door {act.door} is {sense.state}: shut it first")
    else:
        turn.record(events.ActDone(act.act, act.user, act.door, act.reason))
        turn.record(events.CompartmentFreed(act.door, Evidence.PERSON))
        _answer(turn, act, True, f"compartment {act.door} is free")


def _clear_alarm(turn: Turn, act: Technical) -> None:
    alarm = str(act.detail.get("alarm", ""))
    if alarm not in turn.state.alarms:
        _answer(turn, act, False, f"no alarm {alarm!r}; there are: {sorted(turn.state.alarms)}")
        return
    what, _, which = alarm.partition(":")
    turn.record(events.AlarmCleared(what, which, act.user))
    _answer(turn, act, True, f"alarm {alarm} cleared")


def _time_reset(turn: Turn, act: Technical) -> None:
    """The root's word that the clock's floor is wrong, carried by hand: by such a clock every command is expired."""
    try:
        document = bytes.fromhex(str(act.detail.get("document", "")))
    except ValueError:
        _answer(turn, act, False, "the document is not hexadecimal")
        return
    result = reset_time(turn, document)
    if result != "done":
        _answer(turn, act, False, result)
        return
    turn.record(events.ActDone(act.act, act.user, 0, act.reason))
    _answer(turn, act, True, f"the clock's floor is {turn.state.floor_s}; an alarm says so")


def _adjust_scale(turn: Turn, act: Technical) -> None:
    """It is answered by what is read of the scale afterwards."""
    turn.record(events.ActDone(act.act, act.user, 0, act.reason))
    turn.act(AdjustScale(act.act == "tare_scale", act.request))


def reset_time(turn: Turn, document: bytes) -> str:
    """Lower the clock's floor, when the root signed it; always an alarm.  Returns "done", or why not."""
    here = Here(turn.site.number, turn.site.groups)
    try:
        taken = turn.found("document", lambda: _accepted(turn, document, here))
    except DocumentRefused as error:
        return f"refused: {error.reason}"
    turn.record(events.TimeReset(taken.to_s, taken.version))
    return "done"


def _accepted(turn: Turn, document: bytes, here: Here) -> Taken:
    reset = accept_time_reset(turn.state.time_reset_version, document, turn.site.root_public, here)
    return Taken(reset.version, "", to_s=reset.to)


def _answer(turn: Turn, act: Technical, ok: bool, text: str) -> None:
    turn.act(Answer(act.request, ok, text))


class Service:
    """The flow of openings by technicians and commands."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        self._tell(turn, opening, True, f"door {opening.door} is open (seen by its {opening.evidence})")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        """Whoever was in there may have moved things: only a sensor that agrees with the books keeps them."""
        turn.record(events.OpeningEnded(opening.number, opening.door, "service"))
        record = turn.state.compartments[opening.door]
        as_booked = Content.PRESENT if record.parcels else Content.EMPTY
        let_or_free = (CompartmentState.FREE, CompartmentState.HELD, CompartmentState.OCCUPIED)
        if record.state in let_or_free and content is not as_booked:
            turn.record(events.CompartmentToReview(opening.door, "after_service"))

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        pass

    def jammed(self, turn: Turn, opening: Opening) -> None:
        self._tell(turn, opening, False, f"door {opening.door} is jammed: two pulses, read closed after each")

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        self._tell(turn, opening, False, f"door {opening.door} did not open: {reason}")

    def left_open(self, turn: Turn, opening: Opening) -> None:
        pass

    def _tell(self, turn: Turn, opening: Opening, ok: bool, text: str) -> None:
        request = turn.memory.asked.get(opening.number)
        if request is not None:
            rest = {n: r for n, r in turn.memory.asked.items() if n != opening.number}
            turn.remember(asked=rest)
            turn.act(Answer(request, ok, text, opening.number))
