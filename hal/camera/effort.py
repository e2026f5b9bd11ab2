"""All efforts on one still picture, cheapest first, until a code is read or the time is spent.

The first look is plain zxing-cpp on the whole picture.  If it reads something, two cheap looks follow for codes that it
missed, and more only while they find any.  If it reads nothing, the retouched pictures follow in the order of what they
gained per millisecond on the test pictures; between them the codes that were seen but not read are straightened out
(`mesh`), and those that were not even seen are searched for (`locate`).  Time is an argument: `now` is a monotonic
clock in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from hal.camera import locate, mesh, retouch
from hal.camera.reader import READ_TWICE, Binarizer, Grey, Outcome, Quad, Reading, Suspect, scan
from hal.camera.wire import Formats

__all__ = ["BUDGET_S", "read_all"]

BUDGET_S: Final = 1.1  # a person waits that long for an answer; a hopeless picture ends there
WORK_PX: Final = 1600  # longer side above which a picture is worked on at a smaller scale
SMALL_PX: Final = 800
DOUBLE_PX: Final = 1300  # longer side up to which doubling is affordable
SUSPECT_LIMIT: Final = 12  # unread codes kept for straightening
SAME_PLACE: Final = 0.5  # of a code's side: nearer than this, two finds are one code
SAME_SUSPECT: Final = 0.03  # likewise, two unread finds are laid alike


@dataclass(frozen=True, slots=True)
class Look:
    """One retouched picture to scan.  `factor` is its scale against the original, 0 where places do not carry over."""

    picture: Callable[[], Grey]
    factor: float
    binarizer: Binarizer = Binarizer.LocalAverage


class Grid(Enum):
    """Work on codes by their own grids, between the looks."""

    SUSPECTS = "suspects"  # on what zxing-cpp saw and did not read
    FINDERS = "finders"  # and on what it did not see


@dataclass(slots=True)
class _Search:
    """What has been found so far in one picture."""

    formats: Formats
    readings: list[Reading] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    unsure: set[tuple[bytes, str]] = field(default_factory=set)  # codes to be read twice that one look has read

    def take(self, outcome: Outcome, factor: float) -> int:
        """Add what is new; return how many readings were."""
        before = len(self.readings)
        believed = [reading for reading in outcome.readings if self._believed(reading)]
        self.unsure.update((r.raw, r.symbology) for r in outcome.readings if r.symbology in READ_TWICE)
        for reading in believed:
            placed = _scaled(reading.quad, factor) if factor else None
            if not self._known(reading, placed):
                self.readings.append(Reading(reading.raw, reading.symbology, placed or _NOWHERE, reading.plain))
        for suspect in outcome.suspects if factor else ():
            self._suspect(Suspect(_scaled(suspect.quad, factor), suspect.version))
        return len(self.readings) - before

    def _suspect(self, suspect: Suspect) -> None:
        """Keep it, unless there are enough, or the same one of the same version is there already."""
        known = any(s.version == suspect.version and _near(s.quad, suspect.quad, SAME_SUSPECT) for s in self.suspects)
        if not known and len(self.suspects) < SUSPECT_LIMIT:
            self.suspects.append(suspect)

    def _believed(self, reading: Reading) -> bool:
        """A code with weak protection counts when two looks at differently treated pictures agree."""
        return reading.symbology not in READ_TWICE or (reading.raw, reading.symbology) in self.unsure

    def _known(self, reading: Reading, placed: Quad | None) -> bool:
        """A code is known when its bytes are and its place is, or may be, the same: equal codes side by side count."""
        for other in self.readings:
            same_bytes = other.raw == reading.raw and other.symbology == reading.symbology
            if same_bytes and (placed is None or other.quad == _NOWHERE or _near(other.quad, placed)):
                return True
        return False

    def open_suspects(self) -> list[Suspect]:
        """Suspects that do not lie where a code has been read meanwhile."""
        return [s for s in self.suspects if not any(_near(s.quad, r.quad) for r in self.readings)]


_NOWHERE: Final[Quad] = ((-1e9, -1e9), (-1e9, -1e9), (-1e9, -1e9), (-1e9, -1e9))


def read_all(picture: Grey, formats: Formats, now: Callable[[], float], budget_s: float = BUDGET_S) -> list[Reading]:
    """Return every code that can be read within the budget.  A look once begun is finished: add the longest, 0.3 s."""
    end = now() + budget_s
    grey = retouch.grey_of(picture)
    search = _Search(formats)
    search.take(scan(grey, formats, suspects=True), 1.0)
    if search.readings or search.unsure:
        _look_for_more(search, grey, now, end)
    if search.readings:
        return search.readings
    for look in _looks(picture, grey, formats):
        if now() >= end:
            break
        if isinstance(look, Grid):
            _straighten(search, grey, now, end)
            if look is Grid.FINDERS and not search.readings:
                _search_for_finders(search, grey, now, end)
        else:
            search.take(scan(look.picture(), formats, binarizer=look.binarizer, suspects=True), look.factor)
        if search.readings:
            break
    return search.readings


def _look_for_more(search: _Search, grey: Grey, now: Callable[[], float], end: float) -> None:
    """Cheap looks for further codes, as long as they pay."""
    work, factor = _bounded(grey, WORK_PX)
    looks = [
        Look(lambda: retouch.binarize(work, 0.04), factor, Binarizer.FixedThreshold),
        Look(lambda: retouch.resize(grey, 0.5), 0.5)
        if max(grey.shape) > WORK_PX
        else Look(lambda: retouch.resize(grey, 1.5), 1.5),
        Look(lambda: retouch.equalize(work), factor),
        Look(lambda: retouch.standardize(work), factor, Binarizer.FixedThreshold),
    ]
    quiet_looks = 0
    for look in looks:
        if now() >= end or quiet_looks == 2 or (quiet_looks and not search.open_suspects()):
            break
        gained = search.take(scan(look.picture(), search.formats, binarizer=look.binarizer), look.factor)
        quiet_looks = 0 if gained else quiet_looks + 1
    _straighten(search, grey, now, end)


def _straighten(search: _Search, grey: Grey, now: Callable[[], float], end: float) -> None:
    """Try to read the suspects by their own grids, once each; guesses at one place together."""
    todo, search.suspects = search.open_suspects(), []
    while todo and now() < end:
        here = [suspect for suspect in todo if _near(suspect.quad, todo[0].quad)]
        todo = [suspect for suspect in todo if suspect not in here]
        reading = mesh.read(grey, here, lambda: now() >= end)
        if reading is not None:
            search.take(Outcome((reading,), ()), 1.0)


def _search_for_finders(search: _Search, grey: Grey, now: Callable[[], float], end: float) -> None:
    """Look for codes that zxing-cpp does not even suspect."""
    for group in locate.suspects(grey):
        if now() >= end or search.readings:
            return
        reading = mesh.read(grey, group, lambda: now() >= end)
        if reading is not None:
            search.take(Outcome((reading,), ()), 1.0)


def _looks(picture: Grey, grey: Grey, formats: Formats) -> Iterator[Look | Grid]:
    """The looks after the first, in order, and between them work on grids."""
    work, factor = _bounded(grey, WORK_PX)
    small, small_factor = _bounded(grey, SMALL_PX)
    fixed, histogram = Binarizer.FixedThreshold, Binarizer.GlobalHistogram
    if factor < 1:
        yield Look(lambda: work, factor)
    yield Look(lambda: retouch.binarize(work, 0.08, 1.2), factor, fixed)
    if small_factor < 1:
        yield Look(lambda: small, small_factor)
    base, base_factor = (work, factor) if max(work.shape) <= DOUBLE_PX else (small, small_factor)
    double = retouch.resize(base, 2)
    yield Look(lambda: double, base_factor * 2)
    if formats is Formats.ALL:  # PDF417 of few rows is lost when it lies aslant
        for angle_deg in (9, -9, 13, -13):
            yield Look(lambda angle_deg=angle_deg: retouch.rotate(work, angle_deg), 0)  # type: ignore[misc]
    yield Grid.SUSPECTS
    yield Look(lambda: retouch.equalize(double), base_factor * 2)
    yield Look(lambda: retouch.standardize(double), base_factor * 2, fixed)
    yield Look(lambda: retouch.flatten(work), factor, fixed)
    yield Look(lambda: retouch.sharpen(double, 6, 3), base_factor * 2)
    yield Look(lambda: retouch.standardize(work, 0.06, 1.0), factor, fixed)
    yield Look(lambda: work, factor, histogram)
    for channel in retouch.channels(picture):
        part = _bounded(channel, WORK_PX)[0]
        yield Look(lambda part=part: part, factor)  # type: ignore[misc]
        yield Look(lambda part=part: retouch.binarize(part, 0.08, 1.2), factor, fixed)  # type: ignore[misc]
    yield Grid.FINDERS
    yield Look(lambda: retouch.binarize(work, 0.03, 0.8), factor, fixed)
    yield Look(lambda: retouch.binarize(work, 0.2, 2.5), factor, fixed)
    yield Look(lambda: retouch.rotate(work, 45), 0)
    yield Look(lambda: retouch.equalize(work, 8), factor)
    yield Look(lambda: retouch.sharpen(double, 3, 3), base_factor * 2)
    yield Look(lambda: retouch.rotate(retouch.binarize(work, 0.08, 1.2), 30), 0, fixed)
    yield Look(lambda: retouch.resize(small, 0.5), small_factor / 2)
    yield Grid.SUSPECTS


def _bounded(grey: Grey, limit_px: int) -> tuple[Grey, float]:
    """Return the picture, scaled down where its longer side is above the limit, and its scale."""
    factor = limit_px / max(grey.shape)
    return (grey, 1.0) if factor >= 1 else (retouch.resize(grey, factor), factor)


def _scaled(quad: Quad, factor: float) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = quad
    return (
        (a / factor, b / factor),
        (c / factor, d / factor),
        (e / factor, f / factor),
        (g / factor, h / factor),
    )


def _near(one: Quad, other: Quad, part: float = SAME_PLACE) -> bool:
    side = max(abs(one[0][0] - one[2][0]) + abs(one[0][1] - one[2][1]), 2.0)
    dx, dy = (sum(p[i] for p in one) / 4 - sum(p[i] for p in other) / 4 for i in (0, 1))
    return abs(dx) + abs(dy) < part * side
