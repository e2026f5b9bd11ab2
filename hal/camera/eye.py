"""The live pipeline on one frame after another: what is read, and a hint where nothing is.

Time comes with each frame: the same frames at the same times give the same answers, in the camera process and under
simulated time alike.

Every frame while something moved lately, else one in IDLE_LOOK_S, gets one plain look.  A frame without a reading gets
one more look while something moved lately: doubled, thresholded, equalised, and for labels turned a little, in turn.
A code whose protection is weak (linear, PDF417) is told only after two frames agree.  A code that stays in view is told
once in RETELL_S.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from hal.camera import retouch
from hal.camera.reader import READ_TWICE, Binarizer, Grey, Outcome, Reading, Suspect, label_text, scan
from hal.camera.wire import Formats, Hint

K = TypeVar("K")
V = TypeVar("V")

__all__ = ["Counts", "Eye", "Seen", "Sight"]

MOVED_LATELY_S: Final = 2.0  # a person who holds a phone still still trembles; an empty street does not
IDLE_LOOK_S: Final = 0.5  # a code that was laid before the camera unnoticed is read within this
SAME_CODE_S: Final = 2.0  # out of view for longer, and it is presented anew
RETELL_S: Final = 60.0  # in view all the time, it is told again only after this: one showing is one request
CONFIRM_S: Final = 1.0  # two frames that agree on a code are at most this far apart
SLANT_DEG: Final = 9  # PDF417 of few rows is lost from 6 degrees of slant on
REMEMBERED: Final = 64  # codes in the memory for repeats; the oldest goes
HINT_S: Final = 1.0  # how long a hint from an unread code stands
_CELLS: Final = (80, 45)
_CELL_STEP: Final = 7  # grey levels a cell must change; noise of sigma 6 moves a cell by 0.5
_MOVED_CELLS: Final = 12  # of 3,600: less is a fly
_DARK: Final = 28  # median of a picture in which nothing can be read
_BRIGHT: Final = 235  # likewise, of a washed-out one
_SMALL_MODULE_PX: Final = 2.0  # below it even sharp codes are lost
_WHITE: Final = 250
_GLARE_PART: Final = 0.04  # of the code's area clipped to white, more than its paper


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    symbology: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What one frame gave: codes to tell now, and why there is nothing to read."""

    codes: tuple[Seen, ...]
    hint: Hint


@dataclass(slots=True)
class Counts:
    frames: int = 0
    looks: int = 0
    retries: int = 0
    codes: int = 0  # told
    unreadable: int = 0  # read, but their bytes are no printable text


class Motion:
    """Tells whether something moved, from a small copy of each frame."""

    def __init__(self) -> None:
        self._before: NDArray[np.int16] | None = None

    def moved(self, grey: Grey) -> bool:
        small = np.asarray(cv2.resize(grey, _CELLS, interpolation=cv2.INTER_AREA), dtype=np.int16)
        before, self._before = self._before, small
        return before is None or int(np.count_nonzero(np.abs(small - before) > _CELL_STEP)) >= _MOVED_CELLS


