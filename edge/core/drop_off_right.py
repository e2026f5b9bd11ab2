"""The right to a drop-off is presented: a code, a label or the PIN that one of them asks for."""

from __future__ import annotations

from edge.core import drop_off, label
from edge.core.claim import proves, supersede
from edge.core.credential import Credential, carrier_allowed, judge_time, rank
from edge.core.memory import Session
from edge.core.refusal import Refusal
from edge.core.sessions import refuse, show
from edge.core.state import Parcel
from edge.core.turn import Turn
from edge.core.words import AuthorityKind, CredentialState, ParcelState, Purpose, Role

KINDS = ("return", "send")


def present_code(turn: Turn, credential: Credential) -> None:
    """A drop-off code whose signature held.  Its reservation was announced with the parcel that will be put in."""
    claims = credential.claims
    reservation = claims.reservation
    right = turn.state.reservations.get(reservation)
    refusal = rank(claims, right.generation if right else -1, turn.state.revoked.get(reservation, -1))
    verdict = judge_time(claims, turn.now.time)
    if refusal is None and verdict == "not_yet":
        refusal = Refusal.NOT_YET_VALID
    if refusal is None and verdict == "expired":
        refusal = Refusal.EXPIRED
    records = [turn.state.parcels[p] for p in (right.parcels if right else ()) if p in turn.state.parcels]
    refusal = refusal or _judge(turn, records, credential)
    if refusal is not None:
        refuse(turn, refusal, "code", reservation=reservation, handed_in=refusal is Refusal.ALREADY_USED)
        return
    supersede(turn, credential, right)
    session = Session(
        Role.CUSTOMER,
        "choose_size",
        purpose=Purpose.DROP_OFF,
        reservation=reservation,
        authority=AuthorityKind.CODE,
        generation=claims.generation,
        parcel=_waiting(records)[0].id,
        since=turn.state.next_opening,
        size=claims.size,
        reachable=claims.reachable,
    )
    _admit(turn, session, second_factor=claims.second_factor)


def present_label(turn: Turn, text: str) -> None:
    """The label of an announced return, shown or typed at "send a parcel"."""
    tracking = label.tracking_of(text)
    if not tracking:
        refuse(turn, Refusal.LABEL_UNREADABLE, "label")
        return
    known = label.find(turn, label.carriers_here(turn), tracking)
    if known is None or known.kind not in KINDS:
        refuse(turn, Refusal.NOT_ANNOUNCED, "label")
        return
    right = turn.state.reservations.get(known.reservation)
    revoked = right is None or right.state is CredentialState.REVOKED
    refusal = Refusal.REVOKED if revoked else _judge(turn, [known], None)
    if refusal is not None:
        refuse(turn, refusal, "label", reservation=known.reservation, handed_in=refusal is Refusal.ALREADY_USED)
        return
    session = Session(
        Role.CUSTOMER,
        "choose_size",
        purpose=Purpose.DROP_OFF,
        reservation=known.reservation,
        authority=AuthorityKind.CODE,
        generation=right.generation if right is not None else 0,
        parcel=known.id,
        label=tracking,
        since=turn.state.next_opening,
    )
    _admit(turn, session, second_factor=False)


def _admit(turn: Turn, session: Session, *, second_factor: bool) -> None:
    """In, or first the PIN where the code or the announcement wants one."""
    right = turn.state.reservations.get(session.reservation)
    if second_factor or (right is not None and right.second_factor):
        show(turn, session, "second_factor")
    else:
        drop_off.begin(turn, session)


def second_factor(turn: Turn, session: Session, digits: str) -> None:
    """The PIN that a drop-off asks for; its right may have ended while it was typed."""
    if not proves(turn, session, digits):
        return
    right = turn.state.reservations.get(session.reservation)
    known = turn.state.parcels.get(session.parcel)
    revoked = right is None or right.state is CredentialState.REVOKED
    refusal = Refusal.REVOKED if revoked else _judge(turn, [known] if known is not None else [], None)
    if refusal is not None:
        refuse(turn, refusal, "pin", reservation=session.reservation)
    else:
        drop_off.begin(turn, session)


def _waiting(records: list[Parcel]) -> list[Parcel]:
    """Announced to be put in by a customer, and not yet here."""
    return [p for p in records if p.state is ParcelState.ANNOUNCED and p.kind in KINDS]


def _judge(turn: Turn, records: list[Parcel], credential: Credential | None) -> Refusal | None:
    """Why nothing may be dropped off on this right."""
    if turn.state.restoring:
        return Refusal.RESTORING
    if turn.state.space in ("reserve", "ballast", "zero"):
        return Refusal.OUT_OF_ORDER
    waiting = _waiting(records)
    if not waiting:
        if any(p.cancelled for p in records):
            return Refusal.CANCELLED
        # Shut is handed over: opening it again could take it out, or swap it.
        return Refusal.ALREADY_USED if any(p.kind in KINDS for p in records) else Refusal.NOT_ANNOUNCED
    if credential is not None and not all(carrier_allowed(credential, p.carrier) for p in waiting):
        return Refusal.KEY_CARRIER
    return None
