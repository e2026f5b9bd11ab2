"""Minting with private keys: codes, badges, PINs, and every signed document.  Only the hub and the tests do this.

A site has no key with which any of this could be made (I11).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable
from typing import Final

import base45
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge.core import cose
from edge.core.claims import Claims, claims_payload
from edge.core.documents import Document, DocumentType, sign_document
from edge.core.errors import BadInput, NotAllowed
from edge.core.keys import ROOT_KID, Key, KeyBundle, KeyPurpose
from edge.core.orders import Open, SignedOrder, SignedTimeReset, What
from edge.core.roster import Roster, Verifier, derive
from edge.core.standing import StandingList

__all__ = [
    "SAFETY_S",
    "Issuer",
    "choose_issuer",
    "mint_code",
    "public_bytes",
    "second_factor_verifier",
    "sign_keys",
    "sign_order",
    "sign_roster",
    "sign_standing",
    "sign_time_reset",
    "site_pin_key",
]

SAFETY_S: Final = 30 * 86_400  # `exp` lies at least this far behind the end of the hold
ORDER_LIFE_S: Final = 7 * 86_400  # longer than most outages; an order to open lives for its nonce's minute
OPEN_LIFE_S: Final = 60


class Issuer(Struct, frozen=True):
    """A private key, with what its bundle says of it."""

    key: Key
    private: Ed25519PrivateKey


def public_bytes(private: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that stand in a bundle."""
    return private.public_key().public_bytes_raw()


def mint_code(claims: Claims, issuer: Issuer) -> str:
    """Return the text of a code or badge; refuse what every site would refuse because of the key."""
    if claims.purpose not in issuer.key.purposes:
        raise NotAllowed(f"key {issuer.key.kid.hex()} may not sign for {claims.purpose}")
    if claims.carrier and claims.carrier not in issuer.key.carriers:
        raise NotAllowed(f"key {issuer.key.kid.hex()} may not speak for carrier {claims.carrier}")
    if claims.expires_s > issuer.key.not_after:
        raise BadInput(f"exp {claims.expires_s} is beyond the key's life, which ends {issuer.key.not_after}")
    signed = cose.sign(claims_payload(claims), issuer.key.kid, issuer.private)
    return f"LK1:{base45.b45encode(signed).decode()}"


def choose_issuer(
    issuers: Iterable[Issuer], reported_kids: Collection[str], purpose: KeyPurpose, carrier: str, now_s: int
) -> Issuer:
    """Return the valid key with the longest life that may sign for `purpose` and `carrier` and that the site has
    reported; raise NotAllowed when there is none.  `carrier` "" asks for none."""
    fit = [
        issuer
        for issuer in issuers
        if purpose in issuer.key.purposes
        and issuer.key.kid.hex() in reported_kids
        and issuer.key.not_before <= now_s <= issuer.key.not_after
        and (not carrier or carrier in issuer.key.carriers)
    ]
    if not fit:
        raise NotAllowed(f"no key that this site has reported may sign for {purpose} {carrier}".rstrip())
    return max(fit, key=lambda issuer: issuer.key.not_after)


def site_pin_key(hub_secret: bytes, site: int) -> bytes:
    """The 32-byte key of one site's PIN verifiers: handed over once, at enrolment."""
    return hmac.digest(hub_secret, b"LK1 pin" + site.to_bytes(4, "big"), "sha256")


def second_factor_verifier(pin: str, salt: bytes) -> Verifier:
    """What stands in the roster for a PIN; `salt` is 16 random bytes."""
    return Verifier(salt=salt, hash=derive(pin, salt))


def sign_keys(bundle: KeyBundle, root: Ed25519PrivateKey) -> bytes:
    """The ceremony of the root: sign a bundle of keys."""
    return sign_document(bundle, DocumentType.KEYS, ROOT_KID, root)


def sign_time_reset(reset: SignedTimeReset, root: Ed25519PrivateKey) -> bytes:
    """The ceremony of the root: let one site's clock go back."""
    return sign_document(reset, DocumentType.TIME_RESET, ROOT_KID, root)


def sign_roster(roster: Roster, issuer: Issuer) -> bytes:
    """Return the signed roster."""
    return _signed(roster, DocumentType.ROSTER, KeyPurpose.ROSTER, issuer)


def sign_standing(standing: StandingList, issuer: Issuer) -> bytes:
    """Return the signed standing list."""
    return _signed(standing, DocumentType.STANDING, KeyPurpose.STANDING, issuer)


def sign_order(site: int, number: int, what: What, issued_at_s: int, issuer: Issuer) -> bytes:
    """Return the signed order.  It lives for seven days, to open a door for one minute."""
    is_open = isinstance(what, Open)
    order = SignedOrder(
        site=site,
        issued_at=issued_at_s,
        expires_at=issued_at_s + (OPEN_LIFE_S if is_open else ORDER_LIFE_S),
        number=number,
        what=msgspec.to_builtins(what, builtin_types=(bytes,)),
    )
    return _signed(order, DocumentType.ORDER, KeyPurpose.OPEN if is_open else KeyPurpose.COMMAND, issuer)


def _signed(document: Document, document_type: DocumentType, purpose: KeyPurpose, issuer: Issuer) -> bytes:
    if purpose not in issuer.key.purposes:
        raise NotAllowed(f"key {issuer.key.kid.hex()} may not sign for {purpose}")
    return sign_document(document, document_type, issuer.key.kid, issuer.private)
