"""Scan → pin: from a code to the mock pin of its lock, through the real runtime, journal and coil guard.

The parts that any way of doing it must do (decode, verify, one bare commit) are timed in the same rounds, at rest
between two openings, so that both sides meet the same machine in the same mood.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median

import cv2
from msgspec import Struct, field

from edge.core.credential import verify
from edge.core.inputs import Input, Scan
from edge.core.rows import Entry
from hal.camera.eye import Eye
from hal.camera.reader import Grey
from tests.bench.committing import Committer, committing
from tests.bench.figures import Effort, Figure, Table, Target, figure, percentile, took_us
from tests.bench.frames import phone
from tests.bench.wall import DOORS, Wall, code, running_wall, scan
from tests.credentials.known_keys import BUNDLE, HERE, NOW

WARM_UP = 6
HALF = len(DOORS) // 2
MAX_RATIO = 1.3  # of frame → pin to its parts
MAX_OVERHEAD_MS = 1.0  # of text → pin over its parts


class Rounds(Struct):
    """What was taken, in µs, round by round."""

    decode: list[float] = field(default_factory=list)
    verify: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)
    hops: list[float] = field(default_factory=list)
    text: list[float] = field(default_factory=list)
    frame: list[float] = field(default_factory=list)
    own_commit: list[float] = field(default_factory=list)  # the append within the opening by text
    text_met_read: list[bool] = field(default_factory=list)  # the bank was being read when the scan came

    def overhead(self) -> list[float]:
        """Of each opening by text, over verifying and over its own commit: a slow fsync is in both and drops out."""
        return [a - b - c for a, b, c in zip(self.text, self.verify, self.own_commit, strict=True)]

    def parts(self) -> list[float]:
        return [a + b for a, b in zip(self.verify, self.commit, strict=True)]

    def parts_with_decode(self) -> list[float]:
        return [a + b for a, b in zip(self.decode, self.parts(), strict=True)]


def scan_to_pin(effort: Effort) -> list[Table]:
    return asyncio.run(_measure(effort))


async def _measure(effort: Effort) -> list[Table]:
    cv2.setNumThreads(1)  # as the camera process has it
    where = effort.fresh("opening")
    frames = _Frames()
    rounds = Rounds()
    with committing(where / "bare.db") as bare:
        async with running_wall(where) as wall:
            for index in range(-min(WARM_UP, effort.openings), effort.openings):
                doors = DOORS[index % len(DOORS)], DOORS[(index + HALF) % len(DOORS)]
                await _round(wall, bare, doors, frames[doors[1]], rounds if index >= 0 else Rounds())
    return [_parts(rounds), _text(rounds), _frame(rounds)]


class _Frames(dict[int, Grey]):
    """The frame of each door's telephone, drawn when it is wanted."""

    def __missing__(self, door: int) -> Grey:
        self[door] = phone(code(door))
        return self[door]


async def _round(wall: Wall, bare: Committer, doors: tuple[int, int], frame: Grey, into: Rounds) -> None:
    """Two openings, of two doors: a coil must rest."""
    by_text, by_frame = doors
    text = code(by_text)
    event = Entry("opening_authorised", await _payload(wall))
    into.decode.append(took_us(lambda: Eye().feed(frame, 0.0)))
    into.verify.append(took_us(lambda: verify(text, BUNDLE, HERE, NOW)))
    into.commit.append(took_us(lambda: bare.commit(event)))
    bare.rest()
    into.hops.append(await _two_hops_us(wall))
    into.text_met_read.append(wall.bank_of(by_text).being_read)
    into.text.append(await wall.until_pin_us(scan(by_text)))
    into.own_commit.append(wall.journal.append_us)
    await wall.leave(by_text)
    into.frame.append(await wall.until_pin_us(lambda: _seen(frame)))
    await wall.leave(by_frame)


def _seen(frame: Grey) -> Input:
    (seen,) = Eye().feed(frame, 0.0).codes
    return Scan(seen.text, seen.symbology)


async def _payload(wall: Wall) -> bytes:
    """The last opening's, so that the bare commit writes what the runtime writes."""
    rows = await wall.runtime.in_lane(lambda: wall.journal.rows(max(0, wall.journal.head.seq - 40)))
    authorised = [row.payload for row, _ in rows if row.kind == "opening_authorised"]
    return authorised[-1] if authorised else bytes(150)


async def _two_hops_us(wall: Wall) -> float:
    """Into a lane and back, twice, with nothing to do there: the commit's and the pulse's."""
    loop = asyncio.get_running_loop()

    async def hops() -> None:
        await loop.run_in_executor(wall.lane("journal"), int)
        await loop.run_in_executor(wall.lane("idle bank"), int)

    return await _awaited_us(hops)


async def _awaited_us(work: Callable[[], Awaitable[None]]) -> float:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await work()
    return (loop.time() - began_s) * 1e6


def _parts(rounds: Rounds) -> Table:
    figures = (
        figure("decode the frame (clean, with a code)", rounds.decode),
        figure("verify the credential", rounds.verify),
        figure("bare commit of the same event", rounds.commit),
        figure("two empty hops into a lane and back", rounds.hops),
    )
    return Table("the parts, at rest between two openings", figures)


def _text(rounds: Rounds) -> Table:
    at_rest = [us for us, met in zip(rounds.text, rounds.text_met_read, strict=True) if not met]
    met = sum(rounds.text_met_read)
    figures = (
        figure("scan → pin from the code's text", rounds.text, note=f"{met} met a reading of their bank"),
        figure("   those that found their bank at rest", at_rest),
        figure("   floor: verify + bare commit", rounds.parts()),
        figure("   its own commit, within", rounds.own_commit),
        figure("   overhead: less verify, less its own commit", rounds.overhead()),
        figure("      of which two empty hops", rounds.hops),
    )
    overhead_ms = median(rounds.overhead()) / 1000
    target = Target("text → pin, overhead over verify + commit, median", overhead_ms, MAX_OVERHEAD_MS, "ms")
    return Table("text → pin", figures, (target,))


def _frame(rounds: Rounds) -> Table:
    parts = rounds.parts_with_decode()
    ratio = median(rounds.frame) / median(parts)
    figures = (
        figure("scan → pin from a frame in memory", rounds.frame),
        figure("   floor: decode + verify + bare commit", parts),
        Figure("   ratio of the medians", ratio, "", len(rounds.frame), percentile(_ratios(rounds), 0.99)),
    )
    return Table("frame → pin, in process", figures, (Target("frame → pin to its parts", ratio, MAX_RATIO, ""),))


def _ratios(rounds: Rounds) -> list[float]:
    return [whole / parts for whole, parts in zip(rounds.frame, rounds.parts_with_decode(), strict=True)]
