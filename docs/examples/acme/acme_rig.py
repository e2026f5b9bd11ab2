"""A fake Acme Eight on a pseudo-terminal, for the promises to be tried on."""

import os
import select
import threading
import tty

from acme_lock import DRIVER, AcmeOptions

from hal.coil import CoilGuard
from hal.conformance import Bank, Rig


class AcmeRig(Rig):
    doors = (1, 2, 3)
    options = AcmeOptions

    def __init__(self) -> None:
        super().__init__()
        self._far, near = os.openpty()
        tty.setraw(near)
        self._port = os.ttyname(near)
        self._closed = dict.fromkeys(range(1, 9), True)
        self._trouble, self._held, self._over = "", b"", False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def bank(self, guard: CoilGuard) -> Bank:
        return DRIVER.make("acme", AcmeOptions(self._port, "closed_when_shut", pulse_ms=20), self.doors, guard)

    def move(self, door: int, shut: bool) -> None:
        self._closed[door] = shut

    def mute(self) -> None:
        self._trouble = "mute"

    def garble(self) -> None:
        self._trouble = "garble"

    def hold(self) -> None:
        self._trouble = "hold"

    def release(self) -> None:
        self._trouble = ""
        os.write(self._far, self._held)

    def heal(self) -> None:
        self._trouble = ""

    def unplug(self) -> None:
        self._over = True
        self._thread.join()

    def close(self) -> None:
        self.unplug()

    def _serve(self) -> None:
        heard = b""
        while not self._over:
            if select.select([self._far], [], [], 0.02)[0]:
                *requests, heard = (heard + os.read(self._far, 64)).split(b"\r")
                for request in requests:
                    self._say(self._answer(request))
        os.close(self._far)

    def _answer(self, request: bytes) -> bytes:
        if request == b"S":
            bits = "".join("1" if closed else "0" for closed in self._closed.values())
            return f"s{bits}{bits.count('1')}\r".encode()
        lock = int(request[1:].split(b",")[0])
        self.saw(lock)  # its coil goes on now
        return b"P%d\r" % lock

    def _say(self, answer: bytes) -> None:
        if self._trouble == "hold":
            self._held += answer
        elif self._trouble != "mute":
            os.write(self._far, answer.swapcase() if self._trouble == "garble" else answer)
