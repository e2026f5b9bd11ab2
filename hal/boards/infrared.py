"""The infrared sensors of boards that have them, as content sensors: the same answer tells of locks and of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.core.ports import ContentReading
from hal.boards.bank import BoardBank

__all__ = ["BoardSensors"]


class BoardSensors:
    """The ContentSensors of one board.  `unknown` while it does not answer."""

    def __init__(self, bank: BoardBank) -> None:
        self._bank = bank

    def read(self, doors: Sequence[int]) -> Mapping[int, ContentReading]:
        return self._bank.contents(doors)

    def close(self) -> None:
        """The bank closes what it opened."""
