"""Reading one TOML file into typed structs: every error in one run, each on one line with file, key, value and limit.

    locker.toml: bank[1].pulse_ms = 5000: must be a whole number from 20 to 1000

Tables of an array are counted from 1.  An unknown key is an error, and so is a key that is missing and has no default.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from edge.app.limits_in_words import in_words
from edge.core.errors import ConfigurationError, machine_says

__all__ = ["MAX_FILE_BYTES", "Reader", "load_toml"]

MAX_FILE_BYTES: Final = 256 * 1024  # a wall of a thousand doors, each written out, takes half of it
MAX_LINES: Final = 100  # of errors; a file that has more is not the right file
MAX_LINE_CHARS: Final = 1000  # of one; all keys that may stand in a table are named in less
_SHOWN_CHARS: Final = 60

S = TypeVar("S", bound=Struct)
T = TypeVar("T")


def load_toml(path: Path) -> dict[str, Any]:
    """The tables of the file.  ConfigurationError with one line when it cannot be read or is no TOML."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError([f"{path}: {machine_says(error)}"]) from None
    if len(data) > MAX_FILE_BYTES:
        raise ConfigurationError([f"{path}: more than {MAX_FILE_BYTES} bytes"])
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise ConfigurationError([f"{path}: byte {error.start} is not UTF-8"]) from None
    except RecursionError:
        raise ConfigurationError([f"{path}: not TOML: nested too deeply"]) from None
    except ValueError as error:  # of TOML; or a number of thousands of digits
        raise ConfigurationError([f"{path}: not TOML: {error}"]) from None


class Reader:
    """Turns tables into structs and gathers what is wrong."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: list[str] = []

    def wrong(self, path: str, value: object, why: str) -> None:
        """`path` has `value`, which must not be; NODEFAULT: it has none."""
        self._add(f"{path}: {why}" if value is NODEFAULT else f"{path} = {_shown(value)}: {why}")

    def table(self, raw: object, shape: type[S], path: str = "") -> S | None:
        """`raw` as `shape`; None when something in it is wrong, which has been noted."""
        before = len(self._lines)
        if not isinstance(raw, dict):
            self.wrong(path, raw, "must be a table")
            return None
        known = {field.encode_name: field for field in msgspec.structs.fields(shape)}
        self.known_only(raw, known, path)
        for key, field in known.items():
            where = f"{path}.{key}" if path else key
            if key in raw:
                self._value(raw[key], field.type, where)
            elif field.required:
                self.wrong(where, NODEFAULT, f"is missing; must be {in_words(field.type)}")
        return self._whole(raw, shape, path) if len(self._lines) == before else None

    def tables(self, raw: object, shape: type[S], path: str) -> tuple[S, ...] | None:
        """An array of tables; None when something in it is wrong."""
        return self.each(raw, path, lambda entry, where: self.table(entry, shape, where))

    def each(
        self,
        raw: object,
        path: str,
        read: Callable[[dict[str, Any], str], T | None],
        *,
        least: int = 0,
        most: int | None = None,
    ) -> tuple[T, ...] | None:
        """An array of tables, `least` to `most` of them, each read by `read`; None when something in it is wrong."""
        if not isinstance(raw, list):
            self.wrong(path, raw, f"must be tables, each [[{path}]]")
            return None
        if len(raw) < least or (most is not None and len(raw) > most):
            self.wrong(path, NODEFAULT, f"there are {len(raw)}; must be {least} to {most}")
        found = [self._entry(entry, f"{path}[{number}]", read) for number, entry in enumerate(raw, 1)]
        sound = tuple(entry for entry in found if entry is not None)
        return sound if len(sound) == len(found) else None

    def _entry(self, raw: object, path: str, read: Callable[[dict[str, Any], str], T | None]) -> T | None:
        if isinstance(raw, dict):
            return read(raw, path)
        self.wrong(path, raw, "must be a table")
        return None

    def known_only(self, raw: Mapping[str, Any], known: Collection[str], path: str = "") -> None:
        """Note every key of `raw` that is not known."""
        for key, value in raw.items():
            if key not in known:
                self.wrong(f"{path}.{key}" if path else key, value, _unknown(key, known))

    def finish(self) -> None:
        """ConfigurationError with every line, when there is one."""
        if self._lines:
            left = len(self._lines) - MAX_LINES
            more = [f"{self._file}: and {left} more"] if left > 0 else []
            raise ConfigurationError(self._lines[:MAX_LINES] + more)

    def _value(self, value: object, shape: Any, path: str) -> None:
        """Note what is wrong with `value`, part by part where it has parts."""
        inner = _bare(shape)
        if isinstance(inner, type) and issubclass(inner, Struct):
            self.table(value, inner, path)
            return
        before, item = len(self._lines), _item(inner)
        if item is not None and isinstance(value, list):
            for number, entry in enumerate(value, 1):
                self._value(entry, item, f"{path}[{number}]")
        elif item is not None and isinstance(value, dict):
            for key, entry in value.items():
                self._value(entry, item, f"{path}.{key}")
        if len(self._lines) == before:
            self._whole(value, shape, path)

    def _whole(self, value: object, shape: Any, path: str) -> Any:
        try:
            return msgspec.convert(value, shape)
        except msgspec.ValidationError as error:
            said, _, inside = str(error).partition(" - at `$")
            where = path + inside.rstrip("`")
            limit = in_words(shape)
            if inside or not limit:
                self._add(f"{where}: {said[:1].lower()}{said[1:]}".replace("`", ""))
            else:
                self.wrong(where, value, f"must be {limit}")
            return None

    def _add(self, line: str) -> None:
        cut = line if len(line) <= MAX_LINE_CHARS else f"{line[: MAX_LINE_CHARS - 1]}…"
        self._lines.append(f"{self._file}: {cut}")


def _unknown(key: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known here: {', '.join(sorted(known))}"


def _bare(shape: Any) -> Any:
    """The type without its limits, and without "or nothing"."""
    if get_origin(shape) is Annotated:
        return _bare(get_args(shape)[0])
    some = [arg for arg in get_args(shape) if arg is not type(None)]
    if type(None) in get_args(shape) and len(some) == 1:
        return _bare(some[0])
    return shape


def _item(shape: Any) -> Any:
    """The type of the entries of a list, tuple or table; None where there are none."""
    if get_origin(shape) in (list, tuple):
        return get_args(shape)[0]
    return get_args(shape)[1] if get_origin(shape) is dict else None


def _shown(value: object) -> str:
    """The value as it stands in the file, cut short."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
