"""The configuration, which people write by hand: whatever is in the file is told in lines, or holds together."""

from __future__ import annotations

import atexit
import functools
import json
import math
import tomllib
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from msgspec import structs

from edge.app.configuration import Configuration, load
from edge.core.site import Policy
from tests.app.street import CONFIGURATION
from tests.app.test_configuration import PINS
from tests.fuzz.feed import Feed
from tests.fuzz.target import Finding, Target

EXAMPLES: Final = (
    (files("edge.app") / "example.toml").read_text(),
    CONFIGURATION.format(folder="/tmp/street"),
    f"[site]\nnumber = 7\n{PINS}",
)
# Found once: each ended in an error outside of the tree, or in a line that fills the console.
ODD: Final = (
    "x = " + "[" * 3000,
    "x = " + "{a=" * 2000,
    "x = " + "9" * 5000,
    EXAMPLES[1] + '[cloud]\nurl = "https://\\u0000/"\n',
    EXAMPLES[1] + '[cloud]\nurl = "https://a b/"\n',
    EXAMPLES[1] + '[cloud]\nurl = "https://%00:80/"\n',
    EXAMPLES[1] + "[camera]\n" + "k" * 5000 + " = 1\n",
)


@functools.cache
def _folder() -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _load(text: bytes) -> Configuration:
    file = _folder() / "locker.toml"
    file.write_bytes(text)
    return load(file)


def _read(data: bytes) -> Configuration | None:
    feed = Feed(data)
    if not feed.byte() & 1:
        return _load(feed.rest())
    tables = feed.changed(tomllib.loads(feed.pick(EXAMPLES)))
    return _load(_document(tables).encode("utf-8", "replace")) if isinstance(tables, dict) else None


def _holds(read: Configuration) -> None:
    for number in _numbers(msgspec.to_builtins(read)):
        if not math.isfinite(number):
            raise Finding(f"configuration: {number} was taken for a number")
    again = _load(_document(_tables(read)).encode())
    if again != read:
        raise Finding(f"configuration: {read} is read back as {again}")


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [n for entry in value.values() for n in _numbers(entry)]
    if isinstance(value, list):
        return [n for entry in value for n in _numbers(entry)]
    return [value] if isinstance(value, float) else []


def _tables(read: Configuration) -> dict[str, Any]:
    """The file that says the same, compartment by compartment."""
    named = ("site", "policy", "coils", "camera", "kiosk", "panel", "state", "control", "cloud")
    tables = {name: msgspec.to_builtins(getattr(read, name)) for name in named}
    tables["compartment"] = [msgspec.to_builtins(plan) for plan in read.compartments]
    tables["bank"] = []
    for bank in read.banks:
        options = msgspec.to_builtins(bank.options)
        tables["bank"].append({"doors": list(bank.doors), **options, "name": bank.name, "driver": bank.driver})
    return tables


def _document(tables: dict[str, Any]) -> str:
    return "".join(f"{_key(name)} = {_value(entry)}\n" for name, entry in tables.items() if entry is not None)


def _key(name: object) -> str:
    return json.dumps(str(name))


def _value(value: Any) -> str:
    """In TOML, all on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(entry) for entry in value if entry is not None) + "]"
    if isinstance(value, bytes):
        value = value.hex()
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else json.dumps(str(value)).replace("\x7f", "\\u007f")


def _seeds() -> list[bytes]:
    some = [b"\0" + text.encode() for text in EXAMPLES]
    names = [field.name for field in structs.fields(Policy)]
    some += [b"\0" + EXAMPLES[1].encode() + f"[policy]\n{name} = nan\n".encode() for name in names]
    some += [
        b"\0number = " + word for word in (b"nan", b"1e999", b"9" * 40, b"0x" + b"f" * 40, b"[" * 40, b"1979-05-27")
    ]
    some += [b"\0" + text.encode() for text in ODD]
    return some + [bytes([1, number, *range(3, 40, step)]) for number in range(3) for step in (1, 2, 5)]


TARGETS: Final = (Target("configuration", _read, _holds, _seeds, max_bytes=8192),)
