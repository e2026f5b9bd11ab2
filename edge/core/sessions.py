"""One person at the screen: greeting, refusing, idling, saying good-bye."""

from __future__ import annotations

from typing import Any, Final

from edge.core import events
from edge.core.memory import Session
from edge.core.state import Opening
from edge.core.turn import Turn
from edge.core.words import Role

MAX_EXTENSIONS: Final = 10  # of the idle time: WCAG 2.2.1
REFUSALS_TOLD_EVERY_S: Final = 60

# At these nobody is asked anything: a door is moving or stands open, and the session waits for it.
WAITING: Final = frozenset(
    {"opening", "push_then_pull", "take", "put", "take_out", "place", "left_inside", "look_inside", "scan_out"}
)
LAST: Final = frozenset({"thanks", "receipt", "summary", "cancelled"})  # these go by themselves


def show(turn: Turn, session: Session, stage: str, **changes: Any) -> Session:
    """Put `stage` up for this person and begin to count idling, unless a door is waited for."""
    session = session.at(stage, **changes)
    turn.show(session)
    if stage not in WAITING:
        turn.after(turn.timers.idle_s, "idle", turn.memory.choices)
    return session


def good_bye(turn: Turn, session: Session, stage: str, **changes: Any) -> None:
    """A last screen that goes by itself."""
    turn.show(session.at(stage, **changes))
    turn.after(turn.timers.thanks_s, "home", turn.memory.choices)


def home(turn: Turn) -> None:
    """Nobody is at the screen; everything about the last person is forgotten."""
    turn.show(None)
    turn.look_for("qr")


def idle(turn: Turn, choices: str) -> None:
    """Warn before going home; the choice set stays the same, so that a tap on it is not stale."""
    session = turn.session
    if session is None or str(turn.memory.choices) != choices or session.stage in WAITING | LAST:
        return
    if _has_a_door_open(turn, session):
        turn.after(turn.timers.idle_s, "idle", choices)  # a session whose door stands open never times out
        return
    turn.update(warned=True)
    turn.beep("hurry")
    turn.after(turn.timers.warning_s, "home", turn.memory.choices)


def _has_a_door_open(turn: Turn, session: Session) -> bool:
    own = (o for o in turn.state.openings.values() if o.number == session.opening or _by(session, o))
    return any(not opening.closed for opening in own)


def _by(session: Session, opening: Opening) -> bool:
    return session.role is not Role.CUSTOMER and opening.authority.ref == session.badge


def more_time(turn: Turn) -> None:
    session = turn.session
    if session is not None and session.warned and session.extended < MAX_EXTENSIONS:
        turn.update(warned=False, extended=session.extended + 1)
        turn.show(turn.session)
        turn.after(turn.timers.idle_s, "idle", turn.memory.choices)


def refuse(turn: Turn, reason: str, source: str, *, reservation: str = "", **params: Any) -> None:
    """Say why, in one plain sentence; journal it, repeats of one reason within a minute as one event."""
    count_refusal(turn, reason, source, reservation)
    turn.beep("wrong")
    session = turn.session
    if session is not None and session.role is not Role.CUSTOMER:
        show(turn, session, "refused", params={"reason": reason, "back": session.stage, **params})
        return
    show(turn, Session(Role.CUSTOMER, "refused"), "refused", params={"reason": reason, "source": source, **params})


def count_refusal(turn: Turn, reason: str, source: str, reservation: str = "") -> None:
    key = f"{source}:{reason}"
    since, waiting = turn.memory.refusals.get(key, (-REFUSALS_TOLD_EVERY_S, 0))
    refusals = dict(turn.memory.refusals)
    if turn.now.mono_s - since < REFUSALS_TOLD_EVERY_S or turn.state.space != "ok":
        refusals[key] = (since, waiting + 1)
        turn.after(max(0.0, since + REFUSALS_TOLD_EVERY_S - turn.now.mono_s), "refusals", key)
    else:
        refusals[key] = (turn.now.mono_s, 0)
        turn.record(events.CredentialRefused(reason, source, 1, reservation))
    turn.remember(refusals=refusals)


def tell_refusals(turn: Turn, key: str) -> None:
    """A minute is over: what was refused in it is one event."""
    _, waiting = turn.memory.refusals.get(key, (0.0, 0))
    if not waiting or turn.state.space != "ok":
        return
    source, _, reason = key.partition(":")
    turn.record(events.CredentialRefused(reason, source, waiting))
    turn.remember(refusals={**turn.memory.refusals, key: (turn.now.mono_s, 0)})


def waiting(turn: Turn) -> bool:
    """Whether the screen waits for a door: one that moves, or stands open."""
    session = turn.session
    return session is not None and session.stage in WAITING and session.opening in turn.state.openings


def engaged(turn: Turn) -> bool:
    """Whether the person at the screen must not be interrupted by another credential.

    A customer not before their opening has come to its end: they may be asked about it, or be complaining.
    """
    session = turn.session
    own = session is not None and session.role is Role.CUSTOMER and session.opening in turn.state.openings
    return own or waiting(turn)


def still_shown(session: Session, reservation: str) -> bool:
    """Whether this code was understood already and only lies before the camera still."""
    if reservation in (session.badge, session.second_factor):
        return True
    return session.reservation == reservation and session.stage in ("second_factor", "thanks", "choose_size", "receipt")
