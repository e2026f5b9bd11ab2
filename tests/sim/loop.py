"""A simulated asyncio loop: time jumps to the next timer, chance is seeded, and a life can lose its power.

Virtual time costs nothing to pass, so a day of a locker takes seconds.  The same seed gives the same run, byte for
byte (`digest`).  What asyncio leaves open is decided by the seed: the order of callbacks that are ready together, and
how long a job waits before and after it runs in its executor.  Executors are FIFO lanes, as one writer thread is.

A *life* is one run of a program between power-on and power-off.  Tasks, timers and jobs that were started within a
life die with it; the world, started outside of any life, goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import random
from array import array
from asyncio import base_events, events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# More callbacks than this without time passing is a loop that feeds itself.
MAX_CALLBACKS_AT_ONE_MOMENT: Final = 200_000
MAX_JOB_DELAY_S: Final = 0.01  # a quiet card; stalls come on top
TRACE_AT_ONCE: Final = 8192  # moments and orders that go into the digest together


class Deadlock(RuntimeError):
    """Nothing is ready and no timer is set: whoever waits would wait for ever."""


class Spin(RuntimeError):
    """Callbacks make callbacks and time does not pass."""


class Life:
    """One life of a program.  Use `SimLoop.begin_life`."""

    def __init__(self, loop: SimLoop, number: int) -> None:
        self.number = number
        self.alive = True
        # The present life's number is in the context of everything that was started within it.
        self._context = loop.outside.copy()
        self._context.run(_LIFE.set, self)
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        self._over: asyncio.Future[None] = loop.create_future()

    def start(self, main: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `main`, and everything it starts, within this life."""
        return self._loop.create_task(main, context=self._context.copy())

    async def ended(self, task: asyncio.Task[T]) -> T | None:
        """Wait, from outside, until `task` is done (its result) or the power is gone (None)."""
        if self.alive and not task.done():
            task.add_done_callback(self._finish, context=self._loop.outside.copy())
            await self._over
        return task.result() if self.alive else None

    def power_off(self) -> None:
        """Nothing of this life runs again.  Its coroutines are unwound now, while its disk and wires are dead."""
        if not self.alive:
            return
        self.alive = False
        self._finish()
        for task in self._tasks:
            if not task.done():
                # The interpreter would warn of a task that never ended; here that is the point.
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                self._context.copy().run(_unwind, task)

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """A task was started within this life."""
        self._tasks = [known for known in self._tasks if not known.done()]
        self._tasks.append(task)

    def _finish(self, _task: object = None) -> None:
        if not self._over.done():
            self._over.set_result(None)


_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class NotYet(Exception):
    """Raised by a job that waits for something at the other end: it runs again after `within_s`, or when woken."""

    def __init__(self, within_s: float) -> None:
        super().__init__(f"not yet; within {within_s} s")
        self.within_s = within_s
        self._handle: asyncio.TimerHandle | None = None
        self._again: Callable[[], object] = lambda: None

    def wait(self, handle: asyncio.TimerHandle, again: Callable[[], object]) -> None:
        """The loop's side: what would run it again, and what does so now."""
        self._handle, self._again = handle, again

    def wake(self) -> None:
        """What it waits for has come."""
        if self._handle is not None and not self._handle.cancelled():
            self._handle.cancel()
            self._again()


class _Handle(events.TimerHandle):
    """asyncio's own, built in one call, which knows its life."""

    __slots__ = ("life",)

    def __init__(self, when: float, callback: Any, args: Any, loop: SimLoop, context: Context | None) -> None:
        if context is None:
            self._context, self.life = copy_context(), _LIFE.get()
        else:
            self._context, self.life = context, context.get(_LIFE)
        self._loop, self._callback, self._args = loop, callback, args
        self._cancelled = self._scheduled = False
        self._repr = self._source_traceback = None
        self._when = when

    def cancel(self) -> None:
        self._cancelled = True
        self._callback, self._args = None, ()

    @property
    def void(self) -> bool:
        """Cancelled, or of a life that is over."""
        return self._cancelled or (self.life is not None and not self.life.alive)


