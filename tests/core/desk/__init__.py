"""A desk: one site on a table, its doors moved by hand.  The real core, real keys and codes, time as it is told.

    desk = Desk(stands={3: sent("JD0003")})
    desk.scan(desk.code(sent("JD0003")))
    desk.door_opens(3)
    desk.wait(5)
    desk.door_closes(3)
    assert desk.screen().name == "thanks"

What lies on it (`table`): inputs told, time that passes, the books.  Around it: the `doors`, the `machine` that goes
off and on, the `cloud` that orders, the `people` at the screen.  Every input is held against what must `always` be
true; a reboot folds the encoded rows from the first.
"""

from __future__ import annotations

from tests.core.desk.badges import (
    COURIER_BADGE,
    COURIER_NUMBER,
    COURIER_PIN,
    TECHNICIAN_BADGE,
    TECHNICIAN_PIN,
    make_roster,
)
from tests.core.desk.desk import Desk
from tests.core.desk.parcels import Sent, sent
from tests.core.desk.table import DAY_S, TICK_S
from tests.core.desk.walls import OTHER_SITE, SIZES, wall

__all__ = [
    "COURIER_BADGE",
    "COURIER_NUMBER",
    "COURIER_PIN",
    "DAY_S",
    "OTHER_SITE",
    "SIZES",
    "TECHNICIAN_BADGE",
    "TECHNICIAN_PIN",
    "TICK_S",
    "Desk",
    "Sent",
    "make_roster",
    "sent",
    "wall",
]
