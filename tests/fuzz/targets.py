"""All targets by name, in the order in which they are played."""

from __future__ import annotations

from typing import Final

from tests.fuzz import answers, codes, decisions, documents, envelopes, lines, rows, settings
from tests.fuzz.target import Target

__all__ = ["TARGETS"]

_ALL: Final = (
    decisions.DECIDE,
    decisions.LABEL,
    codes.CODE,
    codes.CBOR,
    *documents.DOCUMENTS,
    *envelopes.TARGETS,
    rows.EVENT,
    rows.SNAPSHOT,
    *settings.TARGETS,
    *lines.TARGETS,
    *answers.TARGETS,
)
TARGETS: Final[dict[str, Target]] = {target.name: target for target in _ALL}
