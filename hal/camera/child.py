"""The parent's side of the camera process: starts it, listens, and starts it anew when it falls silent.

Runs in the caller's asyncio loop and uses its clock.  Needs neither numpy nor OpenCV: they live in the child.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from edge.core.errors import BadInput
from hal.camera.wire import CodeLine, Formats, Hint, LineSplitter, StatusLine, decode_line, encode_order

__all__ = ["CameraChild", "CameraLimits", "CameraStatus"]

_CHUNK_BYTES: Final = 16 * 1024
_ENDED: Final = "camera process ended"
_COMPLAINT_LIMIT: Final = 300  # characters of the child's last words that are passed on


@dataclass(frozen=True, slots=True)
class CameraLimits:
    """How long the child may be silent, and how soon it is started again.  Seconds."""

    silence_s: float = 3.0  # three missed status lines
    first_line_s: float = 15.0  # importing OpenCV takes seconds on a slow card
    stale_s: float = 30.0  # lines come but no new frame, and the child names no fault: its driver hangs
    first_restart_s: float = 1.0
    longest_restart_s: float = 30.0
    goodbye_s: float = 1.0  # between closing its stdin and killing it


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How the camera is.  `fault` None means that frames come; `frame_age_s` was true when the line was written."""

    frame_age_s: float | None = None
    frames: int = 0
    codes: int = 0
    unreadable: int = 0
    retries: int = 0
    hint: Hint = Hint.NONE
    fault: str | None = None
    restarts: int = 0
    garbage: int = 0


@dataclass(slots=True)
class _Tally:
    restarts: int = 0
    garbage: int = 0
    last: StatusLine = field(default_factory=StatusLine)


class CameraChild:
    """Keeps one camera process running.

    `on_code(text, symbology, at_mono)` is called once for each code that is presented, with the loop's time at which
    its frame was taken; `on_status(status)` once a second, and whenever the process is lost.  Both are called in the
    loop and must not block.  `command` replaces the process, whole (for tests of this class).
    """

    def __init__(
        self,
        source: str,
        on_code: Callable[[str, str, float], None],
        on_status: Callable[[CameraStatus], None],
        *,
        formats: Formats = Formats.QR,
        command: Sequence[str] | None = None,
        limits: CameraLimits | None = None,
    ) -> None:
        self._command = tuple(command or (sys.executable, "-m", "hal.camera", source))
        self._on_code = on_code
        self._on_status = on_status
        self._formats = formats
        self._limits = limits or CameraLimits()
        self._tally = _Tally()
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process that runs now, None between two."""
        return None if self._process is None else self._process.pid

    def start(self) -> asyncio.Task[None]:
        """Begin; returns the task that keeps the process running, for the caller's supervisor to watch."""
        self._task = asyncio.get_running_loop().create_task(self._keep_running(), name="camera")
        return self._task

    async def stop(self) -> None:
        """End the process and the task; returns when both are gone."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.wait([self._task])
            self._task = None

    def set_formats(self, formats: Formats) -> None:
        """Look for these from now on; a process that is started later begins with them."""
        self._formats = formats
        self._order()

    def _order(self) -> None:
        stdin = None if self._process is None else self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(encode_order(self._formats))

    async def _keep_running(self) -> None:
        pause_s = self._limits.first_restart_s
        while not self._stopping.is_set():
            heard, fault = await self._one_life()
            if self._stopping.is_set():
                return
            pause_s = self._limits.first_restart_s if heard else min(pause_s * 2, self._limits.longest_restart_s)
            self._tally.restarts += 1
            self._tell_status(fault)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)

    async def _one_life(self) -> tuple[bool, str]:
        """Run one process to its end; returns whether frames came from it, and why it ended."""
        try:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        except OSError as why:
            return False, f"camera process {self._command[0]!r}: {why.strerror or why}"
        self._process = process
        self._tally.last = StatusLine()
        self._order()
        assert process.stderr is not None
        complaint = asyncio.ensure_future(_last_complaint(process.stderr))
        try:
            fault = await self._listen(process)
        finally:
            await self._end(process)
            said = await complaint
        if process.returncode and fault == _ENDED:
            fault = said or f"{_ENDED} with exit code {process.returncode}"
        return self._tally.last.frames > 0, fault

    async def _listen(self, process: Process) -> str:
        """Take the process's lines until it ends, falls silent, or `stop`; returns which."""
        assert process.stdout is not None
        splitter = LineSplitter()
        overlong = 0
        allowed_s = self._limits.first_line_s
        stop = asyncio.ensure_future(self._stopping.wait())
        loop = asyncio.get_running_loop()
        last_line_s = loop.time()
        try:
            while True:
                reading = asyncio.ensure_future(process.stdout.read(_CHUNK_BYTES))
                wait_s = max(0.0, last_line_s + allowed_s - loop.time())
                await asyncio.wait({reading, stop}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
                if stop.done() or not reading.done():
                    reading.cancel()
                    await asyncio.wait([reading])
                    return "stopped" if stop.done() else f"camera silent for {allowed_s:g} s"
                data = reading.result()
                if not data:
                    return _ENDED
                good = sum(self._hear(line) for line in splitter.feed(data))
                self._tally.garbage += splitter.overlong - overlong
                overlong = splitter.overlong
                age_s = self._tally.last.frame_age_s
                if age_s is not None and age_s > self._limits.stale_s and self._tally.last.fault is None:
                    return f"camera gave no frame for {age_s:.0f} s"
                if good:  # garbage is no sign of life
                    last_line_s, allowed_s = loop.time(), self._limits.silence_s
        finally:
            stop.cancel()

    def _hear(self, raw: bytes) -> bool:
        """Take one line; returns whether it was one of ours."""
        try:
            line = decode_line(raw)
        except BadInput:
            self._tally.garbage += 1
            return False
        if isinstance(line, CodeLine):
            self._on_code(line.text, line.symbology, asyncio.get_running_loop().time() - line.age_s)
        else:
            self._tally.last = line
            self._tell_status(line.fault)
        return True

    def _tell_status(self, fault: str | None) -> None:
        last = self._tally.last
        self._on_status(
            CameraStatus(
                frame_age_s=last.frame_age_s,
                frames=last.frames,
                codes=last.codes,
                unreadable=last.unreadable,
                retries=last.retries,
                hint=last.hint,
                fault=fault,
                restarts=self._tally.restarts,
                garbage=self._tally.garbage,
            )
        )

    async def _end(self, process: Process) -> None:
        """Close its stdin, give it a moment, kill it, and wait until it is gone."""
        self._process = None
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), self._limits.goodbye_s)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _last_complaint(stderr: StreamReader) -> str:
    """Read stderr to its end; return the last line that is the child's own (drivers write there too), or nothing."""
    splitter, last = LineSplitter(), ""
    while data := await stderr.read(_CHUNK_BYTES):
        for line in splitter.feed(data):
            if line.startswith(b"camera: "):
                last = line.removeprefix(b"camera: ").decode("utf-8", "replace")[:_COMPLAINT_LIMIT]
    return last
