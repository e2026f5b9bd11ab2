"""Files that must never be half written nor readable by others: temp, fsync, rename, fsync directory; mode 0600."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edge.core.errors import BadInput

__all__ = ["Entropy", "load_key", "make_key", "read_limited", "write_secret"]

Entropy = Callable[[int], bytes]  # so many unguessable bytes, such as os.urandom

_KEY_BYTES: Final = 32
_MAX_PEM_BYTES: Final = 4096


def write_secret(path: Path, data: bytes) -> None:
    """Replace `path` by `data` as a whole, durably."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # a left-over file may have had another mode
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    os.replace(temporary, path)
    _sync_directory(path.parent)


def make_key(path: Path, entropy: Entropy) -> Ed25519PrivateKey:
    """Make an Ed25519 key and keep it in `path` (PEM, PKCS #8) before anything is done with it."""
    key = Ed25519PrivateKey.from_private_bytes(entropy(_KEY_BYTES))
    write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key that `make_key` kept; raise BadInput when the file holds anything else."""
    try:
        key = load_pem_private_key(read_limited(path, _MAX_PEM_BYTES), password=None)
    except (ValueError, TypeError) as error:
        raise BadInput(f"{path}: not a private key: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path}: not an Ed25519 key")
    return key


def read_limited(path: Path, most: int) -> bytes:
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise BadInput(f"{path}: more than {most} bytes")
    return data


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
