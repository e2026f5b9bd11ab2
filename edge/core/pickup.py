"""Customer pickup: from a door that was opened for a customer to a collected parcel, with every branch in between."""

from __future__ import annotations

from typing import Final

from edge.core import events, sensing
from edge.core.claim import claim, open_next
from edge.core.memory import Session
from edge.core.sessions import LAST, good_bye, show
from edge.core.state import Opening
from edge.core.turn import Turn
from edge.core.words import CompartmentState, Content, ContentSensor, Evidence, ParcelState, Purpose, Role

PROBLEMS: Final = ("empty", "wrong", "damaged")
# Screens of customers that offer help: nothing was opened, and they may not know why.
HELPS: Final = frozenset({"refused", "board_silent", "too_late", "stands_open", "one_moment", "out_of_use"})


# -- the choices ----------------------------------------------------------------------------------------------------


def choose(turn: Turn, session: Session, choice: str) -> bool:
    """A tap of a customer in a pickup.  True when it was one of ours."""
    opening = turn.state.openings.get(session.opening)
    if session.stage in ("take", "left_inside", "thanks", "did_you_get_it") and choice == "problem":
        show(turn, session, "problem", params={"back": session.stage, "before": dict(session.params)})
    elif session.stage == "problem" and choice in PROBLEMS:
        complain(turn, session, choice)
    elif session.stage == "problem" and choice == "back":
        _back(turn, session)
    elif session.stage == "take" and choice == "cannot_reach":
        complain(turn, session, choice)
    elif session.stage == "take" and choice == "decline" and opening is not None:
        _decline(turn, session, opening)
    elif session.stage == "did_you_get_it" and choice in ("yes", "no") and opening is not None and opening.closed:
        _answered(turn, session, opening, choice == "yes")
    elif session.stage in ("thanks", "did_you_get_it", "reopen") and choice == "open_again":
        _again(turn, session, opening)
    elif session.stage in ("board_silent", "too_late", "one_moment", "stands_open") and choice == "try_again":
        claim(turn, session, second_factor=False, proven=True)
    elif session.stage in ("jammed", "out_of_use") and choice == "next":
        _after_jam(turn, session)
    else:
        return False
    return True


def _back(turn: Turn, session: Session) -> None:
    """There was no problem after all."""
    stage, before = str(session.params["back"]), session.params["before"]
    if stage in LAST:
        good_bye(turn, session, stage, params=before)
    else:
        show(turn, session, stage, params=before)


def complain(turn: Turn, session: Session, what: str) -> None:
    """Something is wrong.  The number of the opening is the number to read out on the telephone."""
    opening = turn.state.openings.get(session.opening)
    parcels = opening.parcels if opening is not None else _taken_from(turn, session)
    turn.record(events.IncidentReported(session.opening, session.door, what, session.opening, parcels))
    if what in ("empty", "wrong"):
        for parcel in parcels:
            if turn.state.parcels[parcel].state is ParcelState.COLLECTED:
                turn.record(events.ParcelUncertain(parcel, session.door, what))
    stands_open = opening is not None and opening.opened_ms >= 0 and not opening.closed
    if opening is not None and opening.closed:
        _uncertain(turn, turn.state.openings[opening.number], what)
    params = {"incident": session.opening, "shut": stands_open, "what": what, "noted": what == "damaged"}
    show(turn, session, "help", params=params | {"reach": stands_open and what == "cannot_reach"})


def ask_for_help(turn: Turn, session: Session) -> None:
    """A person can help.  Where a door was asked for and did not open, its opening is the number to read out."""
    number = session.opening
    if number:
        turn.record(events.IncidentReported(number, session.door, "not_opened"))
    show(turn, session, "help", params={"incident": number, "noted": True} if number else {})


def _taken_from(turn: Turn, session: Session) -> tuple[str, ...]:
    """What this person has collected from the door on the screen."""
    records = (turn.state.parcels.get(p) for p in session.collected)
    return tuple(p.id for p in records if p is not None and p.ended_door == session.door)


def _decline(turn: Turn, session: Session, opening: Opening) -> None:
    for parcel in opening.parcels:
        if turn.state.parcels[parcel].state is not ParcelState.COLLECTED:
            turn.record(events.ParcelDeclined(parcel, session.reservation, opening.door))
    turn.record(events.PersonSaid(opening.number, opening.door, "declined"))
    turn.show(session.at("take", params=dict(session.params) | {"declined": True}))


