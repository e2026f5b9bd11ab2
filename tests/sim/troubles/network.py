"""The line to the cloud, and a hub that is not itself: see rough_line.py for what a line can do."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from tests.sim.line import Hub
from tests.sim.person import Street
from tests.sim.troubles.family import Act, Family
from tests.sim.troubles.rough_line import Mood, RoughLine

MOODS: Final = {
    "line cut": Mood(up=False),
    "line loses": Mood(question_lost=0.3, answer_lost=0.3),
    "line cut one way, questions": Mood(question_lost=1.0),
    "line cut one way, answers": Mood(answer_lost=1.0),
    "line slow": Mood(slow=0.7),
    "line doubles": Mood(doubled=0.8),
    "line reorders": Mood(question_lost=0.4, held=0.9, past=0.5),
    "line answers late questions": Mood(stale=0.5),
    "watermarks forged": Mood(forged=0.6),
    "answers broken": Mood(garbled=0.6),
    "answers too long": Mood(garbled=0.3, long=True),
    "hub fails": Mood(error=0.5),
    "all of it": Mood(True, 0.1, 0.1, 0.1, 0.2, 0.5, 0.2, 0.1, 0.2, 0.2, 0.1),
}
USUAL: Final = Mood(question_lost=0.02, answer_lost=0.02)


class Network(Family):
    def __init__(self, street: Street, hub: Hub, seed: int) -> None:
        super().__init__(street)
        self.hub = hub
        self.line = RoughLine(hub.desk, Random(f"{seed}/rough line"))
        self.line.time_s = hub.line.time_s
        self.line.mood = USUAL
        hub.line = self.line
        self._under_way = 0
        self._is_calm = False

    def acts(self) -> Mapping[Act, float]:
        return {self._mood: 6, self._back_up: 1, self._restore: 1}

    def calm(self) -> None:
        self._is_calm = True
        self.line.mood = Mood()
        self.line.up, self.line.lose = True, 0.0

    async def _mood(self) -> None:
        name = self.chance.choice(list(MOODS))
        self.begins(name)
        self.line.mood = MOODS[name]
        self._under_way += 1
        self.later(self.a_while_s(600), self._over)

    def _over(self) -> None:
        self._under_way -= 1
        if not self._under_way and not self._is_calm:
            self.line.mood = USUAL

    async def _back_up(self) -> None:
        self.begins("hub backed up")
        self.hub.back_up()

    async def _restore(self) -> None:
        if self.hub.restore():
            self.begins("hub restored")
