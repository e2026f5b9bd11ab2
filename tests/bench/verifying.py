"""What it costs to believe a code."""

from __future__ import annotations

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.core import cose
from edge.core.credential import MAX_CODE_BYTES, verify
from tests.bench.figures import Effort, Table, figure, in_turn_us
from tests.bench.wall import code
from tests.credentials.known_keys import BUNDLE, HERE, NOW, PICKUP


def verify_credential(effort: Effort) -> list[Table]:
    text = code(1)
    signed = cose.read_sign1(base45.b45decode(text[4:]), MAX_CODE_BYTES)
    message = cbor2.dumps(["Signature1", signed.protected, b"", signed.payload])  # RFC 9052, section 4.4
    key = Ed25519PublicKey.from_public_bytes(PICKUP.key.public)
    ours, bare = in_turn_us(
        [lambda: verify(text, BUNDLE, HERE, NOW), lambda: key.verify(signed.signature, message)], effort.rounds * 2
    )
    figures = (figure("verify a credential", ours), figure("   floor: the Ed25519 signature alone", bare))
    return [Table("credential", figures)]
