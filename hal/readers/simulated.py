"""A scanner without a scanner: on a pseudo-terminal, under a name that stays, and driven by whoever holds it.

    python -m hal.readers.simulated gm65 /tmp/scanner       each line of standard input is held before it

Lines that begin with a colon drive it: `:again`, `:garble`, `:unplug`, `:plug`.

It keeps the rules of its kind: a GM65 whose settings send codes elsewhere says nothing on its port, and forgets what
was not saved when it is unplugged; an SSI scanner says a code again until it is acknowledged, and nothing while it is
not enabled.  Written from the same facts as the dialects, sharing no code with them.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
import threading
import time
import tty
from binascii import crc_hqx
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from edge.core.errors import BadInput

__all__ = ["SIMULATED", "SimulatedScanner", "main"]

RESEND_S: Final = 1.0
MOST_SENT: Final = 3  # times that a code is said which nobody acknowledges
HEARD_LIMIT: Final = 1024  # bytes of the host that make no command; then all are forgotten


class Manners(Protocol):
    """How one kind behaves.  `hears` is given what has come and returns what is left of it, and what to say."""

    def plugged(self) -> None:
        """It has power, and nothing else."""

    def hears(self, data: bytes) -> tuple[bytes, bytes]: ...

    def shown(self, text: bytes) -> bytes:
        """What it says of a code that is held before it; nothing when it does not look, or tells it elsewhere."""

    def due(self, now_s: float) -> bytes: ...


class _Lines:
    """Text and CR, whatever the host says.  With a trigger it looks once for each pull."""

    def __init__(self, on: bytes = b"", off: bytes = b"") -> None:
        self._on, self._off = on, off
        self._looks = not on

    def plugged(self) -> None:
        self._looks = not self._on

    def hears(self, data: bytes) -> tuple[bytes, bytes]:
        if self._on:
            self._looks = data.rfind(self._on) > data.rfind(self._off) if self._on in data else self._looks
            self._looks = self._looks and not data.endswith(self._off)
        return b"", b""

    def shown(self, text: bytes) -> bytes:
        said = text + b"\r" if self._looks else b""
        self._looks = not self._on
        return said

    def due(self, now_s: float) -> bytes:
        return b""


class _Gm65:
    """Zones in memory and in flash."""

    FACTORY: Final = {0x00: 0xD4, 0x0D: 0xA1, 0x2A: 0x39, 0x2B: 0x01, 0x2C: 0x05, 0x60: 0x01}

    def __init__(self) -> None:
        self.flash = dict(self.FACTORY)
        self.zones = dict(self.flash)
        self.saved = 0

    def plugged(self) -> None:
        self.zones = dict(self.flash)

    def hears(self, data: bytes) -> tuple[bytes, bytes]:
        said = b""
        while (start := data.find(b"\x7e\x00")) >= 0:
            data = data[start:]
            end = 8 + data[3] if len(data) > 3 else len(data) + 1
            if len(data) < end:
                return data, said
            said += self._answer(data[:end])
            data = data[end:]
        return data[-1:] if data.endswith(b"\x7e") else b"", said

    def _answer(self, command: bytes) -> bytes:
        body, told = command[2:-2], command[-2:]
        if told not in (crc_hqx(body, 0).to_bytes(2, "big"), b"\xab\xcd"):
            return b""
        kind, zone, data = body[0], int.from_bytes(body[2:4], "big"), body[4:]
        if kind == 7:
            count = data[0] or 256
            return self._reply(bytes(self.zones.get(zone + at, 0) for at in range(min(count, 255))))
        if kind == 8:
            self.zones |= {zone + at: value for at, value in enumerate(data)}
        elif kind == 9:
            self.flash = dict(self.zones)
            self.saved += 1
        return self._reply(b"\x00", first=3 if kind == 10 else 2)

    @staticmethod
    def _reply(data: bytes, first: int = 2) -> bytes:
        body = bytes([0, 0, len(data)]) + data
        return bytes([first]) + body + crc_hqx(body, 0).to_bytes(2, "big")

    def shown(self, text: bytes) -> bytes:
        if self.zones[0x0D] != 0xA0:
            return b""
        if self.zones[0x60] & 0x80:
            return b"\x03\x00" + bytes([len(text)]) + text if len(text) < 256 else b""
        return text + b"\r"

    def due(self, now_s: float) -> bytes:
        return b""


class _Ssi:
    """Enabled or not, and a code that waits for its acknowledgement."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._enabled = True
        self._waiting = b""
        self._sent, self._sent_s = 0, 0.0

    def plugged(self) -> None:
        self._enabled, self._waiting = True, b""

    def hears(self, data: bytes) -> tuple[bytes, bytes]:
        said = b""
        while data and len(data) >= data[0] + 2:
            whole, data = data[: data[0] + 2], data[data[0] + 2 :]
            if len(whole) < 6 or (sum(whole[:-2]) + int.from_bytes(whole[-2:], "big")) & 0xFFFF:
                return b"", said
            if whole[1] == 0xD0:
                self._waiting = b""
                continue
            self._enabled = whole[1] == 0xE9 if whole[1] in (0xE9, 0xEA) else self._enabled
            said += self._frame(0xD0, 0, b"")
        return data, said

    def shown(self, text: bytes) -> bytes:
        if not self._enabled or len(text) > 250:
            return b""
        self._waiting, self._sent, self._sent_s = text, 1, self._now()
        return self._frame(0xF3, 0, b"\x1c" + text)

    def due(self, now_s: float) -> bytes:
        if not self._waiting or now_s - self._sent_s < RESEND_S:
            return b""
        if self._sent >= MOST_SENT:
            self._waiting = b""
            return b""
        self._sent, self._sent_s = self._sent + 1, now_s
        return self._frame(0xF3, 1, b"\x1c" + self._waiting)

    @staticmethod
    def _frame(opcode: int, status: int, data: bytes) -> bytes:
        body = bytes([4 + len(data), opcode, 0, status]) + data
        return body + (-sum(body) & 0xFFFF).to_bytes(2, "big")


