"""What lies beside the journal: signed documents, and particulars until they are erased.  Read whole at start-up.

Documents were verified when they came in; here they are only opened again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from edge.core import cose
from edge.core.documents import Document, DocumentType
from edge.core.keys import KeyBundle
from edge.core.orders import Particulars
from edge.core.roster import Roster
from edge.core.rows import Beside
from edge.core.standing import StandingList

SITE: Final = "site"  # the subject of the documents
KEYS: Final = "keys"
ROSTER: Final = "roster"
STANDING: Final = "standing"
PARTICULARS: Final = "particulars"  # of a parcel
SALT_BYTES: Final = 16
PIN: Final = "pin"  # verifier, under "pin:" and the reservation

D = TypeVar("D", bound=Document)


class Shelf(Struct, frozen=True):
    keys: KeyBundle
    roster: Roster | None = None
    standing: StandingList | None = None
    particulars: dict[str, Particulars] = field(default_factory=dict)  # parcel → what identifies a person
    pins: dict[str, bytes] = field(default_factory=dict)  # reservation → verifier

    def changed(self, beside: Iterable[Beside], erased: Iterable[str]) -> Shelf:
        """The shelf after an entry: first what it erases, then what it brings."""
        shelf = self
        for subject in erased:
            shelf = shelf._without(subject)
        for item in beside:
            shelf = shelf._with(item)
        return shelf

    def tracking(self, parcel: str) -> str:
        """The tracking number, or what else names the parcel to a courier once that is erased."""
        known = self.particulars.get(parcel)
        return known.tracking if known is not None and known.tracking else parcel[:8]

    def _without(self, subject: str) -> Shelf:
        if subject.startswith("pin:"):
            return msgspec.structs.replace(self, pins=_less(self.pins, subject[4:]))
        return msgspec.structs.replace(self, particulars=_less(self.particulars, subject))

    def _with(self, item: Beside) -> Shelf:
        if item.subject == SITE and item.name == KEYS:
            return msgspec.structs.replace(self, keys=opened(KEYS, item.body, KeyBundle))
        if item.subject == SITE and item.name == ROSTER:
            return msgspec.structs.replace(self, roster=opened(ROSTER, item.body, Roster))
        if item.subject == SITE and item.name == STANDING:
            return msgspec.structs.replace(self, standing=opened(STANDING, item.body, StandingList))
        if item.name == PIN:
            return msgspec.structs.replace(self, pins={**self.pins, item.subject[4:]: item.body})
        if item.name == PARTICULARS:
            known = msgspec.json.decode(item.body[SALT_BYTES:], type=Particulars)
            return msgspec.structs.replace(self, particulars={**self.particulars, item.subject: known})
        return self


NO_KEYS: Final = KeyBundle(site=0, issued_at=0, version=1, keys=())
EMPTY: Final = Shelf(keys=NO_KEYS)
_TYPES: Final = {KEYS: DocumentType.KEYS, ROSTER: DocumentType.ROSTER, STANDING: DocumentType.STANDING}


def document(name: str, body: bytes) -> Beside:
    return Beside(SITE, name, body)


def particulars_of(parcel: str, known: Particulars, salt: bytes) -> Beside:
    """What identifies a person, behind a salt: the event beside it holds the hash of both, which tells nothing."""
    return Beside(parcel, PARTICULARS, salt + msgspec.json.encode(msgspec.structs.replace(known, pin=None)))


def aside(item: Beside) -> str:
    """What an event keeps of particulars: SHA-256(salt ‖ particulars), in hexadecimal."""
    return hashlib.sha256(item.body).hexdigest()


def pin_of(reservation: str, verifier: bytes) -> Beside:
    return Beside(f"pin:{reservation}", PIN, verifier)


def _less(entries: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if name != key}


def opened(name: str, body: bytes, shape: type[D]) -> D:
    """What a document says that was believed when it came."""
    signed = cose.read_sign1(body, len(body), _TYPES[name])
    return msgspec.convert(cose.decode(signed.payload, len(body)), shape, builtin_types=(bytes,))
