"""Which page shows the screen: the newest one that has spoken.

Each page that is handed out has a token of its own, once.  A page takes over with its first word; what an older one
says after that is refused, and it is told that it was replaced.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Iterable
from enum import Enum
from hashlib import sha256
from typing import Final

__all__ = ["Pages", "Standing", "build_of"]

MOST_TOKEN_LETTERS: Final = 64
BUILD_LETTERS: Final = 12


class Standing(Enum):
    """SHOWS: it is the page that shows the screen.  REPLACED: a newer one does.  UNKNOWN: not of this start."""

    SHOWS = "shows"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class Pages:
    """Tokens are `BUILD.NUMBER.PROOF`: which style and script the page has, which page it is, and that we said so.

    Nothing is kept of a page but the number of the one that shows, so there may be any number of them.
    """

    def __init__(self, build: str) -> None:
        self.closed = False
        self._build, self._key = build, secrets.token_bytes(32)
        self._issued = self._showing = 0
        self._leave = asyncio.Event()

    def issue(self) -> str:
        """The token of a new page."""
        self._issued += 1
        return self._token(self._issued)

    def standing(self, token: str) -> Standing:
        """What the page with this token is; a newer page than the one that shows takes over by asking."""
        number = self._number(token)
        if not number:
            return Standing.UNKNOWN
        if number < self._showing:
            return Standing.REPLACED
        if number > self._showing:
            self._showing = number
            self._leave.set()
        return Standing.SHOWS

    def stream(self) -> asyncio.Event:
        """A stream for the page that shows; the event says when it must end.  The stream before it ends now."""
        self._leave.set()
        self._leave = asyncio.Event()
        if self.closed:
            self._leave.set()
        return self._leave

    def close(self) -> None:
        """The server ends: so do all pages' streams."""
        self.closed = True
        self._leave.set()

    def _number(self, token: str) -> int:
        """0 for what is no token of ours."""
        parts = token.split(".")
        if len(token) > MOST_TOKEN_LETTERS or len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()):
            return 0
        number = int(parts[1])
        return number if hmac.compare_digest(token.encode(), self._token(number).encode()) else 0

    def _token(self, number: int) -> str:
        proof = hmac.new(self._key, f"{number}".encode(), sha256).hexdigest()[:32]
        return f"{self._build}.{number}.{proof}"


def build_of(files: Iterable[bytes]) -> str:
    """A name for the style and the script that a page was made with: another one when any of them changes."""
    return sha256(b"".join(sha256(each).digest() for each in files)).hexdigest()[:BUILD_LETTERS]
