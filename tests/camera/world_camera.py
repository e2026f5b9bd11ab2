"""A world's camera on a real Unix socket, as small as its protocol: for tests that need no world behind it."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from hal.camera.reader import Grey


def header_of(frame: Grey) -> bytes:
    height, width = frame.shape
    return json.dumps({"width": width, "height": height, "bytes": frame.size}).encode() + b"\n"


class WorldCamera:
    """Serves whatever `answer` gives, question by question; `hang_up` closes every connection and refuses new ones."""

    def __init__(self, path: Path, answer: Callable[[], bytes]) -> None:
        self.path = path
        self._answer = answer
        self._lines: list[socket.socket] = []
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(path))
        self._server.listen(4)
        self.asked = threading.Semaphore(0)
        threading.Thread(target=self._accept, daemon=True).start()

    def hang_up(self) -> None:
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self._lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            questions = line.makefile("rb")
            while question := questions.readline():
                assert json.loads(question) == {"op": "frame"}
                self.asked.release()
                line.sendall(self._answer())


@contextlib.contextmanager
def serving(path: Path, answer: Callable[[], bytes]) -> Iterator[WorldCamera]:
    camera = WorldCamera(path, answer)
    try:
        yield camera
    finally:
        camera.hang_up()


def always(frame: Grey) -> Callable[[], bytes]:
    return lambda: header_of(frame) + frame.tobytes()
