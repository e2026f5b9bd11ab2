"""Watches the browser by the beats of its page and has it started again when it is silent.  It never stops serving.

What to run is configured: words, no shell.  Without them nobody watches.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from subprocess import DEVNULL
from typing import Final

from edge.core.errors import machine_says
from edge.core.inputs import Health, Input
from kiosk_ui.pulse import MOST_RESTARTS, WITHIN_S, Pulse, beaten, due_s, failing, restarted

__all__ = ["BrowserWatch", "start_again"]

RESTART_TIMEOUT_S: Final = 30.0  # a browser that does not want to end is killed by its unit before
KILLED_WITHIN_S: Final = 5.0
MOST_SAID_BYTES: Final = 160  # of what the command complains of

Start = Callable[[], Awaitable[str]]  # returns what went wrong, or nothing


class BrowserWatch:
    """A port.  `beat` is called in the loop's thread for each beat of the page that shows the present screen.

    start: starts the browser again; None: nobody watches.  tell: the runtime's inbox.  log: a line for each restart.
    """

    def __init__(self, start: Start | None, tell: Callable[[Input], object], log: Callable[[str], None]) -> None:
        self._start, self._tell, self._log = start, tell, log
        self._pulse = Pulse(_now_s())
        self._well: bool | None = None  # as told to the core; None: nothing was told yet
        self._errors: int | None = None  # likewise

    def beat(self, errors: int) -> None:
        """The page lives.  errors: of its script since it was loaded; how many is told, never what they say."""
        self._pulse = beaten(self._pulse, _now_s())
        self._say(True, "")
        if self._errors is None or bool(errors) is not bool(self._errors):
            said = f"{errors} errors in the script of the page" if errors else ""
            self._tell(Health("screen", "script", ok=not errors, detail=said))
            if errors:
                self._log(f"screen: {said}")
        self._errors = errors

    async def run(self) -> None:
        """For ever."""
        if self._start is None:
            await asyncio.get_running_loop().create_future()  # nothing to do
            return
        self._pulse = Pulse(_now_s(), restarts=self._pulse.restarts)
        while True:
            left_s = due_s(self._pulse) - _now_s()
            if left_s > 0:
                await asyncio.sleep(left_s)
            else:
                await self._started_again(self._start)

    async def _started_again(self, start: Start) -> None:
        why = await start()
        self._log("screen: the browser is silent and was started again" + (f", in vain: {why}" if why else ""))
        now_s = _now_s()
        self._pulse = restarted(self._pulse, now_s)
        if failing(self._pulse, now_s):
            self._say(False, why or f"silent after {MOST_RESTARTS} restarts within {WITHIN_S / 60:g} minutes")

    def _say(self, well: bool, detail: str) -> None:
        if self._well is not well:
            self._well = well
            self._tell(Health("screen", "browser", ok=well, detail=detail))


async def start_again(words: Sequence[str], timeout_s: float = RESTART_TIMEOUT_S) -> str:
    """Run a command to its end, without a shell.  Returns what went wrong, or nothing.

    What the command leaves running may keep its stderr: nobody waits for the end of that.
    """
    complaints, complain = os.pipe()
    try:
        try:
            child = await asyncio.create_subprocess_exec(
                *words, stdin=DEVNULL, stdout=DEVNULL, stderr=complain, start_new_session=True
            )
        except OSError as error:
            return f"{words[0]}: {machine_says(error)}"
        finally:
            os.close(complain)
        if not await _ends(child, timeout_s):
            return f"{words[0]}: not ended after {timeout_s:g} s"
        return f"{words[0]} ended with {child.returncode}: {_said(complaints)}" if child.returncode else ""
    finally:
        os.close(complaints)


async def _ends(child: asyncio.subprocess.Process, timeout_s: float) -> bool:
    """False when it had to be ended, with all that it started."""
    try:
        async with asyncio.timeout(timeout_s):
            await child.wait()
    except TimeoutError:
        return False
    finally:
        if child.returncode is None:
            await _killed(child)
    return True


async def _killed(child: asyncio.subprocess.Process) -> None:
    """Not for ever: what waits for a broken disk, or is somebody else's, may not end even so."""
    with contextlib.suppress(ProcessLookupError, PermissionError, TimeoutError):
        os.killpg(child.pid, signal.SIGKILL)
        async with asyncio.timeout(KILLED_WITHIN_S):
            await child.wait()


def _said(complaints: int) -> str:
    """The beginning of what a command that has ended complained of."""
    os.set_blocking(complaints, False)
    try:
        return os.read(complaints, MOST_SAID_BYTES).decode(errors="replace").strip()
    except BlockingIOError:
        return ""


def _now_s() -> float:
    return asyncio.get_running_loop().time()
