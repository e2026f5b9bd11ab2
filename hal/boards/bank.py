"""A bank of locks on one board of a serial bus, whatever its make.

Who speaks is the codec; who waits and keeps quiet is the bus; the pulse goes through the coil guard (cutoff `board`).
Here is what the answers mean for doors: polarity, agreement of looks, and how often a silent board is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from msgspec import Struct

from edge.core.errors import BadInput, Busy, ConfigurationError, HardwareFault, LateUnlock, LockerError, OutcomeUnknown
from edge.core.ports import ContentReading, DoorReading, UnlockOrder
from edge.core.words import Content, Cutoff, Evidence, Level, PulseOutcome
from hal.boards.options import BoardOptions, channels_of, codec_of, fits
from hal.boards.silence import Silence
from hal.bus import Bus, Exchange, Heard, shared
from hal.coil import CoilGuard
from hal.guarded import GuardedBank
from hal.pulse import Pulse

__all__ = ["LOOKS_LIMIT", "BoardBank"]

LOOKS_LIMIT: Final = 4  # a contact that never says the same twice in a row is not read, but reported unknown
FRESH_S: Final = 0.1  # an answer that young serves the content sensors as well
SILENT_IN_A_ROW: Final = 2  # questions of one look; after that the rest is not asked

NOT_MET: Final = "the board has not been asked yet"
SILENT: Final = "the board does not answer"

T = TypeVar("T")


class Seen(Struct, frozen=True):
    """What was seen of one channel, and when it was asked."""

    shorted: bool
    present: bool | None
    at_s: float


class BoardBank(GuardedBank):
    """A LockBank of one board.  `unlock` and `read` come from one lane, `contents` may come from another.

    bus: in the place of the one that all banks of the port share.  clock: monotonic seconds, the bus's and the guard's.
    """

    def __init__(
        self,
        name: str,
        options: BoardOptions,
        doors: Sequence[int],
        guard: CoilGuard,
        *,
        bus: Bus | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if lines := fits(options, doors):
            raise ConfigurationError([f"bank {name}: {line}" for line in lines])
        self._channels = channels_of(options, doors)
        self._codec = codec_of(options, self._used)
        self._shut_is_shorted = options.contact == "closed_when_shut"
        self._evidence = Evidence(options.evidence)
        self._clock, self.silence = clock, Silence()
        self._gate = threading.Lock()  # one look at a time
        self._last: dict[int, Seen] = {}  # by channel, of the last look
        self._believed: dict[int, bool] = {}  # by channel: what two looks in a row said
        self._why = ""  # there was no answer to the last question
        self._unanswered = False  # a question of the last look went out and had no answer
        self._met = False  # it was greeted, and has answered ever since
        self.hindrance = NOT_MET  # why no lock here may be pulsed; empty when they may
        self.trouble = (
            ""  # why the last look saw nothing, or why no lock may be pulsed though it saw; empty when all is well
        )
        self._bus = bus or shared(options.port, options.baud)
        self._leave = _nothing if bus else self._bus.leave
        try:
            self._coils = guard.board_timed(name, self, options.pulse_ms, Cutoff.BOARD)
        except ConfigurationError:
            self._leave()
            raise

    @property
    def doors(self) -> Sequence[int]:
        return tuple(self._channels)

    def unlock(self, order: UnlockOrder) -> PulseOutcome:
        if order.door not in self._channels:
            raise BadInput(f"door {order.door}: not on this board; here are {sorted(self._channels)}")
        return self._coils.fire(order, self._channels[order.door])

    def read(self) -> Mapping[int, DoorReading]:
        with self._gate:
            now_s = self._clock()
            seen = self._agreed() if self.silence.may_ask(now_s) else {}
        return {door: self._reading(seen.get(channel), now_s) for door, channel in self._channels.items()}

    def contents(self, doors: Sequence[int]) -> dict[int, ContentReading]:
        """What the infrared sensors of these doors say, from the last look where it is fresh, else from a new one."""
        with self._gate:
            now_s = self._clock()
            fresh = any(seen.at_s >= now_s - FRESH_S for seen in self._last.values())
            if not fresh and self.silence.may_ask(now_s):
                self._look(self._used)
            seen = dict(self._last)
        return {door: _content(seen.get(self._channels.get(door, 0)), now_s) for door in doors}

    def close(self) -> None:
        self._coils.close()
        leave, self._leave = self._leave, _nothing  # once: the port may be another bank's as well
        leave()

    # -- the pulse ----------------------------------------------------------------------------------------------------

    def pulse(self, pulse: Pulse, go: Callable[[], bool]) -> PulseOutcome:
        """The guard's side: send the order once, and say what came of it.

        To a board that was silent nothing is sent before it has answered a question: it is BROKEN, and nothing was
        driven.  From the first byte on, without a valid answer, the outcome is UNKNOWN.
        """
        self.silence.wanted(self._clock())
        if self.hindrance and not self._answers():
            return PulseOutcome.BROKEN
        exchange = self._codec.unlock(pulse.channel, pulse.ms)
        try:
            heard = self._bus.ask(exchange, go)
        except LateUnlock:
            return PulseOutcome.LATE
        except OutcomeUnknown:
            return PulseOutcome.UNKNOWN
        except Busy:
            return PulseOutcome.REFUSED
        except HardwareFault:
            return PulseOutcome.BROKEN
        if exchange.find is None:  # boards that answer nothing: one that tells its status was there to hear the order
            return PulseOutcome.DONE if self._answers() else PulseOutcome.UNKNOWN
        return PulseOutcome.UNKNOWN if heard.answer is None else heard.answer

    def _answers(self) -> bool:
        """Ask for its status, now; whether an answer came and locks may be pulsed."""
        with self._gate:
            self._look(self._used[:1])
            return not self.hindrance

    # -- looks --------------------------------------------------------------------------------------------------------

    @property
    def _used(self) -> tuple[int, ...]:
        return tuple(self._channels.values())

    def _agreed(self) -> dict[int, Seen]:
        """One look, and where it says something new, further ones until two in a row agree."""
        seen = self._look(self._used)
        agreed = {channel: one for channel, one in seen.items() if self._believed.get(channel) is one.shorted}
        for _ in range(LOOKS_LIMIT - 1):
            new = {channel: one for channel, one in seen.items() if channel not in agreed}
            if not new:
                break
            seen = self._look(tuple(new))
            agreed |= {c: one for c, one in new.items() if c in seen and seen[c].shorted is one.shorted}
        self._believed = {channel: one.shorted for channel, one in agreed.items()}
        return agreed

    def _look(self, channels: Sequence[int]) -> dict[int, Seen]:
        """Ask the board about these channels; what it said of the bank's, empty when it did not answer."""
        seen: dict[int, Seen] = {}
        silent, self._unanswered, why = 0, False, ""
        for exchange in self._codec.status(channels):
            heard = self._asked(exchange)
            why = self._why if heard is None else SILENT
            if heard is not None and heard.answer is not None:
                said, at_s, silent = heard.answer, heard.at_s, 0
                seen |= {c: Seen(said.shorted[c], said.present.get(c), at_s) for c in self._used if c in said.shorted}
                self.silence.broken()
                continue
            silent += 1
            if silent >= SILENT_IN_A_ROW:
                break
        self._last, self.trouble = seen, "" if seen else why
        if seen:
            self._meet()
            self.trouble = self.hindrance
        else:
            if self._unanswered:  # a port that is gone costs the others nothing: it is looked for at every reading
                self.silence.lasts_at(self._clock())
            self._met, self.hindrance = False, SILENT
        return seen

    def _asked(self, exchange: Exchange[T]) -> Heard[T] | None:
        """The answer to a question, which is put twice unless the board was silent before."""
        for _ in range(1 if self.silence.lasts else 2):
            try:
                return self._bus.ask(exchange)
            except OutcomeUnknown as error:
                self._unanswered, self._why = True, str(error)
            except LockerError as error:
                self._why = str(error)
                return None
        return None

    def _meet(self) -> None:
        """Say what has to be said to a board that is new here, or back."""
        if not self._met:
            self.hindrance = self._codec.greet(self._answer)
            self._met = not self.hindrance

    def _answer(self, exchange: Exchange[T]) -> T | None:
        heard = self._asked(exchange)
        return None if heard is None else heard.answer

    def _reading(self, seen: Seen | None, now_s: float) -> DoorReading:
        if seen is None:
            return DoorReading(Level.UNKNOWN, self._evidence, now_s)
        level = Level.CLOSED if seen.shorted is self._shut_is_shorted else Level.OPEN
        return DoorReading(level, self._evidence, seen.at_s)


def _content(seen: Seen | None, now_s: float) -> ContentReading:
    if seen is None or seen.present is None:
        return ContentReading(Content.UNKNOWN, now_s)
    return ContentReading(Content.PRESENT if seen.present else Content.EMPTY, seen.at_s)


def _nothing() -> None:
    """The bus is somebody else's to close."""
