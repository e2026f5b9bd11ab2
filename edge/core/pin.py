"""The PIN of a pickup, and the limiter of PIN entry.

A PIN has 8 digits; the site knows verifiers only.  With the site's key all 10**8 candidates fall in minutes, so a
stolen card yields that site's PINs and nothing else.  The limiter stands before PIN entry alone: signed codes are never
limited by it, because one vandal must not shut out everyone.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Final

from msgspec import structs

from edge.core.errors import BadInput
from edge.core.state import PinLimit

__all__ = ["PIN_DIGITS", "failed", "find_pin", "is_pin", "pin_verifier", "succeeded", "wait_ms"]

PIN_DIGITS: Final = 8
VERIFIER_BYTES: Final = 16
TRIES: Final = 5
FAILURES_A_DAY: Final = 60
DAY_MS: Final = 86_400_000
_WAITS_MS: Final = tuple(minutes * 60_000 for minutes in (1, 2, 4, 8, 15))

_PIN: Final = re.compile(r"[0-9]{8}")


def is_pin(text: str) -> bool:
    """Whether `text` has the form of a PIN."""
    return _PIN.fullmatch(text) is not None


def pin_verifier(site_pin_key: bytes, pin: str) -> bytes:
    """The first 16 bytes of HMAC-SHA-256 over the 8 ASCII digits, under the site's 32-byte key.

    The same PIN twice in one site has the same verifier: a collision is seen at the announcement and refused there.
    """
    if len(site_pin_key) != 32:
        raise BadInput(f"site PIN key: {len(site_pin_key)} bytes, must be 32")
    if not is_pin(pin):
        raise BadInput(f"PIN of {len(pin)} characters: must be {PIN_DIGITS} digits")
    return hmac.digest(site_pin_key, pin.encode(), "sha256")[:VERIFIER_BYTES]


def find_pin(verifier: bytes, known: Mapping[str, bytes]) -> str | None:
    """The name (parcel) whose verifier equals `verifier`, or None.  Takes the same time wherever it stands."""
    found = None
    for name, candidate in known.items():
        if hmac.compare_digest(candidate, verifier):
            found = name
    return found


# All times are running milliseconds: they stand still while the power is off and go on from the last durable event.
# So what remains of a wait runs in full after a reboot, and a reboot never refills the day.


def wait_ms(limit: PinLimit, now_ms: int, *, failures_a_day: int = FAILURES_A_DAY) -> int:
    """How long PIN entry is closed from now on; 0: a PIN may be tried."""
    until_ms = limit.wait_until_ms
    if limit.day_failures >= failures_a_day:
        until_ms = max(until_ms, limit.day_began_ms + DAY_MS)
    return max(0, until_ms - now_ms)


def failed(limit: PinLimit, now_ms: int, *, tries: int = TRIES) -> PinLimit:
    """The limiter after a PIN that opened nothing.

    From the fifth failure in a row on each one brings a wait: 1, 2, 4, 8, then always 15 minutes.  A day begins with
    its first failure; with a new day the row begins again, so that last week's guesser does not wait for its customers.
    """
    if not limit.day_failures or now_ms - limit.day_began_ms >= DAY_MS:
        limit = PinLimit(day_began_ms=now_ms)
    limit = structs.replace(limit, failures=limit.failures + 1, day_failures=limit.day_failures + 1)
    if limit.failures < tries:
        return limit
    wait = _WAITS_MS[min(limit.waits, len(_WAITS_MS) - 1)]
    return structs.replace(limit, waits=limit.waits + 1, wait_until_ms=now_ms + wait)


def succeeded(limit: PinLimit) -> PinLimit:
    """The limiter after a PIN that opened: the row ends, the day's count stays."""
    return structs.replace(limit, failures=0, waits=0, wait_until_ms=0)
