"""Questions to a scanner that answers: one at a time, asked again, given up, and begun anew every half minute.

A conversation is a generator that yields a question and is sent its answer.  It is held when the line opens and then
every PROBE_S: it finds a scanner that was unplugged behind its adapter, and one that lost its settings.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Final, TypeAlias

__all__ = ["ANSWER_S", "PROBE_S", "TRIES", "Conversation", "Talk"]

ANSWER_S: Final = 1.0  # for an answer; at 9600 baud the longest takes a tenth of that
TRIES: Final = 3  # of one question; then the scanner does not answer
PROBE_S: Final = 30.0  # from the end of one conversation to the next

Conversation: TypeAlias = Generator[bytes, bytes, None]


class Talk:
    """`begin` gives the conversation.  `fault`: that the scanner does not answer; None while it does or may.

    settled: whether it did or did not, since the line opened.
    """

    def __init__(self, begin: Callable[[], Conversation]) -> None:
        self._begin = begin
        self._held: Conversation | None = None
        self._question = b""
        self._tries = 0
        self._since_s = 0.0  # of the question; without one, of the end of the last conversation
        self.fault: str | None = None
        self.settled = False

    @property
    def asking(self) -> bool:
        """A question waits for its answer."""
        return self._held is not None

    def opened(self, now_s: float) -> bytes:
        """The first question."""
        self.fault, self.settled = None, False
        return self._start(now_s)

    def answer(self, data: bytes, now_s: float) -> bytes:
        """The scanner answered: the next question, or nothing."""
        if self._held is None:
            return b""
        self.fault, self.settled = None, True
        try:
            return self._ask(self._held.send(data), now_s)
        except StopIteration:
            return self._ask(b"", now_s)

    def due(self, now_s: float) -> bytes:
        """What is to be asked because of the time."""
        if self._held is None:
            return self._start(now_s) if now_s - self._since_s >= PROBE_S else b""
        if now_s - self._since_s < ANSWER_S:
            return b""
        if self._tries < TRIES:
            self._tries += 1
            self._since_s = now_s
            return self._question
        self.fault, self.settled = f"it does not answer, asked {TRIES} times", True
        return self._ask(b"", now_s)

    def _start(self, now_s: float) -> bytes:
        self._held = self._begin()
        return self._ask(next(self._held, b""), now_s)

    def _ask(self, question: bytes, now_s: float) -> bytes:
        self._question, self._tries, self._since_s = question, 1, now_s
        if not question:
            self._held = None
        return question
