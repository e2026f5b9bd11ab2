"""What every check looks at: the site from outside, the truth of the street, the ledger, and the doors."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final, Protocol

from tests.sim.checks.ledger import Ledger
from tests.sim.checks.motions import Motions

if TYPE_CHECKING:
    from tests.sim.card import Row
    from tests.sim.site import SimSite
    from tests.sim.truth import Truth


TEXTS: Final = ("text", "choice", "act")


class Deed(Protocol):
    """One entry of the world's chronicle."""

    at_s: float
    deed: str
    door: int
    ordered: int
    opening: int
    attempt: int
    ms: int
    parcel: str
    of: str
    to: str
    note: str


@dataclass(frozen=True)
class Act:
    """What a person did at the screen, the reader or the shell.  `what`: Scan, Typed, Chosen, Technical, …"""

    at_s: float
    what: str
    text: str  # scanned, typed, tapped, or the act of a technician
    door: int
    user: str


@dataclass(frozen=True)
class Violation:
    """A check that failed: its name, what was found, and where to find it again."""

    check: str
    text: str
    seed: int = 0
    step: int = 0


class Seen:
    """site: handed, never imported.  step: the number of the street's present step."""

    def __init__(self, site: SimSite, truth: Truth, seed: int, step: Callable[[], int]) -> None:
        self.site, self.truth = site, truth
        self._seed, self._step = seed, step
        self.violations: list[Violation] = []
        self.ledger = Ledger()
        self.doors = Motions(site)
        self.rows: list[Row] = []  # durable on the present card
        self.told: deque[tuple[str, int, float]] = deque(maxlen=256)  # kind, door, when
        self.up_s = -1.0  # since when the present runtime has been ready; -1: none is
        self.troubled_s = -1e9  # when the card was last slow, full or broken
        # Doors and parcels of which rows were lost with a card: the hub has not told the site of them again yet, or
        # it never heard of them itself, and only somebody who looks can tell.
        self.untold: set[int | str] = set()
        self.untold_since_s = 0  # by the hub's clock: a list of before says nothing of what was lost after it
        self.lost: set[int | str] = set()
        self.health: Callable[[], bytes] = bytes  # the picture that the hub has of the site

    def find(self, check: str, text: str) -> None:
        self.violations.append(Violation(check, f"at {self.now_s:.3f} s: {text}", self._seed, self._step()))

    @property
    def now_s(self) -> float:
        return self.site.loop.time()

    def is_stale(self, *named: int | str) -> bool:
        """Whether what the site has in its books of such a door or parcel is of an earlier day, and nobody told it."""
        return any(name in self.untold or name in self.lost for name in named)

    def acts(self, since_s: float, until_s: float = inf) -> list[Act]:
        """What people did between, oldest first."""
        found: list[Act] = []
        for at_s, said in reversed(self.site.told):
            if at_s < since_s:
                break
            if at_s <= until_s:
                text = next((getattr(said, name) for name in TEXTS if hasattr(said, name)), "")
                act = Act(at_s, type(said).__name__, text, getattr(said, "door", 0), getattr(said, "user", ""))
                found.append(act)
        return found[::-1]

    def began_s(self, boot: int) -> float | None:
        """When the monotonic stamps of that boot began, in the time of the loop."""
        return self.site.boots.get(boot)
