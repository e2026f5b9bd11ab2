"""Directed lives, by name: short stories that aim at one promise each, before the same observer as the whole street.

report = live("grace", seed=3)
"""

from __future__ import annotations

from typing import Final

from tests.sim.scenarios.cards import (
    CardGoesBack,
    CardGoesBackIntoADeposit,
    CardGoesOnAlone,
    CardMoves,
    ForgedHub,
    FullCard,
    HubGoesBack,
    HubGoesBackBehindACard,
    NewerRelease,
    RowsGo,
)
from tests.sim.scenarios.commands import Commands
from tests.sim.scenarios.cuts import CutDeposit, CutPickup
from tests.sim.scenarios.directed import Directed
from tests.sim.scenarios.doors import Coils, Latches, ShutAtOnce, SoonAfter
from tests.sim.scenarios.hardware import Hardware
from tests.sim.scenarios.rights import AgainAndAgain, Alone, CalledOff, Erasure, Grace, Hammer, StaleTaps, WalksOff
from tests.sim.world import Report, World

STREET: Final = "street"
LIVES: Final[dict[str, type[Directed]]] = {
    "again_and_again": AgainAndAgain,
    "alone": Alone,
    "called_off": CalledOff,
    "card_goes_back": CardGoesBack,
    "card_goes_back_into_a_deposit": CardGoesBackIntoADeposit,
    "card_goes_on_alone": CardGoesOnAlone,
    "card_moves": CardMoves,
    "coils": Coils,
    "commands": Commands,
    "cut_deposit": CutDeposit,
    "cut_pickup": CutPickup,
    "erasure": Erasure,
    "forged_hub": ForgedHub,
    "full_card": FullCard,
    "grace": Grace,
    "hammer": Hammer,
    "hardware": Hardware,
    "hub_goes_back": HubGoesBack,
    "hub_goes_back_behind_a_card": HubGoesBackBehindACard,
    "latches": Latches,
    "newer_release": NewerRelease,
    "rows_go": RowsGo,
    "shut_at_once": ShutAtOnce,
    "soon_after": SoonAfter,
    "stale_taps": StaleTaps,
    "walks_off": WalksOff,
}


def live(name: str, seed: int, hours: float = 0.25) -> Report:
    """A life of that name, to its end or to the first check that fails.  `hours`: of the street only."""
    return World(seed, hours).live() if name == STREET else LIVES[name](seed).live()
