"""The words of the field, each state with what is *true* in it, and the legal moves between states."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from edge.core.errors import IllegalMove


class CompartmentState(StrEnum):
    FREE = "free"  # closed and empty on evidence; may be let
    HELD = "held"  # let to a deposit or drop-off that is under way
    OCCUPIED = "occupied"  # at least one parcel stands inside
    REVIEW = "review"  # what is inside is not known for certain
    OUT_OF_SERVICE = "out_of_service"  # not used; the reason stands beside it


class ParcelState(StrEnum):
    ANNOUNCED = "announced"  # told of, not here yet
    STANDING = "standing"  # in a compartment, for its recipient
    LEAVING = "leaving"  # its door has been unlocked for it; not yet known to be gone
    COLLECTED = "collected"  # taken by the recipient, on evidence
    OVERDUE = "overdue"  # in a compartment, its hold is over
    RETURNING = "returning"  # in a compartment, to be collected by a courier
    GONE = "gone"  # taken by a courier, cancelled, or found missing by a person
    UNCERTAIN = "uncertain"  # here or not: nobody has looked


class CredentialState(StrEnum):
    GOOD = "good"
    RESERVED = "reserved"  # a pulse has been authorised on it
    CONSUMED = "consumed"  # its pickup is complete on evidence
    SUPERSEDED = "superseded"  # a higher generation is known
    REVOKED = "revoked"


class DoorState(StrEnum):
    CLOSED = "closed"
    UNLOCKING = "unlocking"  # a pulse is authorised; no evidence yet
    OPEN = "open"
    OPEN_TOO_LONG = "open_too_long"
    JAMMED = "jammed"  # pulsed twice, read closed after each
    FORCED = "forced"  # went closed to open without a live opening
    UNKNOWN = "unknown"  # no valid reading


class Level(StrEnum):
    """What a door's feedback says now."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What a compartment's sensor says now."""

    EMPTY = "empty"
    PRESENT = "present"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """Why we believe something about a door or a compartment."""

    SWITCH = "switch"  # door switch
    LATCH = "latch"  # latch feedback, held for at least a second
    SENSOR = "sensor"  # scale or infrared
    PERSON = "person"  # somebody looked and answered
    INFERRED = "inferred"  # a complete pickup and no complaint in grace
    NONE = "none"


class Feedback(StrEnum):
    """What a door can report about itself."""

    SWITCH = "switch"
    LATCH = "latch"
    NONE = "none"


class ContentSensor(StrEnum):
    SCALE = "scale"
    INFRARED = "infrared"
    NONE = "none"


class Size(StrEnum):
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Purpose(StrEnum):
    """Why a door is opened."""

    PICKUP = "pickup"
    DEPOSIT = "deposit"
    DROP_OFF = "drop_off"
    COLLECTION = "collection"
    INSPECTION = "inspection"
    SERVICE = "service"


class AuthorityKind(StrEnum):
    """Who or what authorised an opening."""

    CODE = "code"
    PIN = "pin"
    BADGE = "badge"
    COMMAND = "command"
    TECHNICIAN = "technician"


class Role(StrEnum):
    """Who stands at the screen."""

    CUSTOMER = "customer"
    COURIER = "courier"
    TECHNICIAN = "technician"


class ClockTrust(StrEnum):
    """Where the wall time comes from, weakest first."""

    UNSYNCED = "unsynced"
    SAVED = "saved"
    RTC = "rtc"
    NTP = "ntp"
    CLOUD = "cloud"


class Cutoff(StrEnum):
    """What turns a coil off when the software cannot."""

    BOARD = "board"
    MONOSTABLE = "monostable"
    KERNEL = "kernel"
    NONE = "none"


class PulseOutcome(StrEnum):
    """What the owner of a bus says after an unlock."""

    DONE = "done"  # the coil was driven for its pulse (no word about the door)
    LATE = "late"  # the deadline had passed; nothing was driven
    REFUSED = "refused"  # the coil guard refused (duty, concurrency); nothing was driven
    UNKNOWN = "unknown"  # sent, no answer: may or may not have been driven
    BROKEN = "broken"  # the board could not be reached; nothing was driven


class ScaleState(StrEnum):
    """What a scale says of the weight that it shows."""

    STABLE = "stable"  # settled; the only state in which a weight counts
    MOVING = "moving"  # has not settled
    OVER = "over"  # more than the scale can weigh
    UNDER = "under"  # less than it can weigh: below its zero
    ERROR = "error"  # the scale says that it cannot weigh
    UNKNOWN = "unknown"  # no valid answer


class Adjusted(StrEnum):
    """What became of zeroing or taring a scale."""

    DONE = "done"  # a settled zero was read afterwards
    REFUSED = "refused"  # the scale said no
    NOT_SEEN = "not_seen"  # sent, and no settled zero was read in time
    NO_COMMAND = "no_command"  # its protocol has none; nothing was sent


SIZE_ORDER: Final = {Size.S: 0, Size.M: 1, Size.L: 2, Size.XL: 3}

COMPARTMENT_MOVES: Final[dict[CompartmentState, frozenset[CompartmentState]]] = {
    CompartmentState.FREE: frozenset({CompartmentState.HELD, CompartmentState.REVIEW, CompartmentState.OUT_OF_SERVICE}),
    CompartmentState.HELD: frozenset(
        {
            CompartmentState.OCCUPIED,
            CompartmentState.FREE,
            CompartmentState.REVIEW,
            CompartmentState.OUT_OF_SERVICE,
        }
    ),
    CompartmentState.OCCUPIED: frozenset(
        {CompartmentState.FREE, CompartmentState.REVIEW, CompartmentState.OUT_OF_SERVICE}
    ),
    CompartmentState.REVIEW: frozenset(
        {CompartmentState.FREE, CompartmentState.OCCUPIED, CompartmentState.OUT_OF_SERVICE}
    ),
    # Leaving "out of service" leads to what is known to be inside, or to review; never to free without a look.
    CompartmentState.OUT_OF_SERVICE: frozenset({CompartmentState.REVIEW, CompartmentState.OCCUPIED}),
}

_HERE: Final = frozenset({ParcelState.STANDING, ParcelState.OVERDUE, ParcelState.RETURNING, ParcelState.UNCERTAIN})

PARCEL_MOVES: Final[dict[ParcelState, frozenset[ParcelState]]] = {
    ParcelState.ANNOUNCED: frozenset(
        {ParcelState.STANDING, ParcelState.RETURNING, ParcelState.UNCERTAIN, ParcelState.GONE}
    ),
    ParcelState.STANDING: frozenset(
        {
            ParcelState.LEAVING,
            ParcelState.OVERDUE,
            ParcelState.RETURNING,
            ParcelState.UNCERTAIN,
            ParcelState.GONE,
        }
    ),
    ParcelState.OVERDUE: frozenset(
        {ParcelState.LEAVING, ParcelState.STANDING, ParcelState.RETURNING, ParcelState.UNCERTAIN, ParcelState.GONE}
    ),
    ParcelState.RETURNING: frozenset({ParcelState.LEAVING, ParcelState.UNCERTAIN, ParcelState.GONE}),
    ParcelState.LEAVING: _HERE | {ParcelState.COLLECTED, ParcelState.GONE},
    ParcelState.UNCERTAIN: _HERE - {ParcelState.UNCERTAIN}
    | {ParcelState.LEAVING, ParcelState.COLLECTED, ParcelState.GONE},
    # Uncertain: a complaint within grace.  Announced: the same parcel is brought again.
    ParcelState.COLLECTED: frozenset({ParcelState.UNCERTAIN, ParcelState.ANNOUNCED}),
    ParcelState.GONE: frozenset({ParcelState.ANNOUNCED}),
}

CREDENTIAL_MOVES: Final[dict[CredentialState, frozenset[CredentialState]]] = {
    CredentialState.GOOD: frozenset({CredentialState.RESERVED, CredentialState.SUPERSEDED, CredentialState.REVOKED}),
    CredentialState.RESERVED: frozenset(
        {
            CredentialState.GOOD,
            CredentialState.CONSUMED,
            CredentialState.SUPERSEDED,
            CredentialState.REVOKED,
        }
    ),
    CredentialState.CONSUMED: frozenset({CredentialState.GOOD}),  # only when a parcel of the same right is put in again
    CredentialState.SUPERSEDED: frozenset({CredentialState.REVOKED}),
    CredentialState.REVOKED: frozenset(),
}

DOOR_MOVES: Final[dict[DoorState, frozenset[DoorState]]] = {
    # Open: swung open again, or was pulled again, before its live opening came to its end.
    DoorState.CLOSED: frozenset({DoorState.UNLOCKING, DoorState.OPEN, DoorState.FORCED, DoorState.UNKNOWN}),
    # Forced: an edge from before the pulse began is somebody else's.
    DoorState.UNLOCKING: frozenset(
        {DoorState.OPEN, DoorState.CLOSED, DoorState.JAMMED, DoorState.FORCED, DoorState.UNKNOWN}
    ),
    DoorState.OPEN: frozenset({DoorState.CLOSED, DoorState.OPEN_TOO_LONG, DoorState.UNKNOWN}),
    DoorState.OPEN_TOO_LONG: frozenset({DoorState.CLOSED, DoorState.UNKNOWN}),
    DoorState.JAMMED: frozenset({DoorState.CLOSED, DoorState.UNLOCKING, DoorState.FORCED, DoorState.UNKNOWN}),
    DoorState.FORCED: frozenset({DoorState.CLOSED, DoorState.UNKNOWN}),
    DoorState.UNKNOWN: frozenset(DoorState) - {DoorState.UNKNOWN},
}

S = TypeVar("S", CompartmentState, ParcelState, CredentialState, DoorState)


def legal(moves: dict[S, frozenset[S]], which: str, old: S, new: S) -> S:
    """Return `new` when old → new is listed (or they are equal); raise IllegalMove naming both otherwise."""
    if new is not old and new not in moves[old]:
        raise IllegalMove(f"{which}: {old} → {new} is not a legal move; legal: {sorted(moves[old])}")
    return new
