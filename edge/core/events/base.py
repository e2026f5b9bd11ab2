"""What every event kind has, side by side: its fields, its fold, its sentence and its EPCIS mapping.

The payload in the journal is the JSON of the struct without its defaults.  Kinds and fields are only ever added.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec
from msgspec import Struct

from edge.core.errors import BadInput
from edge.core.rows import Stamp
from edge.core.state import State

KINDS: Final[dict[str, type[Event]]] = {}


class Epcis(Struct, frozen=True):
    """The business step and disposition of EPCIS 2.0 / CBV 2.0 that an event is told as."""

    biz_step: str
    disposition: str


class Event(Struct, frozen=True, omit_defaults=True):
    """Something that happened, in the past tense."""

    kind: ClassVar[str] = ""
    epcis: ClassVar[Epcis | None] = None  # None: nothing that a trading partner is told
    custody: ClassVar[bool] = False  # bears on who has which parcel: sent at once, written from the reserve

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.kind:
            if KINDS.get(cls.kind, cls).__qualname__ != cls.__qualname__:
                raise TypeError(f"event kind {cls.kind!r} is taken by {KINDS[cls.kind].__qualname__}")
            KINDS[cls.kind] = cls

    def fold(self, state: State, at: Stamp) -> State:
        """The state after this event.  Pure; an illegal move raises."""
        return state

    def sentence(self) -> str:
        """What happened, for people."""
        raise AssertionError(f"{type(self).__name__} has no sentence")


class Unknown(Event, frozen=True):
    """A kind that this release does not know: kept, counted in the chain, without effect on the state."""

    name: str = ""
    payload: bytes = b""

    def sentence(self) -> str:
        return f"Something this release does not know: {self.name}."


def encode(event: Event) -> bytes:
    """The payload of an event in the journal."""
    return msgspec.json.encode(event)


def decode(kind: str, payload: bytes) -> Event:
    """The event of a journal row; `Unknown` for a kind of a later release.  BadInput when it is not what it says."""
    known = KINDS.get(kind)
    if known is None:
        return Unknown(kind, payload)
    try:
        return msgspec.json.decode(payload, type=known)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"event {kind}: {len(payload)} bytes that are none: {error}") from None
