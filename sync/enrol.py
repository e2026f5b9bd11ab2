"""Enrolment: a new site makes its own key, and exchanges a claim code for everything it has to know.

The device key is durable before it is shown to anybody, and never leaves the site.  The hub binds a claim to the first
key that presents it: after a cut in the middle the same site may ask again with the same claim, nobody else can.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct

from edge.core import cose
from edge.core.documents import Here
from edge.core.errors import NotAllowed
from edge.core.judgement import JudgementTime
from edge.core.keys import MAX_BUNDLE_BYTES, KeyBundle, KeyPurpose, accept_keys, require_key
from edge.core.roster import MAX_ROSTER_BYTES, accept_roster
from edge.core.standing import MAX_STANDING_BYTES, accept_standing
from sync.claims import CLAIM_CHARS, normal_claim
from sync.keyfiles import Entropy, load_key, make_key, read_limited, write_secret
from sync.signed import DIGEST_BYTES, FindKey, MessageType, digest, only, plain, public_of, read_signed, shaped, sign

__all__ = [
    "Enrolment",
    "Request",
    "Welcome",
    "enrol",
    "hub_keys",
    "load_device_key",
    "load_enrolment",
    "read_request",
    "sign_request",
    "sign_welcome",
]

DEVICE_KEY_FILE: Final = "device.key"
ENROLMENT_FILE: Final = "enrolment.cbor"
MAX_REQUEST_BYTES: Final = 512
MAX_WELCOME_BYTES: Final = MAX_BUNDLE_BYTES + MAX_ROSTER_BYTES + MAX_STANDING_BYTES + 4096
_NO_CLOCK: Final = JudgementTime(
    trusted=False, wall_s=0, floor_s=0
)  # a new site knows no time, and refuses nothing by it

PublicKey = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Request(Struct, frozen=True):
    """A claim, and the key that is to speak for the site; signed with that key to prove that it is there."""

    claim: Annotated[str, Meta(min_length=CLAIM_CHARS, max_length=CLAIM_CHARS)]
    device: PublicKey


class Enrolment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a site is told once.  `keys`, `roster` and `standing` are signed documents; empty: there is none yet."""

    site: Annotated[int, Meta(ge=1, lt=2**31)]
    root: PublicKey  # signs the key bundles; trusted from here on, never replaced by a command
    pin_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    keys: Annotated[bytes, Meta(min_length=1, max_length=MAX_BUNDLE_BYTES)]
    roster: Annotated[bytes, Meta(max_length=MAX_ROSTER_BYTES)] = b""
    standing: Annotated[bytes, Meta(max_length=MAX_STANDING_BYTES)] = b""
    groups: Annotated[list[Annotated[int, Meta(ge=2**31, lt=2**32)]], Meta(max_length=64)] = []
    name: Annotated[str, Meta(max_length=64)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""


class Welcome(Struct, frozen=True, kw_only=True):
    """The hub's answer, signed with its watermark key."""

    enrolment: Enrolment
    to: Annotated[bytes, Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]  # SHA-256 of the request
    issued_at: Annotated[int, Meta(ge=0, lt=2**32)]


class EnrolmentLine(Protocol):
    """A blocking line to the hub, such as `sync.uplink.Uplink`."""

    def enrol(self, request: bytes) -> bytes: ...


def enrol(line: EnrolmentLine, claim: str, directory: Path, entropy: Entropy, *, replace: bool = False) -> Enrolment:
    """Enrol the site whose keys live in `directory`; return what the hub told, after it is durable there.

    Raises NotAllowed when it is enrolled already (unless `replace`) or the hub refuses the claim, BadInput for what
    is no claim or no sound answer, Retry when the hub cannot be reached; the same call may then be made again.
    """
    claim = normal_claim(claim)
    if (directory / ENROLMENT_FILE).exists() and not replace:
        raise NotAllowed(f"{directory}: enrolled already as site {load_enrolment(directory).site}")
    path = directory / DEVICE_KEY_FILE
    key = load_key(path) if path.exists() else make_key(path, entropy)
    request = sign_request(Request(claim, public_of(key)), key)
    enrolment = _read_welcome(line.enrol(request), digest(request)).enrolment
    write_secret(directory / ENROLMENT_FILE, cose.encode(plain(enrolment)))
    return enrolment


def load_device_key(directory: Path) -> Ed25519PrivateKey:
    return load_key(directory / DEVICE_KEY_FILE)


def load_enrolment(directory: Path) -> Enrolment:
    """What `enrol` kept in `directory`.  FileNotFoundError when the site is not enrolled."""
    data = read_limited(directory / ENROLMENT_FILE, MAX_WELCOME_BYTES)
    return shaped(cose.decode(data, MAX_WELCOME_BYTES), Enrolment, f"{directory / ENROLMENT_FILE}")


def hub_keys(bundle: KeyBundle, at: JudgementTime = _NO_CLOCK) -> FindKey:
    """The keys of `bundle` that may sign what the hub says of its own (watermarks, answers)."""
    return lambda kid: require_key(bundle, kid, KeyPurpose.WATERMARK, at).public


def sign_request(request: Request, key: Ed25519PrivateKey) -> bytes:
    return sign(request, MessageType.ENROL, key)


def read_request(data: bytes) -> Request:
    """Return the request when the key that it names signed it."""
    claimed = cose.read_sign1(data, MAX_REQUEST_BYTES, MessageType.ENROL)
    device = shaped(cose.decode(claimed.payload, MAX_REQUEST_BYTES), Request, "enrolment request").device
    return read_signed(data, MessageType.ENROL, Request, only(device), MAX_REQUEST_BYTES)


def sign_welcome(welcome: Welcome, key: Ed25519PrivateKey, kid: bytes) -> bytes:
    return sign(welcome, MessageType.ENROLMENT, key, kid)


def _read_welcome(data: bytes, to: bytes) -> Welcome:
    """Read the answer, and believe it only when everything in it holds together.

    Who the hub is, was settled by its certificate.  The root that comes with the answer must have signed the bundle,
    and the bundle must have the keys that signed the answer and the lists.
    """
    claimed = cose.read_sign1(data, MAX_WELCOME_BYTES, MessageType.ENROLMENT)
    enrolment = shaped(cose.decode(claimed.payload, MAX_WELCOME_BYTES), Welcome, "enrolment").enrolment
    here = Here(enrolment.site, frozenset(enrolment.groups))
    bundle = accept_keys(0, enrolment.keys, enrolment.root, here)
    welcome = read_signed(data, MessageType.ENROLMENT, Welcome, hub_keys(bundle), MAX_WELCOME_BYTES)
    if welcome.to != to:
        raise NotAllowed("enrolment: the answer to another request")
    if enrolment.roster:
        accept_roster(0, enrolment.roster, bundle, here, _NO_CLOCK)
    if enrolment.standing:
        accept_standing(0, enrolment.standing, bundle, here, _NO_CLOCK)
    return welcome
