"""The hub's private keys, in one file that is written as a whole, and the bundle that tells sites about them.

In a real fleet the root lives on a card in a safe and only signs bundles; here, so that one command starts a cloud,
it lies in the same directory.  What a stolen front end could do stays bounded by purposes: who mints pickups cannot
mint technicians, and to open a door is a key of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Meta, Struct, structs

from edge.core import cose
from edge.core.documents import EVERY_SITE, Carrier
from edge.core.errors import BadInput
from edge.core.keys import Key, KeyBundle, KeyPurpose
from sync.hub.issue import Issuer, public_bytes, sign_keys
from sync.hub.versions import next_version
from sync.keyfiles import Entropy, read_limited, write_secret
from sync.signed import plain, shaped

__all__ = ["LEAD_S", "HubKeys", "load_or_make", "with_next"]

SECRETS_FILE: Final = "secrets.cbor"
DEFAULT_CARRIERS: Final = ("north", "south")
KEY_LIFE_S: Final = 2 * 365 * 86_400
LEAD_S: Final = 30 * 86_400  # a key is in the bundle so long before it is used
_MAX_BYTES: Final = 64 * 1024

_COURIER: Final = (KeyPurpose.DEPOSIT, KeyPurpose.COLLECTION)
_ROLES: Final[dict[str, tuple[KeyPurpose, ...]]] = {
    "codes": (KeyPurpose.PICKUP, KeyPurpose.DROP_OFF),
    "couriers": _COURIER,
    "service": (KeyPurpose.SERVICE,),
    "commands": (KeyPurpose.COMMAND, KeyPurpose.ROSTER, KeyPurpose.STANDING),
    "open": (KeyPurpose.OPEN,),
    "hub": (KeyPurpose.WATERMARK,),
}
_WITH_CARRIERS: Final = frozenset({"codes", "couriers"})

Secret = Annotated[bytes, Meta(min_length=32, max_length=32)]


class _KeyRecord(Struct, frozen=True):
    role: str
    kid: Annotated[bytes, Meta(min_length=2, max_length=2)]
    private: Secret
    not_before: int
    not_after: int
    carriers: list[Carrier]


class _Secrets(Struct, frozen=True):
    root: Secret
    pin: Secret  # the PIN key of each site is derived from it
    version: int  # of the bundle
    issued_at: int
    keys: list[_KeyRecord]


class HubKeys(Struct, frozen=True):
    """Everything that signs, and the signed bundle."""

    root_public: bytes
    pin_secret: bytes
    version: int
    bundle: bytes
    issuers: tuple[tuple[str, Issuer], ...]  # role and key, oldest first

    @property
    def carriers(self) -> tuple[str, ...]:
        return self.by_role("codes").key.carriers

    def by_role(self, role: str, now_s: int | None = None) -> Issuer:
        """The newest key of a role that is valid now; without `now_s`, the newest of all."""
        fit = [
            i for r, i in self.issuers if r == role and (now_s is None or i.key.not_before <= now_s <= i.key.not_after)
        ]
        if not fit:
            raise BadInput(f"keys: none of role {role} is valid now")
        return fit[-1]

    def every(self) -> list[Issuer]:
        return [issuer for _, issuer in self.issuers]


def load_or_make(directory: Path, entropy: Entropy, now_s: int, carriers: tuple[str, ...] = ()) -> HubKeys:
    """The keys in `directory`; made at the first start, for these carriers."""
    path = directory / SECRETS_FILE
    if path.exists():
        return _opened(_load(path))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    secrets = _Secrets(entropy(32), entropy(32), 1, now_s, [])
    for role in _ROLES:
        record = _new(secrets, role, now_s, entropy, list(carriers or DEFAULT_CARRIERS))
        secrets = structs.replace(secrets, keys=[*secrets.keys, record])
    _save(path, secrets)
    return _opened(secrets)


def with_next(directory: Path, role: str, entropy: Entropy, now_s: int, valid_from_s: int | None = None) -> HubKeys:
    """Add the next key of a role, valid in 30 days unless told otherwise, and sign a newer bundle."""
    secrets = _load(directory / SECRETS_FILE)
    if role not in _ROLES:
        raise BadInput(f"keys: role {role!r}; must be one of {sorted(_ROLES)}")
    carriers = next((record.carriers for record in reversed(secrets.keys) if record.role == role), [])
    begins = now_s + LEAD_S if valid_from_s is None else valid_from_s
    record = _new(secrets, role, begins, entropy, carriers)
    version = next_version(secrets.version, now_s)
    newer = structs.replace(secrets, keys=[*secrets.keys, record], version=version, issued_at=now_s)
    opened = _opened(newer)  # before it is kept: a bundle beyond its limits never is
    _save(directory / SECRETS_FILE, newer)
    return opened


def _new(secrets: _Secrets, role: str, begins_s: int, entropy: Entropy, carriers: list[str]) -> _KeyRecord:
    """A day before `begins_s`, so that a site whose clock is a little behind believes it at once."""
    return _KeyRecord(
        role=role,
        kid=(len(secrets.keys) + 1).to_bytes(2, "big"),
        private=entropy(32),
        not_before=max(0, begins_s - 86_400),
        not_after=begins_s + KEY_LIFE_S,
        carriers=carriers if role in _WITH_CARRIERS else [],
    )


def _opened(secrets: _Secrets) -> HubKeys:
    issuers = tuple((record.role, _issuer(record)) for record in secrets.keys)
    root = Ed25519PrivateKey.from_private_bytes(secrets.root)
    keys = tuple(issuer.key for _, issuer in issuers)
    bundle = KeyBundle(site=EVERY_SITE, issued_at=secrets.issued_at, version=secrets.version, keys=keys)
    return HubKeys(public_bytes(root), secrets.pin, secrets.version, sign_keys(bundle, root), issuers)


def _issuer(record: _KeyRecord) -> Issuer:
    private = Ed25519PrivateKey.from_private_bytes(record.private)
    key = Key(
        kid=record.kid,
        public=public_bytes(private),
        purposes=tuple(str(purpose) for purpose in _ROLES[record.role]),
        not_before=record.not_before,
        not_after=record.not_after,
        carriers=tuple(record.carriers),
    )
    return Issuer(key, private)


def _load(path: Path) -> _Secrets:
    return shaped(cose.decode(read_limited(path, _MAX_BYTES), _MAX_BYTES), _Secrets, str(path))


def _save(path: Path, secrets: _Secrets) -> None:
    write_secret(path, cose.encode(plain(secrets)))
