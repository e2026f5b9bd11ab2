"""Minting with private keys: codes, badges, PINs, and every signed document.  Only the hub and the tests do this.

A site has no key with which any of this could be made (I11).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable
from typing import Final

import base45
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge.core import cose
from edge.core.claims import Claims, claims_payload
from edge.core.errors import BadInput, NotAllowed
from edge.core.keys import Key, KeyPurpose

__all__ = ["Issuer", "choose_issuer", "mint_code", "public_bytes", "site_pin_key"]

SAFETY_S: Final = 30 * 86_400  # `exp` lies at least this far behind the end of the hold


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
