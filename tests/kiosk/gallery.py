"""The gallery: every screen of the kiosk and every variant of its words, reached on the real core by what people do.

    for exhibit in exhibits():
        html = page(exhibit.site, Present(exhibit.screen))

Names are unique and fit for files: `take`, `refused.overdue`, `put.two-doors-open`; `take` alone is the ordinary one.
`.warned` is the same with "are you still there?" upon it.
"""

from __future__ import annotations

import functools
from typing import Final

from msgspec import Struct

from edge.core.screens import Screen
from edge.core.sessions import LAST, WAITING
from edge.core.site import Site
from tests.core.desk import Desk
from tests.kiosk.exhibits.couriers import COURIERS
from tests.kiosk.exhibits.customers import CUSTOMERS
from tests.kiosk.exhibits.drop_offs import DROP_OFFS
from tests.kiosk.exhibits.hall import Scene
from tests.kiosk.exhibits.nobody import NOBODY
from tests.kiosk.exhibits.refusals import REFUSALS

__all__ = ["SCENES", "Exhibit", "exhibits"]

SCENES: Final[dict[str, Scene]] = {**NOBODY, **CUSTOMERS, **DROP_OFFS, **COURIERS, **REFUSALS}
# Besides the ordinary one of each stage: one refusal for all, and a complaint with no door open.
ALSO_WARNED: Final = frozenset({"refused.unknown_pin", "problem.afterwards"})


class Exhibit(Struct, frozen=True):
    name: str
    site: Site
    screen: Screen


@functools.cache
def exhibits() -> tuple[Exhibit, ...]:
    """All of them; made once in a process."""
    return tuple(exhibit for name, scene in SCENES.items() for exhibit in _shown(name, scene()))


def _shown(name: str, desk: Desk) -> tuple[Exhibit, ...]:
    """The screen, and the warning upon it where it is the ordinary one of its stage and nobody is waited for."""
    first = Exhibit(name, desk.site, desk.screen())
    session = desk.memory.session
    if session is None or session.stage in WAITING | LAST or name not in {session.stage} | ALSO_WARNED:
        return (first,)
    desk.wait(desk.site.policy.timers.idle_s + 0.1)
    warned = desk.screen()
    return (first, Exhibit(f"{name}.warned", desk.site, warned)) if warned.idle else (first,)
