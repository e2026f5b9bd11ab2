"""`locker hardware report`: what a wall is and how it did, in a signed text that a stranger can send.

In it: machine, versions, boards with their options, a status exchange in hex, the newest results.  Not in it: who runs
the site and where, keys, codes, parcels, reasons that people typed, paths in people's homes.  The signature says that
the text is as it was made, and by which key: the site's device key where it is enrolled, else one made for this report.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from edge.app.configuration import BankPlan, Configuration
from edge.app.hardware.exchange import frames_of
from edge.app.hardware.kept import KINDS, kept
from edge.app.hardware.rig import rig_of
from edge.core.errors import BadInput, LockerError, NotAllowed

__all__ = ["MAX_REPORT_BYTES", "Checked", "Report", "check", "report_of", "signed", "signing_key"]

MAX_REPORT_BYTES: Final = 2 * 1024 * 1024
BEGIN: Final = "-----BEGIN LOCKER HARDWARE REPORT-----"
SIGNATURE: Final = "-----SIGNATURE-----"
END: Final = "-----END LOCKER HARDWARE REPORT-----"
LIBRARIES: Final = ("locker-edge", "pyserial", "gpiozero", "lgpio", "RPi.GPIO", "smbus2")
DEVICE, FRESH = "device key of an enrolled site", "made for this report"
_OWN: Final = frozenset({"sim", "gpio", "mcp23017", "ys", "cu16", "cu48", "waveshare", "wkly", "winnsen"})
_FREE_TEXT: Final = frozenset({"accept_no_cutoff"})
_HOMES: Final = re.compile(r"/(?:home|root|Users|media|mnt)(?:/[^\s\"':,;]*)?")


class Report(Struct, frozen=True, kw_only=True):
    """What is told.  banks: driver, doors, options.  frames: a status exchange.  readings: what each door said."""

    format: int = 1
    made_at: str
    machine: str
    kernel: str
    system: str
    python: str
    versions: dict[str, str]
    coils: dict[str, Any]
    banks: dict[str, dict[str, Any]]
    frames: dict[str, list[str]]
    readings: dict[str, str]
    trouble: list[str]
    results: dict[str, Any]


class Checked(NamedTuple):
    """A report whose signature holds.  key: in hex.  of: whose key it says it is."""

    key: str
    of: str
    made_at: str


def report_of(told: Configuration, machine: str, made_at: str, running: str) -> Report:
    """Put it together; with the locker at a standstill (`running` is empty) its boards are asked, never unlocked."""
    frames: dict[str, list[str]] = {}
    readings: dict[str, str] = {}
    trouble: list[str] = [f"no board was asked: {running}"] if running else []
    if not running:
        try:
            frames = frames_of(told.banks)
            with rig_of(told) as rig:
                readings = {str(door): f"{one.level}, {one.evidence}" for door, one in sorted(rig.read().items())}
        except LockerError as error:
            trouble.append(str(error))
    return Report(
        made_at=made_at,
        machine=machine,
        kernel=platform.release(),
        system=_system(),
        python=platform.python_version(),
        versions={name: found for name in LIBRARIES if (found := _version(name))},
        coils=msgspec.to_builtins(told.coils),
        banks={bank.name: _bank(bank) for bank in told.banks},
        frames=frames,
        readings=readings,
        trouble=trouble,
        results={kind: kept(told.directory, kind) for kind in KINDS},
    )


def signing_key(directory: Path, entropy: Callable[[int], bytes]) -> tuple[Ed25519PrivateKey, str]:
    """The key to sign with, and whose it is."""
    from sync.enrol import ENROLMENT_FILE, load_device_key  # without enrolment nothing of the cloud is needed

    if (directory / ENROLMENT_FILE).exists():
        return load_device_key(directory), DEVICE
    return Ed25519PrivateKey.from_private_bytes(entropy(32)), FRESH


def signed(report: Report, key: Ed25519PrivateKey, of: str) -> str:
    """The text."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    told = {"key": public, "key_of": of, **msgspec.to_builtins(report, str_keys=True)}
    body = msgspec.json.format(msgspec.json.encode(told), indent=1).decode()
    body = _HOMES.sub("(a path)", body)
    signature = key.sign(_to_sign(body)).hex()
    return "\n".join([BEGIN, body, SIGNATURE, signature, END]) + "\n"


def check(text: str) -> Checked:
    """The report in `text`, whatever stands before and behind it.  BadInput: it is none; NotAllowed: the signature
    does not hold, so somebody changed the text."""
    lines = [line.rstrip() for line in text.splitlines()]
    if missing := [line for line in (BEGIN, SIGNATURE, END) if line not in lines]:
        raise BadInput(f"no hardware report: there is no line {missing[0]}")
    try:
        begin, middle, end = lines.index(BEGIN), lines.index(SIGNATURE), lines.index(END)
        body = "\n".join(lines[begin + 1 : middle])
        told = msgspec.json.decode(body)
        signature = bytes.fromhex("".join(lines[middle + 1 : end]))
        key, of, made_at = str(told["key"]), str(told["key_of"]), str(told["made_at"])
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    except (ValueError, KeyError, TypeError, msgspec.DecodeError) as error:
        raise BadInput(f"no hardware report: {error}") from None
    try:
        public.verify(signature, _to_sign(body))
    except InvalidSignature:
        raise NotAllowed(f"the signature of key {key} does not hold: the text was changed after it was made") from None
    return Checked(key, of, made_at)


def _to_sign(body: str) -> bytes:
    """No other thing that the device key signs begins like this: those are CBOR."""
    return f"locker hardware report 1\n{body}".encode()


def _bank(bank: BankPlan) -> dict[str, Any]:
    options: Mapping[str, Any] = msgspec.to_builtins(bank.options)
    return {
        "driver": bank.driver,
        "doors": list(bank.doors),
        "options": {name: _told(bank.driver, name, value) for name, value in options.items()},
    }


def _told(driver: str, name: str, value: Any) -> Any:
    """An option as it may be told to a stranger."""
    if driver not in _OWN or (name in _FREE_TEXT and value):
        return "(given)"
    if isinstance(value, str) and "/" in value and not value.startswith("/dev/"):
        return "(a path)"
    return value


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""