SIMULATED: Final[dict[str, Callable[[], Manners]]] = {
    "gm65": _Gm65,
    "ssi": lambda: _Ssi(time.monotonic),
    "honeywell": lambda: _Lines(b"\x16\x54\r", b"\x16\x55\r"),
    "lines": _Lines,
}


class SimulatedScanner:
    """Plugged in from the start.  `path` is a link to its port; it goes away when the scanner is unplugged."""

    def __init__(self, kind: str, path: Path) -> None:
        if kind not in SIMULATED:
            raise BadInput(f"simulated scanner {kind!r}: must be one of {', '.join(SIMULATED)}")
        self.path = path
        self.manners = SIMULATED[kind]()
        self._last = b""
        self._rest = b""
        self._ends: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._serve, name=f"scanner {kind}", daemon=True)
        self.plug_in()
        self._thread.start()

    def show(self, text: str | bytes) -> None:
        """Hold a code before it."""
        with self._lock:
            self._last = text.encode() if isinstance(text, str) else text
            self._say(self.manners.shown(self._last))

    def again(self, times: int = 1) -> None:
        """The same code once more, as a scanner that looks all the time reads it."""
        for _ in range(times):
            self.show(self._last)

    def garble(self, data: bytes = b"\x00\xff\x55\xaa\x03\x00\xf3") -> None:
        """Noise on the line."""
        with self._lock:
            self._say(data)

    def unplug(self) -> None:
        with self._lock:
            if self._ends is not None:
                self.path.unlink(missing_ok=True)
                ends, self._ends = self._ends, None
                for end in ends:
                    os.close(end)
        os.write(self._wake[1], b".")

    def plug_in(self) -> None:
        with self._lock:
            if self._ends is None:
                self._ends = os.openpty()
                tty.setraw(self._ends[1])
                os.set_blocking(self._ends[0], False)
                self.manners.plugged()
                self._rest = b""
                self.path.unlink(missing_ok=True)
                self.path.symlink_to(os.ttyname(self._ends[1]))
        os.write(self._wake[1], b".")

    def close(self) -> None:
        self._stopping.set()
        self.unplug()
        self._thread.join()
        for end in self._wake:
            os.close(end)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                far = None if self._ends is None else self._ends[0]
                waiting = [self._wake[0]] if far is None else [self._wake[0], far]
            ready = select.select(waiting, [], [], RESEND_S / 4)[0]
            if self._wake[0] in ready:
                os.read(self._wake[0], 64)
                continue
            with self._lock:
                if self._ends is None:
                    continue
                if ready:
                    self._hear()
                self._say(self.manners.due(time.monotonic()))

    def _hear(self) -> None:
        assert self._ends is not None
        try:
            self._rest += os.read(self._ends[0], HEARD_LIMIT)
        except OSError:  # unplugged and plugged in since
            return
        self._rest, said = self.manners.hears(self._rest)
        self._rest = self._rest if len(self._rest) < HEARD_LIMIT else b""
        self._say(said)

    def _say(self, data: bytes) -> None:
        """What nobody takes off the line is lost, as on a real one."""
        if data and self._ends is not None:
            try:
                os.write(self._ends[0], data)
            except BlockingIOError:
                return


def main(argv: Sequence[str] | None = None) -> int:
    """Until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m hal.readers.simulated", description="A scanner on a pty.")
    parser.add_argument("kind", choices=list(SIMULATED))
    parser.add_argument("path", type=Path, help="the link to its port")
    told = parser.parse_args(argv)
    scanner = SimulatedScanner(told.kind, told.path)
    acts: dict[str, Callable[[], None]] = {
        ":again": scanner.again,
        ":garble": scanner.garble,
        ":unplug": scanner.unplug,
        ":plug": scanner.plug_in,
    }
    print(f"{told.kind} at {told.path}", flush=True)
    try:
        for line in sys.stdin:
            text = line.rstrip("\r\n")
            if text in acts:
                acts[text]()
            elif text:
                scanner.show(text)
    finally:
        scanner.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
