"""A scale that is not there: it speaks any protocol of the table on a pseudo-terminal, and weighs what it is told.

    python -m hal.scales.simulated mt-sics --link /tmp/scale

prints the port to put into `[scale]`, then takes a line at a time: a weight in grams, `2340 moving`, `over`, `under`,
or a fault: silence, garbage, half, wrong-checksum; `well` ends a fault.  Every command of the protocol is answered.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import sys
import threading
import tty
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import structs

from edge.core.errors import BadInput
from hal.scales.protocol import Protocol
from hal.scales.table import PROTOCOLS
from hal.scales.utterances import UTTERANCES, Shown

__all__ = ["Fault", "SimulatedScale", "main"]

STREAM_S: Final = 0.125  # between two frames of a scale that is not asked
MOST_WAITING_BYTES: Final = 64  # of what it was asked and does not understand


class Fault(StrEnum):
    """How it can be ill."""

    WELL = "well"
    SILENCE = "silence"  # says nothing
    GARBAGE = "garbage"  # as many bytes as an answer has, none of them of one
    HALF = "half"  # the first half of every answer
    WRONG_CHECKSUM = "wrong-checksum"  # one bit of it, where there is one


class SimulatedScale:
    """Serves its port from construction to `close`.  `port` is the path; the setters may be called from any thread."""

    def __init__(self, kind: str, *, stream_s: float = STREAM_S) -> None:
        if kind not in PROTOCOLS:
            raise BadInput(f"scale: kind {kind!r}, must be one of: {', '.join(PROTOCOLS)}")
        self._protocol: Protocol = PROTOCOLS[kind]
        self._say, self._stream_s = UTTERANCES[kind], stream_s
        self._load_g, self._tare_g, self._zero_g = 0, 0, 0
        self._shown, self._fault = Shown(), Fault.WELL
        self._asked = b""
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.port = os.ttyname(self._theirs)
        self._stop = os.pipe()
        self._thread = threading.Thread(target=self._serve, name=f"scale {kind}", daemon=True)
        self._thread.start()

    # -- the drive side -----------------------------------------------------------------------------------------------

    def put(self, load_g: int, *, moving: bool = False, over: bool = False, under: bool = False) -> None:
        """What stands on it now, and how its display takes it."""
        self._load_g = load_g
        self._shown = Shown(0, moving, over, under)
        self._weigh()

    def be(self, fault: Fault) -> None:
        if fault is Fault.WRONG_CHECKSUM and not self._protocol.checksum:
            raise BadInput(f"scale: {self._protocol.name} has no checksum")
        self._fault = fault

    def unplug(self) -> None:
        """Whoever has the port open finds it gone."""
        if self._thread.is_alive():
            os.write(self._stop[1], b"x")
            self._thread.join()
            for file in (self._ours, self._theirs, *self._stop):
                os.close(file)

    def close(self) -> None:
        self.unplug()

    # -- the scale ----------------------------------------------------------------------------------------------------

    def _weigh(self) -> None:
        net = bool(self._tare_g)
        weight_g = self._load_g - self._zero_g - self._tare_g
        self._shown = structs.replace(self._shown, weight_g=weight_g, net=net)

    def _serve(self) -> None:
        pause_s = None if self._protocol.ask else self._stream_s
        while True:
            ready = select.select([self._ours, self._stop[0]], [], [], pause_s)[0]
            if self._stop[0] in ready:
                return
            if self._ours in ready:
                self._hear()
            if pause_s is not None:
                self._utter()

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            self._asked = (self._asked + os.read(self._ours, 4096))[-MOST_WAITING_BYTES:]
        row = self._protocol
        acts = {row.ask: self._utter, row.zero: self._set_zero, row.tare: self._set_tare}
        while self._asked:
            known = next((one for one in acts if one and self._asked.startswith(one)), b"")
            if not known and any(one.startswith(self._asked) for one in acts if one):
                return  # the rest is on its way
            self._asked = self._asked[len(known) or 1 :]
            if known:
                acts[known]()

    def _set_zero(self) -> None:
        if not self._shown.moving:
            self._zero_g, self._tare_g = self._load_g, 0
            self._weigh()

    def _set_tare(self) -> None:
        if not self._shown.moving:
            self._tare_g = self._load_g - self._zero_g
            self._weigh()

    def _utter(self) -> None:
        said = self._say(self._shown)
        if self._fault is Fault.GARBAGE:
            said = bytes(byte ^ 0x55 for byte in said)
        elif self._fault is Fault.HALF:
            said = said[: len(said) // 2]
        elif self._fault is Fault.WRONG_CHECKSUM:
            said = said[:-1] + bytes([said[-1] ^ 1])
        if self._fault is not Fault.SILENCE:
            with contextlib.suppress(BlockingIOError):  # nobody listens, and its cable is full
                os.write(self._ours, said)


def main(argv: list[str] | None = None) -> int:
    """By hand, until the end of its input."""
    parser = argparse.ArgumentParser(prog="python -m hal.scales.simulated", description="A simulated serial scale.")
    parser.add_argument("kind", choices=sorted(PROTOCOLS))
    parser.add_argument("--link", type=Path, help="a symbolic link to its port")
    wanted = parser.parse_args(argv)
    scale = SimulatedScale(wanted.kind)
    try:
        if wanted.link is not None:
            wanted.link.unlink(missing_ok=True)
            wanted.link.symlink_to(scale.port)
        print(f"{wanted.kind} at {wanted.link or scale.port}", flush=True)
        for line in sys.stdin:
            print(_obey(scale, line.split()), flush=True)
    finally:
        scale.close()
        if wanted.link is not None:
            wanted.link.unlink(missing_ok=True)
    return 0


def _obey(scale: SimulatedScale, words: list[str]) -> str:
    try:
        if words[:1] == ["over"] or words[:1] == ["under"]:
            scale.put(0, over=words[0] == "over", under=words[0] == "under")
        elif words and words[0].removeprefix("-").isdigit():
            scale.put(int(words[0][:9]), moving=words[1:] == ["moving"])
        else:
            scale.be(Fault(" ".join(words)))
    except ValueError as error:
        return str(error)
    return "good"


if __name__ == "__main__":
    sys.exit(main())
