"""How vectors are written: plain JSON, bytes in hexadecimal; and how bytes are spoilt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import base45
import msgspec

from edge.core import cose
from edge.core.claims import Claims
from edge.core.credential import parcel_id
from edge.core.documents import DocumentRefused
from sync.hub.issue import Issuer
from tests.credentials.known_keys import GROUP, NOW, NOW_S, PICKUP, SITE

DAY_S: Final = 86_400
EXP_S: Final = NOW_S + 40 * DAY_S
ID: Final = bytes.fromhex("c0ffee0123456789")
PLAIN: Final = Claims(id=ID, site=SITE, expires_s=EXP_S)
PARCEL: Final = parcel_id("dpd", "01906812345678").hex()


def changed(**changes: Any) -> Claims:
    return msgspec.structs.replace(PLAIN, **changes)


def code_bytes(text: str) -> bytes:
    return bytes(base45.b45decode(text[4:]))


def code_text(data: bytes) -> str:
    return f"LK1:{base45.b45encode(data).decode()}"


def signed_claims(payload: bytes, by: Issuer = PICKUP) -> str:
    """A code that no issuer of ours would make: claims as given, with a signature that holds."""
    return code_text(cose.sign(payload, by.key.kid, by.private))


def flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def place() -> dict[str, Any]:
    return {"site": SITE, "groups": [GROUP], "at": plain(NOW)}


def refused(read: Callable[[bytes], Any], inputs: dict[str, bytes]) -> list[dict[str, Any]]:
    rows = []
    for name, data in inputs.items():
        try:
            read(data)
        except DocumentRefused as refused:
            number = getattr(refused, "number", 0)
            used_up = {"number": number} if number else {}
            rows.append({"name": name, "in": data.hex(), "reason": refused.reason, **used_up})
        else:
            raise AssertionError(f"{name}: accepted")
    return rows


def plain(value: Any) -> Any:
    """Plain JSON, with bytes in hexadecimal."""
    plain = msgspec.to_builtins(value, builtin_types=(bytes,))
    return _hex(plain)


def _hex(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: _hex(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hex(inner) for inner in value]
    return value
