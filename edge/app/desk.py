"""What the control socket is answered: figures, acts of technicians, and the journal in bounded steps.

The daemon decides.  An act goes into the inbox with the name that the kernel gives, and its answer is an effect of the
decision, after the commit.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import msgspec

from edge.app import figures
from edge.app.configuration import Configuration
from edge.app.eyes import Eyes
from edge.app.incident.files import left_behind
from edge.app.incident.telling import head_of, lines_of
from edge.app.scanners import Scanner
from edge.app.telling import as_fields, with_sentence
from edge.app.weigher import Weigher
from edge.control.peers import Person
from edge.control.wire import ACTS, Ask
from edge.core.clocks import judged
from edge.core.effects import Answer
from edge.core.errors import BadInput, NotAllowed
from edge.core.inputs import Technical
from edge.core.judgement import JudgementTime
from edge.core.ports import WallClock
from edge.core.rows import Row, Stamp
from edge.core.turn import Books
from edge.core.words import ClockTrust
from edge.journal.show import row_as_dict
from edge.runtime import Runtime
from edge.runtime.recovery import refold

__all__ = ["LockerDesk"]

IN_HEALTH: Final = (
    "version", "boot", "uptime_s", "restoring", "head", "compartments", "faults", "alarms", "space", "memory_kib"
)  # fmt: skip
OF_THE_SCALE: Final = frozenset({"zero_scale", "tare_scale"})
STEP_ROWS: Final = 200  # of the journal in one visit to its lane: a commit waits no longer than a millisecond

Link = Callable[[], dict[str, Any]]  # enrolled, online, link, watermark, unsent


class LockerDesk:
    """A Desk over a running locker.  `answered` is the runtime's way back."""

    def __init__(
        self,
        wall: WallClock,
        *,
        version: str,
        link: Link,
        kiosk: str,
        eyes: Eyes | None,
        scanners: Sequence[Scanner] = (),
        weigher: Weigher | None = None,
        told: Configuration | None = None,
    ) -> None:
        """`told`: what bundles are headed with; without it there are none."""
        self._told = told
        self._wall, self._version, self._link, self._kiosk, self._eyes = wall, version, link, kiosk, eyes
        self._scanners, self._weigher = scanners, weigher
        self._runtime: Runtime | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ready_s = 0.0
        self._ready_ms = 0

    def serve(self, runtime: Runtime) -> None:
        """`runtime` is ready."""
        self._runtime = runtime
        self._ready_s = asyncio.get_running_loop().time()
        self._ready_ms = self._books.state.mono_ms

    def answered(self, answer: Answer) -> None:
        """The effect: somebody's act has come to this."""
        waiting = self._waiting.pop(answer.request, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    # -- questions ----------------------------------------------------------------------------------------------------

    async def answer(self, ask: Ask, person: Person) -> Any:
        if ask.op in ACTS:
            return await self._act(ask, person)
        state, memory = self._books.state, self._running.memory
        match ask.op:
            case "status":
                return self.status()
            case "doors":
                return figures.doors(self._running.site, state, memory)
            case "parcels":
                return figures.parcels(state, self._running_ms)
            case "scale":
                return self._scale()
            case "verify":
                return await self._verify()
            case _:
                raise BadInput(f"control: unknown operation {ask.op!r}")

    async def stream(self, ask: Ask) -> AsyncIterator[Any]:
        if ask.op == "bundle":
            async for line in self._bundle():
                yield line
            return
        journal, until = self._running.journal, self._running.journal.head.seq
        lives = await self._running.in_lane(journal.epochs)
        decode = as_fields if ask.op == "export" else with_sentence
        if ask.op == "export":
            yield await self._running.in_lane(self._running.journal.header)
        after = max(ask.after, until - ask.last) if ask.last else ask.after
        while after < until:
            step: list[tuple[Row, Any]] = await self._running.in_lane(journal.rows, after, STEP_ROWS)
            if not step:
                return
            for row, _ in step:
                if row.seq <= until:
                    yield row_as_dict(row, lives, decode)
            after = step[-1][0].seq

    async def _bundle(self) -> AsyncIterator[Any]:
        """The lines of an incident bundle, with what a life left behind that failed."""
        told, why = self._told, "of this life"
        if told is None:
            raise BadInput("bundle: this desk has no configuration to head it with")
        left: list[bytes] = []
        try:
            left = await asyncio.to_thread(left_behind, told.directory)
        except BadInput as error:
            why += f"; what an earlier one left behind is unreadable: {error}"
        else:
            why += " and of one that failed" if left else ""
        head = head_of(told, self._running.site, health=self.status(), ring=why)
        async for line in lines_of(self._running, head, left):
            yield line

    def believed_s(self) -> int | None:
        """What time it is, seconds since 1970; None while the clock is not believed (I9)."""
        time, _ = self._judged()
        return int(time.best_s) if time.trusted else None

    def _judged(self) -> tuple[JudgementTime, ClockTrust]:
        state, (wall_s, source) = self._books.state, self._wall.read()
        return judged(state, Stamp(state.boot, self._mono_ms, 0, source), wall_s, source)

    def status(self) -> dict[str, Any]:
        """Everything about this locker on one page."""
        running, state, memory = self._running, self._books.state, self._running.memory
        journal, (time, trust) = running.journal, self._judged()
        return {
            "site": running.site.number,
            "name": running.site.name,
            "version": self._version,
            "pid": os.getpid(),
            "boot": state.boot,
            "uptime_s": self._mono_ms // 1000,
            "restoring": state.restoring,
            "kiosk": self._kiosk,
            "screen": running.screen().name,
            **figures.compartments(state, memory),
            "openings": figures.openings(state, self._running_ms),
            "faults": [{"fault": key, "detail": detail} for key, detail in sorted(state.faults.items())],
            "alarms": [{"alarm": key, "detail": detail} for key, detail in sorted(state.alarms.items())],
            "space": state.space,
            "clock": {"trust": trust, "trusted": time.trusted, "best_s": time.best_s, "floor_s": time.floor_s},
            "epoch": journal.epoch.hex(),
            "head": journal.head.seq,
            **self._link(),
            "camera": self._camera(),
            "readers": [scanner.status for scanner in self._scanners],
            "scale": None if self._weigher is None else self._scale(),
            "memory_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }

    def health(self) -> bytes:
        """The same, short, for the hub: a picture of now, not an event."""
        status = self.status()
        return msgspec.json.encode({name: status[name] for name in IN_HEALTH})

    def _camera(self) -> dict[str, Any] | None:
        if self._eyes is None:
            return None
        last = self._eyes.status
        if last is None:
            return {"frames": 0, "fault": "has not said anything yet"}
        return {
            "frames": last.frames,
            "codes": last.codes,
            "frame_age_s": last.frame_age_s,
            "hint": last.hint,
            "fault": last.fault,
            "restarts": last.restarts,
        }

    def _scale(self) -> dict[str, Any]:
        """What the courier's scale shows.  NotAllowed where there is none."""
        if self._weigher is None:
            raise NotAllowed("no scale is configured")
        return self._weigher.status(asyncio.get_running_loop().time())

    # -- acts ---------------------------------------------------------------------------------------------------------

    async def _act(self, ask: Ask, person: Person) -> dict[str, Any]:
        if ask.op in OF_THE_SCALE:
            self._scale()
        request = next(self._numbers)
        answered = asyncio.get_running_loop().create_future()
        self._waiting[request] = answered
        detail = {"clear_alarm": {"alarm": ask.alarm}, "time_reset": {"document": ask.document}}.get(ask.op, {})
        try:
            self._running.tell(Technical(ask.op, person.name, ask.reason, ask.door, request, detail))
            answer: Answer = await answered
        finally:
            self._waiting.pop(request, None)
        if not answer.ok:
            raise NotAllowed(answer.text)
        return {"text": answer.text, "opening": answer.opening}

    # -- the journal --------------------------------------------------------------------------------------------------

    async def _verify(self) -> dict[str, Any]:
        running = self._running
        verification = await running.in_lane(running.journal.verification, refold)
        while await running.in_lane(verification.step):
            pass
        report = await running.in_lane(verification.report)
        return {**msgspec.to_builtins(report), "whole": report.whole, "sentence": report.sentence}

    # -- what is known ------------------------------------------------------------------------------------------------

    @property
    def _running(self) -> Runtime:
        assert self._runtime is not None, "served after the boot"
        return self._runtime

    @property
    def _books(self) -> Books:
        assert self._running.books is not None, "served after the boot"
        return self._running.books

    @property
    def _mono_ms(self) -> int:
        """Of this boot, as near as a status needs."""
        return self._ready_ms + round((asyncio.get_running_loop().time() - self._ready_s) * 1000)

    @property
    def _running_ms(self) -> int:
        return self._books.state.running_ms(self._mono_ms)