def _answered(turn: Turn, session: Session, opening: Opening, has_it: bool) -> None:
    if has_it:
        _collect(turn, opening, Evidence.PERSON)
        _onward(turn, session)
    else:
        turn.record(events.OpeningEnded(opening.number, opening.door, "not_taken"))
        show(turn, session, "reopen", doors=(opening.door, *session.doors))


def _again(turn: Turn, session: Session, opening: Opening | None) -> None:
    if opening is not None and opening.closed:
        turn.record(events.OpeningEnded(opening.number, opening.door, "opened_again"))
        open_next(turn, session.at("opening", doors=(opening.door, *session.doors)))
    else:
        claim(turn, session, second_factor=False, proven=True)


def _after_jam(turn: Turn, session: Session) -> None:
    if session.doors:
        open_next(turn, session.at("opening", doors=session.doors))


# -- what the doors tell --------------------------------------------------------------------------------------------


class Pickup:
    """The flow of customers' openings."""

    def opened(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None and session.stage in ("opening", "push_then_pull", "did_you_get_it"):
            params = {name: value for name, value in session.params.items() if name != "left_inside"}
            stage = "left_inside" if session.params.get("left_inside") else "take"
            turn.show(session.at(stage, door=opening.door, params=params))
        turn.beep("ok")

    def judged(self, turn: Turn, opening: Opening, content: Content) -> None:
        session = _person(turn, opening)
        if session is not None and session.stage == "help":  # she has shut the door, as she was asked to
            turn.update(params=dict(session.params) | {"shut": False, "reach": False})
        if opening.grace:
            self._grace_over(turn, opening, content, session)
        elif opening.said in ("empty", "wrong", "cannot_reach"):
            _uncertain(turn, opening, opening.said)
            if session is not None and session.stage != "help":  # it was said before they presented their code again
                show(turn, session, "help", params={"incident": opening.number, "what": opening.said})
        elif content is Content.PRESENT:
            self._still_inside(turn, opening, session)
        elif content is Content.EMPTY:
            _collect(turn, opening, Evidence.SENSOR)
            _onward(turn, session)
        elif sensing.interrupted(turn, opening):
            self._ask(turn, opening, session, "interrupted")
        elif opening.said == "declined":
            self._left_there(turn, opening, session)
        elif sensing.shut_at_once(turn, opening) or _sensor_expected(turn, opening):
            self._ask(turn, opening, session, "shut_at_once")
        else:
            _collect(turn, opening, Evidence.INFERRED)
            _onward(turn, session)

    def asked_to_push(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None:
            turn.show(session.at("push_then_pull", params=dict(session.params)))
        turn.beep("hurry")

    def jammed(self, turn: Turn, opening: Opening) -> None:
        session = _person(turn, opening)
        if session is not None:
            show(turn, session, "jammed", params={"ticket": str(opening.number)})

    def lapsed(self, turn: Turn, opening: Opening, reason: str) -> None:
        session = _person(turn, opening)
        if session is None:
            return
        stage = "too_late" if reason.startswith(("late", "coil_limit")) else "board_silent"
        if reason == "forced":
            stage = "stands_open"
        show(turn, session, stage, doors=(opening.door, *session.doors))

    def left_open(self, turn: Turn, opening: Opening) -> None:
        if _person(turn, opening) is not None:
            turn.show(None)

    def _grace_over(self, turn: Turn, opening: Opening, content: Content, session: Session | None) -> None:
        door = opening.door
        turn.record(events.OpeningEnded(opening.number, door, "reopened_in_grace"))
        # Behind a door that was found open after a cut anything may have been put since.
        inferred = turn.state.compartments[door].reason == "grace" and not sensing.interrupted(turn, opening)
        if opening.said in ("empty", "wrong"):
            pass  # the complaint has put the compartment into review
        elif content is Content.PRESENT:
            turn.record(events.CompartmentToReview(door, "content_after_pickup"))
        elif content is Content.UNKNOWN and inferred:  # the wait for a complaint begins again
            turn.after(turn.timers.grace_s, "grace", door, turn.state.compartments[door].letting)
        elif content is Content.UNKNOWN:
            turn.record(events.CompartmentToReview(door, "after_reopening"))
        if session is not None and session.stage != "help":
            good_bye(turn, session, "thanks", params={"receipt": session.opening})

    def _still_inside(self, turn: Turn, opening: Opening, session: Session | None) -> None:
        if opening.said == "declined":
            self._left_there(turn, opening, session)
            return
        turn.record(events.OpeningEnded(opening.number, opening.door, "left_inside"))
        if session is None:
            return
        if session.stage == "left_inside" and session.doors:  # she has been told; her other doors are not kept from her
            open_next(turn, session.at("opening", doors=session.doors))
            return
        session = session.at("left_inside", doors=(opening.door, *session.doors), params={"left_inside": True})
        open_next(turn, session)

    def _ask(self, turn: Turn, opening: Opening, session: Session | None, reason: str) -> None:
        if session is None:
            _uncertain(turn, opening, reason)
        else:
            show(turn, session, "did_you_get_it", door=opening.door)
            turn.after(turn.timers.idle_s + turn.timers.warning_s, "unanswered", opening.number)

    def _left_there(self, turn: Turn, opening: Opening, session: Session | None) -> None:
        turn.record(events.OpeningEnded(opening.number, opening.door, "declined"))
        _onward(turn, session, declined=True)


def unanswered(turn: Turn, number: int) -> None:
    """ "Did you get it?", and nobody said a word."""
    opening = turn.state.openings.get(number)
    if opening is not None and opening.closed and opening.purpose is Purpose.PICKUP:
        _uncertain(turn, opening, "unanswered")


def grace_over(turn: Turn, door: int, letting: int) -> None:
    """No complaint in grace: what was only concluded now counts (I6)."""
    record = turn.state.compartments.get(door)
    sense = turn.memory.sense(door)
    if record is None or record.state is not CompartmentState.REVIEW or record.reason != "grace":
        return
    if record.letting == letting and turn.state.live(door) is None and sense.state == "closed" and not record.parcels:
        turn.record(events.CompartmentFreed(door, Evidence.INFERRED))


def _person(turn: Turn, opening: Opening) -> Session | None:
    """The customer that this opening is for, when still at the screen."""
    session = turn.person(Role.CUSTOMER)
    return session if session is not None and session.opening == opening.number else None


def _sensor_expected(turn: Turn, opening: Opening) -> bool:
    """A sensor is built in and says nothing: nothing is concluded from a dead one."""
    return turn.site.plan(opening.door).content is not ContentSensor.NONE


def _collect(turn: Turn, opening: Opening, evidence: Evidence) -> None:
    session = _person(turn, opening)
    door = opening.door
    for parcel in opening.parcels:
        if turn.state.parcels[parcel].state is ParcelState.COLLECTED:
            continue
        reservation = turn.state.parcels[parcel].reservation
        right = turn.state.reservations.get(reservation)
        expires = right.expires_s if right is not None else 0
        turn.record(events.ParcelCollected(parcel, reservation, door, opening.number, evidence, expires))
    turn.record(events.OpeningEnded(opening.number, door, "collected"))
    record = turn.state.compartments[door]
    if record.state is CompartmentState.REVIEW and record.reason == "grace":
        turn.after(turn.timers.grace_s, "grace", door, record.letting)
    if session is not None:
        turn.update(collected=(*session.collected, *opening.parcels))


def _uncertain(turn: Turn, opening: Opening, reason: str) -> None:
    doubtful = [p for p in opening.parcels if turn.state.parcels[p].state is not ParcelState.COLLECTED]
    for parcel in doubtful:
        turn.record(events.ParcelUncertain(parcel, opening.door, reason, opening.number))
    if opening.number in turn.state.openings:
        turn.record(events.OpeningEnded(opening.number, opening.door, reason))


def _onward(turn: Turn, session: Session | None, *, declined: bool = False) -> None:
    """The next door of this person, or good-bye."""
    session = turn.person(Role.CUSTOMER) if session is not None else None
    if session is None or session.stage == "help":  # the number of the incident stays up
        return
    if session.doors:
        count = {k: v for k, v in session.params.items() if k == "of"}  # all else was said of the door before
        count["done"] = int(session.params.get("done", 0)) + 1
        open_next(turn, session.at("opening", doors=session.doors, params=count))
    else:
        good_bye(
            turn, session, "thanks", params={"receipt": session.opening} | ({"declined": True} if declined else {})
        )
