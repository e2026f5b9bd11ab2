"""The journal: audit trail, source of the state, and outbox, in one SQLite file (format and rules: docs/journal.md)."""

from __future__ import annotations

from edge.journal.files import Files, Lock, RealFiles
from edge.journal.journal import Journal
from edge.journal.limits import JournalLimits
from edge.journal.space import Mark, Space
from edge.journal.verify import Refold, Verification, VerifyReport

__all__ = [
    "Files",
    "Journal",
    "JournalLimits",
    "Lock",
    "Mark",
    "RealFiles",
    "Refold",
    "Space",
    "Verification",
    "VerifyReport",
]
