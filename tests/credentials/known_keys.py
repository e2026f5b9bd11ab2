"""Keys that everybody may know: what the vectors in docs/vectors and the tests are signed with."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core.documents import EVERY_SITE, Here
from edge.core.judgement import JudgementTime
from edge.core.keys import Key, KeyBundle, KeyPurpose
from sync.hub.issue import Issuer, public_bytes

SITE = 0x00BC614E  # 12345678: four bytes in CBOR, as most site numbers
GROUP = 2**31 + 5
HERE = Here(SITE, frozenset({GROUP}))
NOW_S = 1_790_000_000  # 2026-09-21
YEAR_S = 365 * 86_400
NOW = JudgementTime(trusted=True, wall_s=NOW_S, floor_s=NOW_S - 3600)
UNSYNCED = JudgementTime(trusted=False, wall_s=0, floor_s=NOW_S - 3600)
PIN_KEY = hashlib.sha256(b"locker-edge vector pin").digest()


def private(name: str) -> Ed25519PrivateKey:
    """The same key for the same name, for ever."""
    return Ed25519PrivateKey.from_private_bytes(seed(name))


def seed(name: str) -> bytes:
    return hashlib.sha256(b"locker-edge vector " + name.encode()).digest()


def issuer(
    name: str,
    kid: str,
    *purposes: KeyPurpose,
    carriers: tuple[str, ...] = (),
    not_before: int = NOW_S - YEAR_S,
    not_after: int = NOW_S + YEAR_S,
) -> Issuer:
    key = private(name)
    public = Key(
        kid=bytes.fromhex(kid),
        public=public_bytes(key),
        purposes=tuple(str(purpose) for purpose in purposes),
        not_before=not_before,
        not_after=not_after,
        carriers=carriers,
    )
    return Issuer(public, key)


ROOT = private("root")
PICKUP = issuer("pickup", "0101", KeyPurpose.PICKUP, KeyPurpose.DROP_OFF, carriers=("dpd", "gls"))
OTHER_PICKUP = issuer("other pickup", "0102", KeyPurpose.PICKUP, carriers=("posten",))
NEXT_PICKUP = issuer("next", "0103", KeyPurpose.PICKUP, carriers=("dpd",), not_before=NOW_S + 30 * 86_400)
OLD_PICKUP = issuer("old", "0104", KeyPurpose.PICKUP, carriers=("dpd",), not_after=NOW_S - 86_400)
COURIER = issuer("courier", "0201", KeyPurpose.DEPOSIT, KeyPurpose.COLLECTION, carriers=("dpd",))
SERVICE = issuer("service", "0202", KeyPurpose.SERVICE)
COMMAND = issuer("command", "0301", KeyPurpose.COMMAND, KeyPurpose.ROSTER, KeyPurpose.STANDING, KeyPurpose.WATERMARK)
OPENING = issuer("opening", "0302", KeyPurpose.OPEN)
UNLISTED = issuer("unlisted", "0999", *KeyPurpose, carriers=("dpd", "gls"))  # in no bundle

ISSUERS = (PICKUP, OTHER_PICKUP, NEXT_PICKUP, OLD_PICKUP, COURIER, SERVICE, COMMAND, OPENING)
BUNDLE = KeyBundle(site=EVERY_SITE, issued_at=NOW_S - 86_400, version=7, keys=tuple(one.key for one in ISSUERS))
