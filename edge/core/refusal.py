"""Every reason for which a credential, a label or a person is refused: one word for events, screens and vectors."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Refusal"]


class Refusal(StrEnum):
    """Each member says what is true.  A screen shows one plain sentence for it and nothing that helps a guesser."""

    # The code by itself, in the order in which it is checked.
    MALFORMED = "malformed"  # not a code of ours: length, characters, encoding, shape
    OTHER_SITE = "other_site"  # for another locker, whose number may be shown
    UNKNOWN_CLAIM = "unknown_claim"  # says something that this release does not know
    UNKNOWN_PURPOSE = "unknown_purpose"
    UNKNOWN_KEY = "unknown_key"  # "the locker must update": the key is not in the bundle
    KEY_NOT_VALID_YET = "key_not_valid_yet"
    KEY_EXPIRED = "key_expired"
    KEY_PURPOSE = "key_purpose"  # the key may not sign this kind of code
    KEY_CARRIER = "key_carrier"  # the key may not speak for this carrier
    BAD_SIGNATURE = "bad_signature"
    # The code against what the site knows.
    REVOKED = "revoked"
    SUPERSEDED = "superseded"  # a newer code of the same reservation is known
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"  # by a trusted clock, and nothing stands for it or its hold is over
    NOT_HERE_YET = "not_here_yet"  # announced or plausible, not delivered
    ALREADY_USED = "already_used"  # its parcels were collected; grace is over
    OVERDUE = "overdue"  # the hold is over and the operator's policy refuses
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"  # a courier collected the parcel
    NEEDS_SECOND_FACTOR = "needs_second_factor"
    WRONG_SECOND_FACTOR = "wrong_second_factor"
    TOO_MANY_OPENINGS = "too_many_openings"  # openings an hour by one credential
    # PIN.
    UNKNOWN_PIN = "unknown_pin"
    TOO_MANY_PINS = "too_many_pins"  # the limiter waits; signed codes go on working
    # Badges.
    UNKNOWN_BADGE = "unknown_badge"  # not in the roster
    BADGE_ENDED = "badge_ended"  # the roster's "until" is over
    NO_ROSTER = "no_roster"
    ROSTER_TOO_OLD = "roster_too_old"
    NOT_PERMITTED = "not_permitted"  # this badge may not do this act
    WRONG_CARRIER = "wrong_carrier"  # this badge may not touch this carrier's parcels
    # Labels and deposits.
    LABEL_UNREADABLE = "label_unreadable"
    NOT_ANNOUNCED = "not_announced"  # and the carrier's policy refuses such parcels
    ALREADY_HERE = "already_here"
    REDIRECTED = "redirected"  # to another locker, after the label was printed
    NO_FREE_COMPARTMENT = "no_free_compartment"
    CARRIER_QUOTA = "carrier_quota"
    DOORS_OPEN = "doors_open"  # as many doors stand open as one courier may have
    # The locker itself.
    RESTORING = "restoring"  # a new card: the standing list has not come yet
    OUT_OF_ORDER = "out_of_order"  # nothing can be served: no space, no board
