"""The far end of a serial line: boards on a pseudo-terminal, and everything that can go wrong between them and us."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Sequence

from tests.boards.makes import Board
from tests.boards.wire import LIMIT_S, Wire

Spoil = Callable[[bytes, bytes], bytes]  # what is put on the line for a request and its answer


class FarEnd:
    """A thread that answers for its boards.

    spoil: what becomes of answers.  echo: the adapter gives back what it is sent.  hold: answers wait for `release`.
    heard: every request, in the order in which they came.
    """

    def __init__(self, wire: Wire, boards: Sequence[Board]) -> None:
        self.wire, self.boards = wire, tuple(boards)
        self.spoil: Spoil = lambda _, answer: answer
        self.echo = self.hold = False
        self.heard: list[bytes] = []
        self._news = threading.Condition()
        self._held: list[bytes] = []
        self._over_r, self._over_w = os.pipe()
        self._thread = threading.Thread(target=self._run, name="far end", daemon=True)
        self._thread.start()

    def wait_for(self, requests: int) -> None:
        """Until that many have been heard."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.heard) >= requests, LIMIT_S), self.heard

    def release(self) -> None:
        """Put what was held on the line."""
        with self._news:
            held, self._held = self._held, []
        for answer in held:
            self.wire.say(answer)

    def close(self) -> None:
        """End the thread; the wire stays."""
        if self._over_w < 0:
            return
        os.write(self._over_w, b"x")
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        os.close(self._over_r)
        os.close(self._over_w)
        self._over_w = -1

    def unplug(self) -> None:
        """The adapter is pulled out, and the boards with it."""
        self.close()
        self.wire.unplug()

    def _run(self) -> None:
        stream = b""
        while True:
            ready, _, _ = select.select([self.wire.fileno(), self._over_r], [], [], LIMIT_S * 4)
            if self._over_r in ready or not ready:
                return
            came = self.wire.take()
            if self.echo and came:
                self.wire.say(came)
            stream = self._answered(stream + came)

    def _answered(self, stream: bytes) -> bytes:
        while True:
            request, stream = self.boards[0].split(stream)
            if not request:
                return stream
            answer = b"".join(board.hear(request) for board in self.boards)
            put = self.spoil(request, answer)
            with self._news:
                self.heard.append(request)
                if self.hold:
                    self._held.append(put)
                    put = b""
                self._news.notify_all()
            if put:
                self.wire.say(put)
