"""What the page presents at this moment: the core's screen, the visitor's look, the time, the countdown."""

from __future__ import annotations

import asyncio
import json
import math
from datetime import datetime, tzinfo
from typing import Final

from msgspec.structs import replace

from edge.core.inputs import Reach
from edge.core.screens import Screen
from kiosk_ui import look
from kiosk_ui.look import Look, Visit
from kiosk_ui.options import KioskOptions, is_night
from kiosk_ui.port import KioskPort
from kiosk_ui.present import Present, classes
from kiosk_ui.view import fragment, page
from kiosk_ui.words import words_of

__all__ = ["Presenter"]

# The clock and the count of unsent events are looked at this often, and a line that is silent otherwise gets a comment.
REFRESH_S: Final = 5.0
FOLLOWS_WITHIN_S: Final = 5.0  # a page that shows an older choice set for longer is stuck, however well it beats


class Presenter:
    """One visit at a time, whichever page shows it.  now_s: the loop's clock.  zone: None is the machine's."""

    def __init__(self, kiosk: KioskPort, options: KioskOptions, zone: tzinfo | None = None) -> None:
        self._kiosk, self._options, self._zone = kiosk, options, zone
        own = Look(language=options.languages[0])
        self._visit = Visit(own, own)
        self._changed = asyncio.Event()
        self._warned: tuple[int, float] | None = None  # choice set, and when its warning was first seen
        self._new_s = 0.0  # when the present choice set was first seen
        self._offered: tuple[int, frozenset[str]] = (-1, frozenset())
        self._lowered = False  # what the core was told last; it begins so as well

    # -- showing ------------------------------------------------------------------------------------------------------

    def page(self, token: str, now_s: float) -> str:
        """The whole page, whose token is `token`."""
        return page(self._kiosk.site, self._present(token, now_s), self._zone)

    def update(self, token: str, now_s: float) -> str:
        """What the script of the page puts into its place, as JSON: `html`, `lang`, `dir`, `look`."""
        present = self._present(token, now_s)
        said = {
            "html": fragment(self._kiosk.site, present, self._zone),
            "lang": present.look.language,
            "dir": words_of(present.look.language).language.direction,
            "look": classes(present),
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    async def changed(self) -> None:
        """Returns when a tap has changed the look."""
        await self._changed.wait()

    def refresh_in_s(self, now_s: float) -> float:
        """When to look again without being told: the time goes on, and a look that nobody uses lapses."""
        due_s = look.left_at_s(self._visit)
        return REFRESH_S if due_s is None else min(REFRESH_S, max(0.0, due_s - now_s))

    def _present(self, token: str, now_s: float) -> Present:
        screen, wall_s = self._screen(now_s), self._kiosk.wall_s()
        hour = -1 if wall_s is None else datetime.fromtimestamp(wall_s, self._zone).hour
        return Present(
            screen,
            self._visit.look,
            left_s=self._left_s(screen, now_s),
            wall_s=wall_s,
            unsent=self._kiosk.unsent(),
            night=hour >= 0 and is_night(self._options.night, hour),
            page=token,
            languages=self._options.languages,
        )

    def _screen(self, now_s: float) -> Screen:
        screen = self._kiosk.screen()
        if screen.number != self._visit.number:
            self._new_s = now_s
        self._visit = look.shown(self._visit, screen, now_s)
        self._tell_reach()
        number, choices = self._offered
        self._offered = (screen.number, frozenset(screen.choices) | (choices if number == screen.number else set()))
        return screen

    def _left_s(self, screen: Screen, now_s: float) -> int:
        """Seconds until a warned screen closes, 0 for one that does not warn.  A reload does not begin anew."""
        if not screen.idle:
            self._warned = None
            return 0
        if self._warned is None or self._warned[0] != screen.number:
            self._warned = (screen.number, now_s)
        return max(0, math.ceil(self._warned[1] + self._kiosk.site.policy.timers.warning_s - now_s))

    # -- taking -------------------------------------------------------------------------------------------------------

    def offered(self, choice: str, number: int, now_s: float) -> bool:
        """Whether this choice set is up and has had this choice: a warning that took its place makes no tap stale."""
        self._screen(now_s)
        return self._offered[0] == number and choice in self._offered[1]

    def touched(self, now_s: float) -> None:
        """Somebody is there."""
        self._visit = look.touched(self._visit, now_s)

    def look(self, field: str, value: str, now_s: float) -> None:
        """A tap that changes the look alone.  BadInput where there is no such thing."""
        self._screen(now_s)
        chosen = look.taken(self._visit.look, field, value, self._options.languages)
        self._visit = replace(self._visit, look=chosen, touched_s=now_s)
        self._tell_reach()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _tell_reach(self) -> None:
        """Who lowers the page would rather have a door within reach; the core is told when that changes."""
        low = self._visit.look.low
        if low != self._lowered and self._kiosk.tell(Reach(low)):
            self._lowered = low

    def shows_truth(self, number: int, now_s: float) -> bool:
        """Whether a page with this choice set shows the present screen, or has hardly had the time to."""
        self._screen(now_s)
        return number == self._visit.number or now_s - self._new_s < FOLLOWS_WITHIN_S