class SimLoop(base_events.BaseEventLoop):
    """Use as any loop: `loop.run_until_complete(main())`.  No sockets, no threads, no signals."""

    _ready: deque[_Handle]
    _stopping: bool

    def __init__(
        self,
        seed: int,
        *,
        delay_s: Callable[[random.Random], float] | None = None,
        stall_s: Callable[[], float] | None = None,
    ) -> None:
        """`delay_s` draws each wait before and after a job; `stall_s` says after each job what the disk still owes."""
        super().__init__()
        self.outside: Context = copy_context()
        self._random = random.Random(seed)
        self._delay_s = delay_s or (lambda chance: chance.random() * MAX_JOB_DELAY_S)
        self._stall_s = stall_s or (lambda: 0.0)
        self._now = 0.0
        self._timers: list[tuple[float, int, _Handle]] = []  # when, and in which order they were set
        self._set = 0
        self._trace = hashlib.sha256()
        self._untraced = array("d")
        self._at_this_moment = 0
        self._lives = 0
        self._lanes: dict[tuple[Life | None, object], _Lane] = {}
        self.set_task_factory(_make_task)

    # -- what a test asks

    def begin_life(self) -> Life:
        self._lives += 1
        return Life(self, self._lives)

    def run_for(self, seconds: float) -> None:
        """Let the world go on for a while."""
        self.run_until_complete(asyncio.sleep(seconds))

    def run_outside(self, act: Callable[..., T], *args: Any) -> T:
        """Do `act` as the world: what it schedules outlives the life that called for it (a door swings on)."""
        return self.outside.copy().run(act, *args)

    def note(self, text: str) -> None:
        """Add something that happened to the digest."""
        self._flush()
        self._trace.update(f"{self._now!r} {text}\n".encode())

    @property
    def digest(self) -> str:
        self._flush()
        return self._trace.hexdigest()

    # -- what asyncio asks

    get_debug = staticmethod(bool)  # False, and asked for with each future: a function of ours would cost more

    def time(self) -> float:
        return self._now

    def run_in_executor(self, executor: Any, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """One FIFO lane for each executor of each life; the job runs here, its answer comes later."""
        future: asyncio.Future[T] = self.create_future()
        lane = self._lanes.setdefault((_LIFE.get(), executor), _Lane())
        lane.jobs.append(_Job(lambda: func(*args), future))
        if not lane.busy:
            self._next_job(lane)
        return future

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = _Handle(self._now, callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """There is one thread; asyncio itself ends a generator this way."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = _Handle(when, callback, args, self, context)
        self._set += 1
        heapq.heappush(self._timers, (when, self._set, handle))
        return handle

    def _run_once(self) -> None:
        """Everything until somebody stops the loop: a call for each callback would cost more than the callback."""
        timers, ready = self._timers, self._ready
        while not self._stopping:
            if not ready:
                self._pass_time()
            while timers and timers[0][0] <= self._now:
                ready.append(heapq.heappop(timers)[2])
            self._at_this_moment += len(ready)
            if len(ready) == 1:
                self._run(ready.popleft())
            else:
                self._run_batch()
            if self._at_this_moment > MAX_CALLBACKS_AT_ONE_MOMENT:
                raise Spin(f"more than {MAX_CALLBACKS_AT_ONE_MOMENT} callbacks at {self._now} s")

    def _run_batch(self) -> None:
        batch = list(self._ready)
        self._ready.clear()
        self._random.shuffle(batch)
        self._untraced.append(len(batch))
        for handle in batch:
            self._run(handle)

    def _run(self, handle: _Handle) -> None:
        """Unless it was cancelled, perhaps by one of the same batch, or its life is over."""
        life = handle.life
        if handle._cancelled or (life is not None and not life.alive):
            return
        self._untraced.append(self._now)
        try:
            handle._context.run(handle._callback, *handle._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - as asyncio does
            self.call_exception_handler({"message": f"in {handle!r}", "exception": error, "handle": handle})

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no file descriptors here."""

    def _write_to_self(self) -> None:
        """There is nobody to wake."""

    # -- details

    def _pass_time(self) -> None:
        timers = self._timers
        while timers and timers[0][2].void:
            heapq.heappop(timers)
        if not timers:
            waiting = sorted(str(task.get_coro()) for task in asyncio.all_tasks(self))
            raise Deadlock(f"at {self._now} s nothing is ready and no timer is set; waiting: {waiting}")
        if timers[0][0] > self._now:
            self._now = timers[0][0]
            self._at_this_moment = 0
            if len(self._untraced) > TRACE_AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        self._trace.update(self._untraced.tobytes())
        del self._untraced[:]

    def _next_job(self, lane: _Lane) -> None:
        lane.busy = bool(lane.jobs)
        if lane.jobs:
            self.call_later(self._delay_s(self._random), self._do, lane, lane.jobs.popleft())

    def _do(self, lane: _Lane, job: _Job) -> None:
        if job.future.cancelled():
            self._next_job(lane)
            return
        life = _LIFE.get()
        job.run()
        if life is not None and not life.alive:
            return
        waits = job.waits
        if waits is not None:
            context = copy_context()
            handle = self.call_later(waits.within_s, self._do, lane, job)
            waits.wait(handle, lambda: self.call_soon(self._do, lane, job, context=context))
        else:
            self.call_later(self._delay_s(self._random) + self._stall_s(), self._answer, lane, job)

    def _answer(self, lane: _Lane, job: _Job) -> None:
        job.answer()
        self._next_job(lane)


class _Job:
    def __init__(self, act: Callable[[], Any], future: asyncio.Future[Any]) -> None:
        self._act = act
        self.future = future
        self._result: Any = None
        self._error: BaseException | None = None

    @property
    def waits(self) -> NotYet | None:
        return self._error if isinstance(self._error, NotYet) else None

    def run(self) -> None:
        self._error = None
        try:
            self._result = self._act()
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - as a thread pool does: whoever awaits gets it
            self._error = error

    def answer(self) -> None:
        if self.future.done():
            return
        if self._error is not None:
            self.future.set_exception(self._error)
        else:
            self.future.set_result(self._result)


class _Lane:
    def __init__(self) -> None:
        self.jobs: deque[_Job] = deque()
        self.busy = False


def _make_task(loop: Any, coroutine: Any, context: Context | None = None) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context)
    life = _LIFE.get() if context is None else context.get(_LIFE)
    if life is not None:
        life.adopt(task)
    return task


def _unwind(task: asyncio.Task[Any]) -> None:
    """Close a coroutine for good: a `finally` that awaits again is closed again."""
    coroutine = task.get_coro()
    for _ in range(10):
        try:
            coroutine.close()
        except (RuntimeError, ValueError):  # it awaits in its `finally`, or it is the one that runs just now
            continue
        return
