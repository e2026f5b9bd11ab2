"""The line to a world: one JSON object a line each way over a Unix socket.

A request names its `op`; the rest are its arguments, all optional and typed here, unknown ones are refused.  An answer
is `{"id":…, "ok":true, "result":…}` or `{"id":…, "ok":false, "kind":…, "error":…}`, `kind` from the error tree.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct, field

from edge.core import errors
from edge.core.words import Size

__all__ = ["CLIENTS_LIMIT", "LINE_LIMIT", "PATH_LIMIT", "FrameHeader", "Reply", "Request", "refusal", "translated"]

LINE_LIMIT: Final = 65_536  # bytes a line; a full page of the chronicle fits
CLIENTS_LIMIT: Final = 64
PATH_LIMIT: Final = 100  # bytes; the kernel takes 107

Text = Annotated[str, Meta(max_length=4096)]
Word = Annotated[str, Meta(max_length=200)]
Span = Annotated[float, Meta(ge=0, le=86_400)]


class Request(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One request.  Which fields count is said at each operation in docs/world.md."""

    op: Word
    id: int = 0
    board: Word = ""
    door: int = 0
    doors: Annotated[list[int], Meta(max_length=1000)] = field(default_factory=list)
    ms: int = 0
    opening: int = 0
    attempt: int = 0
    on: bool = False
    tone: Word = ""
    verb: Word = ""
    name: Word = ""
    parcel: Word = ""
    text: Text = ""
    symbology: Word = "Code128"
    weight_g: int = 800
    size: Size = Size.S
    flat: bool = False
    other: int = 0
    seconds: float = 0.0
    grams: int = 0
    after_s: Span = 0.0
    shuts: bool = True
    dark_mode: bool = False
    pose: dict[str, float] = field(default_factory=dict)
    light: dict[str, float] = field(default_factory=dict)
    since: int = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 200


class FrameHeader(Struct, omit_defaults=True):
    """The line before a frame's grey bytes, or why there are none."""

    width: Annotated[int, Meta(ge=0, le=10_000)] = 0
    height: Annotated[int, Meta(ge=0, le=10_000)] = 0
    bytes: Annotated[int, Meta(ge=0)] = 0
    error: str = ""


class Reply(Struct, omit_defaults=True):
    id: int
    ok: bool
    result: Any = None
    kind: str = ""
    error: str = ""


def refusal(number: int, why: errors.LockerError) -> Reply:
    return Reply(number, ok=False, kind=type(why).__name__, error=str(why))


def translated(reply: Reply) -> errors.LockerError:
    """The error that a refusing reply stands for."""
    kind = getattr(errors, reply.kind, None) if reply.kind in errors.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, errors.LockerError)) or kind is errors.ConfigurationError:
        kind = errors.HardwareFault
    return kind(reply.error)


def parse(line: bytes) -> Request:
    """BadInput when the line is no request."""
    try:
        return msgspec.json.decode(line, type=Request)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise errors.BadInput(f"world: not a request: {why}") from why
