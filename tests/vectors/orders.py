"""Orders about one parcel, one right and one door: what vectors are made of, and what fuzzing begins with."""

from __future__ import annotations

from typing import Final

import msgspec

from edge.core.documents import ParcelKind
from edge.core.orders import (
    Announce,
    Cancel,
    Extend,
    InService,
    Open,
    OutOfService,
    Particulars,
    Revoke,
    SignedTimeReset,
    TakeKeys,
    TellTime,
    TimeReset,
    What,
)
from edge.core.pin import pin_verifier
from edge.core.words import Size
from sync.hub.issue import sign_keys, sign_time_reset
from tests.credentials.known_keys import BUNDLE, NOW_S, PIN_KEY, ROOT, SITE
from tests.vectors.form import DAY_S, ID, PARCEL

RIGHT: Final = ID.hex()
PARTICULARS: Final = Particulars(tracking="01906812345678", recipient="M. K.", pin=pin_verifier(PIN_KEY, "12345678"))
NEXT_KEYS: Final = sign_keys(msgspec.structs.replace(BUNDLE, version=8), ROOT)
RESET: Final = sign_time_reset(SignedTimeReset(site=SITE, issued_at=NOW_S, version=1, to=NOW_S), ROOT)

OPEN: Final = Open(
    door=7, nonce=bytes(range(16)), reason="customer on the telephone"
)  # its key opens, and nothing else
ORDERS: Final[dict[str, What]] = {
    "announce": Announce(parcel=PARCEL, reservation=RIGHT, carrier="dpd", size=Size.M, particulars=PARTICULARS),
    "announce a return": Announce(
        parcel=PARCEL, reservation=RIGHT, carrier="dpd", parcel_kind=ParcelKind.RETURN, heavy=True
    ),
    "cancel": Cancel(parcel=PARCEL, reason="redirected"),
    "revoke": Revoke(reservation=RIGHT, generation=0),
    "extend": Extend(parcel=PARCEL, by_s=3 * DAY_S),
    "keys": TakeKeys(document=NEXT_KEYS),
    "out of service": OutOfService(door=7, reason="broken hinge"),
    "in service": InService(door=7),
    "time": TellTime(),
    "time reset": TimeReset(document=RESET),
}
