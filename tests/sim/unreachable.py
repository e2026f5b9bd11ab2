"""What no life can hit, why, and where it is tested instead."""

from __future__ import annotations

from typing import Final

ENDS_ITSELF: Final = "doubt about a parcel ends the opening itself; tests/core/"
NO_FEEDBACK: Final = "the configuration refuses a door that says nothing; tests/app/test_configuration.py"
NO_SUCH_BANK: Final = "the simulated bank never says that it is broken; tests/core/test_burnt_credential.py"

IN_AN_INSTANT: Final = "a door opens in the instant between commit and pulse; tests/core/test_door_evidence.py"

UNREACHABLE: Final[dict[str, str]] = {
    "event: forgotten": "what has ended is kept for thirty days of running time; tests/core/test_secrets.py",
    "event: stopped": "lives end by a cut or a kill, never in order; tests/core/test_screens.py",
    "word: opening_ended.outcome=interrupted": f"{ENDS_ITSELF}test_recovery.py",
    "word: opening_ended.outcome=shut_at_once": f"{ENDS_ITSELF}test_pickup_shut_at_once.py",
    "word: opening_ended.outcome=empty": f"{ENDS_ITSELF}test_pickup_complaints.py",
    "word: opening_ended.outcome=wrong": f"{ENDS_ITSELF}test_pickup_complaints.py",
    "word: opening_ended.outcome=cannot_reach": f"{ENDS_ITSELF}test_pickup_complaints.py",
    "word: opening_lapsed.reason=board": NO_SUCH_BANK,
    "word: opening_lapsed.reason=board_after_pulse": NO_SUCH_BANK,
    "word: opening_lapsed.reason=coil_limit_after_pulse": "six pulses in a minute; tests/core/test_screens.py",
    "word: opening_lapsed.reason=not_in_the_wall": "no wall changes; tests/core/test_review_core.py",
    "word: space_marked.mark=low": "the simulated card holds little but the journal; tests/journal/test_space.py",
    "word: time_signed.source=release": "the simulated build carries no signed time; tests/core/test_time.py",
    "word: opening_lapsed.reason=forced": IN_AN_INSTANT,
    "word: door_forced.during": IN_AN_INSTANT,
    "flows 1 pickup: a door opens while its pulse has not begun": IN_AN_INSTANT,
    "order: not taken: key_not_valid_yet": "no key of the bundle orders at another time; tests/credentials",
    "order: not taken: key_expired": "no key of the bundle orders at another time; tests/credentials",
    "wall: none and scale": NO_FEEDBACK,
    "wall: none and infrared": NO_FEEDBACK,
    "wall: none and none": NO_FEEDBACK,
}
