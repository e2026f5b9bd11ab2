"""The far end of a serial cable: a pseudo-terminal at which a script answers, byte for byte."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable

from hal.scales.options import ScaleOptions, protocol_of
from hal.scales.parse import Reader
from hal.scales.serial_scale import SerialScale
from hal.serial_line import SerialLine

Answer = Callable[[bytes], bytes]


class Cable:
    """Whatever is asked is given to `answer`, and what that returns is sent.  `asked` has all that came."""

    def __init__(self, answer: Answer = lambda _: b"", *, repeats: Callable[[], bytes] | None = None) -> None:
        """repeats: sent every 5 ms besides."""
        self.answer, self._repeats = answer, repeats
        self.asked: list[bytes] = []
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.port = os.ttyname(self._theirs)
        self._stop = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> Cable:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def say(self, data: bytes) -> None:
        """Now, unasked."""
        os.write(self._ours, data)

    def unplug(self) -> None:
        if self._thread.is_alive():
            os.write(self._stop[1], b"x")
            self._thread.join()
            for file in (self._ours, self._theirs, *self._stop):
                os.close(file)

    def _serve(self) -> None:
        while True:
            ready = select.select([self._ours, self._stop[0]], [], [], None if self._repeats is None else 0.005)[0]
            if self._stop[0] in ready:
                return
            if self._ours in ready:
                self.asked.append(os.read(self._ours, 4096))
                os.write(self._ours, self.answer(self.asked[-1]))
            if self._repeats is not None:
                try:
                    os.write(self._ours, self._repeats())
                except BlockingIOError:
                    continue  # nobody takes it


def scale(options: ScaleOptions, clock: Callable[[], float] = time.monotonic) -> SerialScale:
    """As the product makes it, but less patient; `clock` is the scale's and its port's."""
    row = protocol_of(options)
    line = row.line
    port = SerialLine(options.port, line.baud, bits=line.bits, parity=line.parity, stop=line.stop, clock=clock)
    reader = Reader(row, row.compiled(), options.capacity_g, options.unit)
    return SerialScale(options.port, port, reader, clock, answer_s=0.25)
