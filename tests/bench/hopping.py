"""The camera child's hop: from a process that knows a code to the loop that is told of it.

Two figures: the line alone, and a frame through the real camera process.  Both clocks are the machine's monotonic one.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle

from hal.camera.child import CameraChild, CameraStatus
from hal.camera.eye import Eye
from hal.camera.reader import Grey
from hal.camera.wire import Formats, decode_line
from tests.bench.figures import Effort, Table, figure, took_us
from tests.bench.frames import phone
from tests.bench.wall import PATIENCE_S, code
from tests.camera.world_camera import header_of, serving

STAMPING = (sys.executable, "-m", "tests.bench.stamping_camera")
FRAMES = 40  # each with a code of its own: a code that stays in view is told once


def camera_hop(effort: Effort) -> list[Table]:
    lines = asyncio.run(_lines_us(effort.rounds))
    floor = _pipe_us(effort.rounds)
    frames = [phone(code(number)) for number in range(1, min(FRAMES, effort.openings) + 1)]
    told, aged = asyncio.run(_frames_us(effort, frames))
    decoded = [took_us(lambda frame=frame: Eye().feed(frame, 0.0)) for frame in frames]  # type: ignore[misc]
    own = [a - b for a, b in zip(told, aged, strict=True)]
    figures = (
        figure("a code's line: written in the child → told in the loop", lines),
        figure("   floor: the same line, read by a blocking read", floor),
        figure("a frame before the lens → its code told in the loop", told),
        figure("   within the child: frame taken → line written", aged),
        figure("   floor of that: decode in process", decoded),
        figure("   the rest: 0.9 MB through the world's socket, the line", own),
    )
    return [Table("the camera child's hop", figures)]


async def _lines_us(rounds: int) -> list[float]:
    told: asyncio.Queue[float] = asyncio.Queue()
    alive = asyncio.Event()

    def on_code(text: str, _symbology: str, _at_s: float) -> None:
        told.put_nowait((time.perf_counter_ns() - int(text)) / 1000)

    child = CameraChild("", on_code, _status(alive), command=STAMPING)
    child.start()
    try:
        async with asyncio.timeout(PATIENCE_S + rounds):
            await alive.wait()
            taken = [await told.get()]  # the child's first order asks for a line too
            for formats in _formats(rounds):
                child.set_formats(formats)
                taken.append(await told.get())
    finally:
        await child.stop()
    return taken[1:]


def _formats(rounds: int) -> list[Formats]:
    return [formats for _, formats in zip(range(rounds), cycle(Formats), strict=False)]


def _status(alive: asyncio.Event) -> Callable[[CameraStatus], None]:
    def on_status(status: CameraStatus) -> None:
        if status.fault is None:
            alive.set()

    return on_status


def _pipe_us(rounds: int) -> list[float]:
    """Without a loop: a thread that blocks in a read."""
    with subprocess.Popen(STAMPING, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        taken = []
        for _ in range(rounds):
            child.stdin.write(b"\n")
            child.stdin.flush()
            line = child.stdout.readline()
            at_ns = time.perf_counter_ns()
            taken.append((at_ns - int(getattr(decode_line(line.strip()), "text", 0))) / 1000)
        child.stdin.close()
    return taken


async def _frames_us(effort: Effort, frames: list[Grey]) -> tuple[list[float], list[float]]:
    """Each frame served once: µs from its serving to the telling, and the child's own word for how old it was."""
    told: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
    served_ns: dict[str, int] = {}
    answers = iter([(code(number), header_of(frame) + frame.tobytes()) for number, frame in enumerate(frames, start=1)])
    last = [b""]

    def answer() -> bytes:
        text, last[0] = next(answers, ("", last[0]))
        served_ns.setdefault(text, time.perf_counter_ns())
        return last[0]

    def on_code(text: str, _symbology: str, at_s: float) -> None:
        age_us = (asyncio.get_running_loop().time() - at_s) * 1e6
        told.put_nowait((time.perf_counter_ns() - served_ns[text], age_us))

    where = effort.fresh("hop") / "camera.sock"
    alive = asyncio.Event()
    with serving(where, answer):
        child = CameraChild(f"world:{where}", on_code, _status(alive))
        child.start()
        try:
            async with asyncio.timeout(PATIENCE_S + len(frames)):
                await told.get()  # the first frame meets an eye that was never opened
                found = [await told.get() for _ in frames[1:]]
        finally:
            await child.stop()
    return [ns / 1000 for ns, _ in found], [age_us for _, age_us in found]
