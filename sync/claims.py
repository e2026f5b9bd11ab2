"""Claim codes: what a person types once to enrol a site.  Crockford's base 32, without look-alikes of digits."""

from __future__ import annotations

from typing import Final

from edge.core.errors import BadInput

__all__ = ["CLAIM_CHARS", "claim_from", "claim_text", "normal_claim"]

CLAIM_CHARS: Final = 8  # 40 bits: with 15 minutes to live and the hub's limit of tries, beyond guessing
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKS_LIKE: Final = str.maketrans("OIL", "011")


def claim_from(random: bytes) -> str:
    """A claim from 5 random bytes."""
    number = int.from_bytes(random[:5], "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def claim_text(claim: str) -> str:
    """As people read it: ABCD-EFGH."""
    return f"{claim[:4]}-{claim[4:]}"


def normal_claim(typed: str) -> str:
    """What was typed, in its one spelling: capitals, no separators, O as 0, I and L as 1.  BadInput if no claim."""
    claim = typed.upper().replace("-", "").replace(" ", "").translate(_LOOKS_LIKE)
    if len(claim) != CLAIM_CHARS or not set(claim) <= set(_ALPHABET):
        raise BadInput(f"claim code of {len(claim)} characters: {CLAIM_CHARS} of 0-9 and A-Z without I, L, O, U")
    return claim
