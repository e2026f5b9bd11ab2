"""What the page needs of the runtime."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from edge.core.inputs import Input
from edge.core.screens import Screen
from edge.core.site import Site

__all__ = ["KioskPort"]


class KioskPort(Protocol):
    """Everything is called in the loop's thread."""

    @property
    def site(self) -> Site: ...

    def screen(self) -> Screen:
        """The present screen.  Not called before the runtime is ready."""

    def tell(self, told: Input, /) -> bool:
        """Put an input into the inbox.  False when it was dropped."""

    def subscribe(self) -> AsyncIterator[Screen]:
        """Every new screen, beginning with the present one; only the newest where several came.

        A wait that is cancelled loses nothing (`kiosk_ui.board` is one that keeps this).
        """

    def wall_s(self) -> int | None:
        """The time, seconds since 1970; None where the locker does not believe its clock."""

    def unsent(self) -> int:
        """Events that the cloud has not got yet; 0 where there is no cloud."""

    def beat(self, errors: int) -> None:
        """The page that shows the screen lives, and shows the present choice set.  errors: of its script so far."""
