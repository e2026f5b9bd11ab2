"""What the counts of one cell mean: grams, and whether something lies inside.  Unknown rather than wrong.

    reading       steady, in range?  ─no→  unknown
       │ grams from tare, span and the zero that was followed
       ▼
    ≤ empty_to_g  empty     between  unknown     ≥ present_from_g  present

A parcel comes and goes in a step between two readings; a cell that drifts creeps.  So the steps since the compartment
was last empty are kept, and what the scale shows is believed only while they explain it: present needs a step that
brought something and a weight that is about that, empty needs that as much went.  What crept is unknown.

A life begins with what the one before remembered (hal.loadcell.memory); the first of all with the thresholds alone.

The zero is followed only while the compartment is known to be empty, ZERO_RATE_G_PER_H at most, and never beyond
`zero_within_g`; that is less than what lies between empty and present, so no parcel can be followed away.
"""

from __future__ import annotations

from statistics import median
from typing import Final

from msgspec import Struct

from edge.core.words import Content
from hal.loadcell.cell import saturated
from hal.loadcell.line import SAMPLES, Burst
from hal.loadcell.memory import Remembered
from hal.loadcell.options import LoadCell

__all__ = ["CREEP_SHARE", "FIRST_EMPTY_SHARE", "ZERO_RATE_G_PER_H", "Weighed", "Weighing"]

ZERO_RATE_G_PER_H: Final = 5.0  # cells of this size creep by a few grams a day with the temperature
LONGEST_FOLLOWED_S: Final = 60.0  # a zero that nobody looked at for longer has not been followed meanwhile
LEAST_SPAN_S: Final = 0.3  # samples that came closer together could all be of one swing
FIRST_EMPTY_SHARE: Final = 1 / 3  # of `empty_to_g`: a zero creeps by less between two starts, as a rule
CREEP_SHARE: Final = 0.01  # of a load that stands for days: its span moves with the temperature too


class Weighed(Struct, frozen=True):
    """One answer.  weight_g: None where no number can be believed.  why: what keeps it from being believed, else "".

    why: `silent` no answer; `moving`; `over`, `under` the range; `crept`: no step brought it there.
    """

    content: Content
    weight_g: int | None
    at_s: float
    why: str = ""
    detail: str = ""


class Weighing:
    """One cell's memory between two readings: its zero, and what came and went since it was empty.

    before: what an earlier life remembered of it; nothing where tare or span have been found anew since.
    """

    def __init__(self, plan: LoadCell, before: Remembered | None = None) -> None:
        self._plan = plan
        self._step_g = plan.present_from_g - plan.empty_to_g
        self.zero_g = 0.0  # how far the zero was followed
        self._last_g: float | None = None
        self._empty_g: float | None = None  # what it showed when it was last empty; at a start, what it should have
        self._came_g = 0.0  # all steps since
        self._empty_s: float | None = None  # when it was last read and empty, with nothing else between
        self._said = False  # a word of this life
        if before is not None and (before.tare_counts, before.counts_per_gram) == self._found_with:
            self.zero_g = max(-plan.zero_within_g, min(plan.zero_within_g, before.zero_g))
            self._last_g, self._empty_g, self._came_g = before.last_g, before.empty_g, before.came_g

    @property
    def remembered(self) -> Remembered | None:
        """For the next life; None before anything was said."""
        if self._last_g is None or self._empty_g is None:
            return None
        grams = (self.zero_g, self._last_g, self._empty_g, self._came_g)
        return Remembered(self._plan.door, *self._found_with, *(round(one, 1) for one in grams))

    @property
    def _found_with(self) -> tuple[int, float]:
        return self._plan.tare_counts, self._plan.counts_per_gram

    def read(self, burst: Burst, now_s: float) -> Weighed:
        """What the burst says.  now_s: of a burst without samples."""
        if burst.fault or len(burst.samples) < SAMPLES:
            return Weighed(Content.UNKNOWN, None, now_s, "silent", burst.fault or "no conversion that can be trusted")
        first = burst.samples[0]
        if any(saturated(sample.counts) for sample in burst.samples):
            return Weighed(Content.UNKNOWN, None, first.at_s, "over", "the converter is at its end")
        grams = [self._grams(sample.counts) for sample in burst.samples]
        spread_g = max(grams) - min(grams)
        if spread_g > self._plan.steady_within_g or burst.samples[-1].at_s - first.at_s < LEAST_SPAN_S:
            return Weighed(Content.UNKNOWN, None, first.at_s, "moving", f"{spread_g:.0f} g apart")
        return self._settled(median(grams), first.at_s)

    def _grams(self, counts: int) -> float:
        return (counts - self._plan.tare_counts) / self._plan.counts_per_gram - self.zero_g

    def _settled(self, grams: float, at_s: float) -> Weighed:
        step_g = 0.0 if self._last_g is None else grams - self._last_g
        self._last_g = grams
        if abs(step_g) >= self._step_g / 2:
            self._came_g += step_g
        content, why = self._judged(grams)
        if content is Content.EMPTY:
            self._follow(grams, at_s)
            self._empty_g, self._came_g = grams, 0.0
        self._empty_s = at_s if content is Content.EMPTY else None
        return Weighed(content, None if why else round(grams), at_s, why, f"{grams:.0f} g" if why else "")

    def _judged(self, grams: float) -> tuple[Content, str]:
        plan = self._plan
        if grams > plan.limit_g:
            return Content.UNKNOWN, "over"
        if grams < -plan.empty_to_g:
            return Content.UNKNOWN, "under"
        if plan.empty_to_g < grams < plan.present_from_g:
            return Content.UNKNOWN, ""
        content = Content.EMPTY if grams <= plan.empty_to_g else Content.PRESENT
        if not self._said:  # the first word of a life: nobody has looked for a while, or ever
            if content is Content.EMPTY and grams > (self._empty_g or 0.0) + FIRST_EMPTY_SHARE * plan.empty_to_g:
                return Content.UNKNOWN, "crept"  # a light parcel that crept as well as a zero that did
            if self._empty_g is None:
                self._empty_g, self._came_g = 0.0, 0.0 if content is Content.EMPTY else grams
            self._said = True
        return (content, "") if self._explained(grams, content) else (Content.UNKNOWN, "crept")

    def _explained(self, grams: float, content: Content) -> bool:
        """Whether what came and went makes that of the compartment."""
        assert self._empty_g is not None
        something_came = self._came_g >= self._step_g
        if content is Content.EMPTY:
            return not something_came
        load_g = self._empty_g + self._came_g
        return something_came and abs(grams - load_g) <= self._step_g + CREEP_SHARE * load_g

    def _follow(self, grams: float, at_s: float) -> None:
        """Let the zero creep after a compartment that was empty at the reading before, too."""
        for_s = 0.0 if self._empty_s is None else min(at_s - self._empty_s, LONGEST_FOLLOWED_S)
        most_g, limit_g = ZERO_RATE_G_PER_H * for_s / 3600, self._plan.zero_within_g
        self.zero_g = max(-limit_g, min(limit_g, self.zero_g + max(-most_g, min(most_g, grams))))
