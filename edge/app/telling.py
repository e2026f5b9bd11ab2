"""Journal rows as plain values: their fields for programs, and a sentence for people."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core import events

__all__ = ["as_fields", "with_sentence"]


def as_fields(kind: str, payload: bytes) -> Any:
    """The fields of the event."""
    return msgspec.to_builtins(events.decode(kind, payload))


def with_sentence(kind: str, payload: bytes) -> Any:
    """The fields of the event, and beside them what happened."""
    event = events.decode(kind, payload)
    return {"sentence": event.sentence(), "fields": msgspec.to_builtins(event)}
