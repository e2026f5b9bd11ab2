"""Every error of the project, in one tree.

LockerError
├── Retry        the same call may succeed later; nothing was changed
│   ├── LinkDown           an outside line is down (cloud, serial port, world)
│   └── Busy               a limit in time is reached (coil duty, inbox)
├── Refuse       the request is wrong or not allowed; repeating it will not help
│   ├── BadInput           malformed: what, which, value, limit
│   ├── NotAllowed         well-formed, but this person or this state may not
│   ├── IllegalMove        a state change that the tables do not list (a defect of ours)
│   ├── LateUnlock         the unlock's deadline had passed before the first byte
│   └── ConfigurationError one or more lines of a configuration are wrong
└── Broken       a part does not work; somebody has to look
    ├── HardwareFault      board, lock, sensor, camera
    ├── OutcomeUnknown     sent, but nobody can say whether it was carried out; never repeated blindly
    ├── JournalBroken      after a failed write or fsync nothing is known: the process ends
    ├── JournalFull        no space; the one journal error that does not end the process
    └── JournalHeld        another process owns the journal

A message says what, which, the value and the limit.  Foreign exceptions are translated where they enter.
"""

from __future__ import annotations

__all__ = [
    "BadInput",
    "Broken",
    "Busy",
    "ConfigurationError",
    "HardwareFault",
    "IllegalMove",
    "JournalBroken",
    "JournalFull",
    "JournalHeld",
    "LateUnlock",
    "LinkDown",
    "LockerError",
    "NotAllowed",
    "OutcomeUnknown",
    "Refuse",
    "Retry",
    "machine_says",
]


class LockerError(Exception):
    """Root of the tree; never raised itself."""


class Retry(LockerError):
    """The same call may succeed later; nothing was changed."""


class LinkDown(Retry, ConnectionError):
    """An outside line is down."""


class Busy(Retry):
    """A limit in time is reached; the message says when to come back."""


class Refuse(LockerError):
    """The request is wrong or not allowed; repeating it will not help."""


class BadInput(Refuse, ValueError):
    """Malformed: the message has what, which, value, limit."""


class NotAllowed(Refuse, PermissionError):
    """Well-formed, but this person or this state may not."""


class IllegalMove(Refuse, RuntimeError):
    """A state change that the tables of legal moves do not list."""


class LateUnlock(Refuse, TimeoutError):
    """The unlock's deadline had passed before the first byte; nothing was driven."""


class ConfigurationError(Refuse, ValueError):
    """All faults of a configuration; `lines` has one string each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Broken(LockerError):
    """A part does not work; somebody has to look."""


class HardwareFault(Broken, OSError):
    """Board, lock, sensor or camera does not do its part."""


class OutcomeUnknown(Broken, TimeoutError):
    """Sent, but nobody can say whether it was carried out.  Never repeated blindly."""


class JournalBroken(Broken, OSError):
    """After a failed write or fsync nothing is known: the process ends."""


class JournalFull(Broken, OSError):
    """No space.  Nothing of the transaction is kept; everything before it is."""


class JournalHeld(Broken, BlockingIOError):
    """Another process owns the journal; the message names its pid."""


def machine_says(error: OSError) -> str:
    """What an error of the machine says, to stand inside a sentence: "permission denied"."""
    return (error.strerror or str(error)).lower()
