"""One line with fake boards on it: who is meant by a request, what is driven, and when an answer is on the line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hal.bench.ear import Ear
from hal.bench.make import Make, Reply, Request
from hal.bench.terminals import DoorTerminals
from hal.sim.world import World

__all__ = ["FRAMES_KEPT", "BenchBus", "Board", "Heard", "Way"]

FRAMES_KEPT: Final = 200
BITS_A_BYTE: Final = 10  # 8N1


class Way(StrEnum):
    TO_BOARD = "→"
    FROM_BOARD = "←"
    NOISE = "·"  # bytes that were no request, or one that nobody took


@dataclass(frozen=True)
class Heard:
    """One frame on the line, at the world's time."""

    at_s: float
    way: Way
    data: bytes
    words: str


@dataclass(frozen=True)
class Board:
    """One board on the line."""

    make: Make
    terminals: DoorTerminals


class BenchBus:
    """Boards on one line.  Their addresses differ; they may be of several makes of the same speed.

    later: call that after so many seconds.  send: bytes to whoever listens.  echo: an adapter that hears itself gives
    back what it sends.
    """

    def __init__(
        self,
        world: World,
        boards: Sequence[Board],
        later: Callable[[float, Callable[[], None]], object],
        send: Callable[[bytes], None],
        *,
        echo: bool = False,
    ) -> None:
        self.boards, self.echo = tuple(boards), echo
        self.heard: deque[Heard] = deque(maxlen=FRAMES_KEPT)
        self.watch: Callable[[Heard], None] | None = None
        self._world, self._later, self._send = world, later, send
        self._ears = [Ear(make) for make in {board.make.name: board.make for board in boards}.values()]
        self._makes = list({board.make.name: board.make for board in boards}.values())
        self._spoke: Board | None = None
        self._spoke_s = float("-inf")

    def hear(self, data: bytes) -> None:
        """Bytes from the other end, as they come."""
        self._world.catch_up()
        if self.echo:
            self._send(data)
        for make, ear in zip(self._makes, self._ears, strict=True):
            for request, frame in ear.hear(data, self._world.now_s):
                if request is not None:
                    self._take(make, request, frame)
                elif len(self._makes) == 1:  # with several, one make's request is the other's noise
                    self._tell(Way.NOISE, frame, "no request")

    def noise(self, data: bytes) -> None:
        """Bytes that nobody sent, as a bad cable makes them."""
        self._tell(Way.NOISE, data, "noise on the line")
        self._send(data)

    def _take(self, make: Make, request: Request, frame: bytes) -> None:
        meant = [b for b in self.boards if b.make is make and request.address in (None, b.terminals.address)]
        if not meant:
            self._tell(Way.NOISE, frame, f"{request.words}: no board has address {request.address}")
            return
        if why := self._too_soon(make, meant):
            self._tell(Way.NOISE, frame, f"{request.words}: {why}")
            return
        where = f"board {request.address}: " if len(self.boards) > 1 and request.address is not None else ""
        self._tell(Way.TO_BOARD, frame, where + request.words)
        for board in meant:
            if board.terminals.hears:
                self._obey(board, request)

    def _too_soon(self, make: Make, meant: Sequence[Board]) -> str:
        """Why the boards took a request for the rest of another board's frame; empty when they did not."""
        quiet_s = make.quiet_chars * BITS_A_BYTE / make.baud
        gap_s = self._world.now_s - self._spoke_s
        if gap_s >= quiet_s or self._spoke in meant:
            return ""
        return (
            f"not heard, {gap_s * 1000:.1f} ms after another board's frame; {quiet_s * 1000:.1f} ms of silence needed"
        )

    def _obey(self, board: Board, request: Request) -> None:
        reply = request.obey(board.terminals)
        if reply is not None:
            wait_s = _on_line_s(board.make, request.size) + reply.after_s + board.terminals.late_s
            self._later(wait_s, lambda: self._answer(board, reply))

    def _answer(self, board: Board, reply: Reply) -> None:
        self._world.catch_up()
        if board.terminals.speaks:
            data, words = reply.made()
            self._later(_on_line_s(board.make, len(data)), lambda: self._speak(board, data, words))

    def _speak(self, board: Board, data: bytes, words: str) -> None:
        self._world.catch_up()
        self._send(data)
        self._spoke, self._spoke_s = board, self._world.now_s
        where = f"board {board.terminals.address}: " if len(self.boards) > 1 else ""
        self._tell(Way.FROM_BOARD, data, where + words)

    def _tell(self, way: Way, data: bytes, words: str) -> None:
        heard = Heard(self._world.now_s, way, data, words)
        self.heard.append(heard)
        if self.watch is not None:
            self.watch(heard)


def _on_line_s(make: Make, size: int) -> float:
    return size * BITS_A_BYTE / make.baud
