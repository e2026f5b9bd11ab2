"""What the counts of one cell mean: grams, and whether something lies inside.  Unknown rather than wrong.

    reading       steady, in range?  ─no→  unknown
       │ grams from tare, span and the zero that was followed
       ▼
    ≤ empty_to_g  empty     between  unknown     ≥ present_from_g  present

A parcel comes and goes in a step between two readings; a cell that drifts creeps.  Once it was known what is inside,
it is believed to be otherwise only after steps that say so.  Where it crept there, or a load crept away from what it
weighed, the cell is doubted from then on: its zero is not where it was, and somebody has to weigh it anew.

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
from hal.loadcell.options import LoadCell

__all__ = ["CREEP_SHARE", "ZERO_RATE_G_PER_H", "Weighed", "Weighing"]

ZERO_RATE_G_PER_H: Final = 5.0  # cells of this size creep by a few grams a day with the temperature
LONGEST_FOLLOWED_S: Final = 60.0  # a zero that nobody looked at for longer has not been followed meanwhile
LEAST_SPAN_S: Final = 0.3  # samples that came closer together could all be of one swing
CREEP_SHARE: Final = 0.01  # of a load that stands for days: its span moves with the temperature too


class Weighed(Struct, frozen=True):
    """One answer.  weight_g: None where no number can be believed.  why: what keeps it from being believed, else "".

    why: `silent` no answer; `moving`; `over`, `under` the range; `crept` not to be trusted any more; `stepped`
    something light came or went where the zero is off.
    """

    content: Content
    weight_g: int | None
    at_s: float
    why: str = ""
    detail: str = ""


class Weighing:
    """One cell's memory between two readings: its zero, what was known, and what happened since."""

    def __init__(self, plan: LoadCell) -> None:
        self._plan = plan
        self._step_g = plan.present_from_g - plan.empty_to_g
        self.zero_g = 0.0  # how far the zero was followed
        self._known: Content | None = None
        self._known_s = 0.0
        self._last_g: float | None = None
        self._steps_g = 0.0  # all steps since it was last known what is inside
        self._load_g = 0.0  # what lay inside when it came, or after the last step
        self._doubted = False

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
            self._steps_g += step_g
            self._load_g += step_g
        content, why = self._judged(grams)
        self._doubted = self._doubted or why == "crept"
        if content is not Content.UNKNOWN:
            self._remember(content, grams, at_s)
        weight_g = None if why else round(grams)
        return Weighed(content, weight_g, at_s, why, f"{grams:.0f} g" if why else "")

    def _judged(self, grams: float) -> tuple[Content, str]:
        plan, known = self._plan, self._known
        if self._doubted:
            return Content.UNKNOWN, "crept"
        if grams > plan.limit_g:
            return Content.UNKNOWN, "over"
        if grams < -plan.empty_to_g:
            return Content.UNKNOWN, "under"
        if plan.empty_to_g < grams < plan.present_from_g:
            return Content.UNKNOWN, ""
        if grams <= plan.empty_to_g:
            if known is Content.PRESENT and self._steps_g > -self._step_g:
                return Content.UNKNOWN, "crept"
            if known is Content.EMPTY and self._steps_g >= self._step_g:
                return Content.UNKNOWN, "stepped"  # what came would be seen if the zero were where it was
            return Content.EMPTY, ""
        if known is Content.EMPTY and self._steps_g < self._step_g:
            return Content.UNKNOWN, "crept"
        if known is Content.PRESENT and abs(grams - self._load_g) > self._step_g + CREEP_SHARE * self._load_g:
            return Content.UNKNOWN, "crept"
        return Content.PRESENT, ""

    def _remember(self, content: Content, grams: float, at_s: float) -> None:
        if content is Content.EMPTY and self._known is Content.EMPTY:
            self._follow(grams, min(at_s - self._known_s, LONGEST_FOLLOWED_S))
        if content is not self._known:
            self._load_g = grams
        self._known, self._known_s, self._steps_g = content, at_s, 0.0

    def _follow(self, grams: float, for_s: float) -> None:
        """Let the zero creep after an empty compartment."""
        most_g, limit_g = ZERO_RATE_G_PER_H * for_s / 3600, self._plan.zero_within_g
        self.zero_g = max(-limit_g, min(limit_g, self.zero_g + max(-most_g, min(most_g, grams))))