class Eye:
    """Reads codes from frames.  `formats` may be changed between frames."""

    def __init__(self, formats: Formats = Formats.QR) -> None:
        self.formats = formats
        self.counts = Counts()
        self._motion = Motion()
        self._moved_s = float("-inf")
        self._looked_s = float("-inf")
        self._turn = 0
        self._told: OrderedDict[tuple[bytes, str], tuple[float, float]] = OrderedDict()  # told at, last seen at
        self._unsure: OrderedDict[tuple[bytes, str], float] = OrderedDict()  # codes to be read twice, seen once
        self._hint = Hint.NONE
        self._hint_s = float("-inf")

    def feed(self, frame: Grey, now_s: float) -> Sight:
        """Look at one grey frame taken at `now_s` (monotonic).  Never raises for what a frame holds."""
        self.counts.frames += 1
        if frame.ndim != 2 or frame.dtype != np.uint8 or min(frame.shape) < 16:
            return Sight((), Hint.NONE)
        if self._motion.moved(frame):
            self._moved_s = now_s
        lively = now_s - self._moved_s <= MOVED_LATELY_S
        if not lively and now_s - self._looked_s < IDLE_LOOK_S:
            return Sight((), self._standing_hint(now_s))
        self._looked_s = now_s
        outcome = self._look(frame, lively)
        if outcome.readings:
            self._hint_s = float("-inf")
        elif outcome.suspects:
            self._hint, self._hint_s = _why_unread(frame, outcome.suspects[0]), now_s
        elif now_s - self._hint_s > HINT_S:
            self._hint, self._hint_s = _light_hint(frame), now_s
        codes = tuple(seen for r in outcome.readings if (seen := self._tell(r, now_s)) is not None)
        self.counts.codes += len(codes)
        return Sight(codes, self._standing_hint(now_s))

    def _standing_hint(self, now_s: float) -> Hint:
        return self._hint if now_s - self._hint_s <= HINT_S else Hint.NONE

    def _look(self, frame: Grey, lively: bool) -> Outcome:
        self.counts.looks += 1
        first = scan(frame, self.formats, suspects=True)
        if first.readings or not lively:
            return first
        self.counts.retries += 1
        self._turn = (self._turn + 1) % (3 if self.formats is Formats.QR else 5)
        return Outcome(self._retry(frame).readings, first.suspects)

    def _retry(self, frame: Grey) -> Outcome:
        if self._turn == 1:
            # Labels are large; looking for all their codes in four times the pixels takes half a second on noise.
            return scan(retouch.resize(frame, 2), Formats.QR)
        if self._turn == 2:
            return scan(retouch.binarize(frame, 0.08, 1.2), self.formats, binarizer=Binarizer.FixedThreshold)
        if self._turn == 0:
            return scan(retouch.equalize(frame), self.formats)
        return scan(retouch.rotate(frame, SLANT_DEG if self._turn == 3 else -SLANT_DEG), self.formats)

    def _tell(self, reading: Reading, now_s: float) -> Seen | None:
        """Return the code if it is to be told now: sure, printable, and not told a moment ago."""
        key = (reading.raw, reading.symbology)
        told_s, seen_s = self._told.get(key, (float("-inf"), float("-inf")))
        if now_s - seen_s <= SAME_CODE_S and now_s - told_s < RETELL_S:
            _remember(self._told, key, (told_s, now_s))
            return None
        if reading.symbology in READ_TWICE and now_s - self._unsure.get(key, float("-inf")) > CONFIRM_S:
            _remember(self._unsure, key, now_s)
            return None
        _remember(self._told, key, (now_s, now_s))
        text = label_text(reading.raw)
        if text is None:
            self.counts.unreadable += 1
            return None
        return Seen(text, reading.symbology)


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)


def _light_hint(frame: Grey) -> Hint:
    """A picture that is dark or white nearly all over; a sixteenth of its pixels is asked."""
    middle = float(np.median(frame[::4, ::4]))
    bright = float(np.percentile(frame[::4, ::4], 98))
    if middle < _DARK and bright < 3 * _DARK:
        return Hint.TOO_DARK
    return Hint.TOO_BRIGHT if middle > _BRIGHT else Hint.NONE


def _why_unread(frame: Grey, suspect: Suspect) -> Hint:
    corners = np.array(suspect.quad)
    low = np.maximum(corners.min(axis=0), 0).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = frame[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return Hint.NONE
    modules = 17 + 4 * (suspect.version or 4)
    if float(np.hypot(*(corners[1] - corners[0]))) / modules < _SMALL_MODULE_PX:
        return Hint.TOO_FAR
    paper = float(np.percentile(part, 60))
    if paper < _WHITE - 10 and float((part >= _WHITE).mean()) > _GLARE_PART:
        return Hint.GLARE
    return Hint.BLURRED
