"""A story: what it begins with, and what happens in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.core.desk import Sent, sent
from tests.stories.locker import Locker
from tests.stories.visit import Visit

Plot = Callable[[Locker, Visit], Awaitable[None]]

HERS: Final = sent("JD000301", pin="11112222")
TOO: Final = sent("JD000302", reservation=HERS.reservation)
HIS: Final = sent("JD000555", pin="55556666")
NEW: Final = sent("JD000900")
NEWER: Final = sent("JD000901")
RETURN: Final = sent("RR000401", reservation="ee" * 8)
HER_DOOR: Final = 3


@dataclass(frozen=True)
class Story:
    """begins: what `Locker` is made with.  by_keyboard: the main flows are played with the keyboard alone too."""

    plot: Plot
    begins: Mapping[str, Any] = field(default_factory=dict)
    by_keyboard: bool = False

    @property
    def name(self) -> str:
        return self.plot.__name__.removeprefix("_")


class Book:
    """The stories of one kind of people, in order."""

    def __init__(self) -> None:
        self.stories: list[Story] = []

    def story(self, *, by_keyboard: bool = False, **begins: Any) -> Callable[[Plot], Plot]:
        def told(plot: Plot) -> Plot:
            self.stories.append(Story(plot, begins, by_keyboard))
            return plot

        return told


def here(*parcels: Sent, door: int = HER_DOOR) -> dict[int, tuple[Sent, ...]]:
    """They stand behind that door."""
    return {door: parcels}
