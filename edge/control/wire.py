"""The line to the control socket: one JSON object a line, both ways.

A request names its `op`; the other fields are its arguments.  The answer is

    {"ok": true, "result": …}      or      {"ok": false, "kind": a name of the error tree, "error": one line}

and before it, where many things are asked for, any number of {"item": …}.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from edge.core import errors

__all__ = ["ACTS", "CLIENTS_LIMIT", "LINE_LIMIT", "STREAMS", "Ask", "Item", "Said", "parse", "refusal", "translated"]

LINE_LIMIT: Final = 4096  # bytes of a request; a reason of 200 characters is its longest part
CLIENTS_LIMIT: Final = 16  # technicians and their tools; a locker has one cupboard
ACTS: Final = frozenset(
    {"open", "out_of_service", "in_service", "empty", "clear_alarm", "time_reset", "zero_scale", "tare_scale"}
)
STREAMS: Final = frozenset({"journal", "export", "bundle"})

Word = Annotated[str, Meta(max_length=64)]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One request.  Which fields count is said at each operation in docs/control.md."""

    op: Word
    door: Annotated[int, Meta(ge=0, le=9999)] = 0
    reason: Annotated[str, Meta(max_length=400)] = ""  # the daemon takes 200, and says so
    alarm: Annotated[str, Meta(max_length=200)] = ""
    document: Annotated[str, Meta(max_length=1024)] = ""  # signed by the root, in hexadecimal
    after: Annotated[int, Meta(ge=0)] = 0  # a row of the journal
    last: Annotated[int, Meta(ge=0)] = 0  # only the newest so many rows; 0: all


class Item(Struct, frozen=True):
    """One of many, before the answer."""

    item: Any


class Said(Struct, frozen=True, omit_defaults=True):
    """The answer, or one of many (`ok` None)."""

    ok: bool | None = None
    result: Any = None
    kind: str = ""
    error: str = ""
    item: Any = None


def parse(line: bytes) -> Ask:
    """BadInput when the line is no request."""
    try:
        return msgspec.json.decode(line, type=Ask)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise errors.BadInput(f"control: not a request: {why}") from why


def refusal(why: errors.LockerError) -> Said:
    return Said(ok=False, kind=type(why).__name__, error=str(why))


def translated(said: Said) -> errors.LockerError:
    """The error that a refusing answer stands for."""
    kind = getattr(errors, said.kind, None) if said.kind in errors.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, errors.LockerError)) or kind is errors.ConfigurationError:
        kind = errors.Refuse
    return kind(said.error)
