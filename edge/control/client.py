"""A client's end of the control socket; blocking, for commands and scripts."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import msgspec

from edge.control.wire import Ask, Said, translated
from edge.core.errors import LinkDown, NotAllowed, OutcomeUnknown, machine_says

__all__ = ["ControlClient"]

TIMEOUT_S: Final = 40.0  # the daemon answers within 30, and says so when there is no answer
ANSWER_LIMIT: Final = 4 * 1024 * 1024  # bytes of one line; a wall of 1,000 doors takes a tenth


class ControlClient:
    """One connection to the daemon.

    LinkDown: no daemon answers there.  NotAllowed: it does not answer this user.  OutcomeUnknown: the line broke after
    the question.  Anything else of the tree is the daemon's own refusal.
    """

    def __init__(self, path: str | Path, timeout_s: float = TIMEOUT_S) -> None:
        self._path = Path(path)
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.settimeout(timeout_s)
        try:
            self._line.connect(os.fspath(self._path))
        except PermissionError:
            self._line.close()
            raise NotAllowed(f"control socket {self._path}: permission denied") from None
        except OSError as error:
            self._line.close()
            raise LinkDown(f"no locker answers at {self._path}: {machine_says(error)}") from None
        self._file = self._line.makefile("rb")

    def ask(self, op: str, **args: Any) -> Any:
        """The result."""
        result = None
        for said in self._said(op, args):
            result = said.result
        return result

    def stream(self, op: str, **args: Any) -> Iterator[Any]:
        """Everything that is told before the answer."""
        for said in self._said(op, args):
            if said.ok is None:
                yield said.item

    def close(self) -> None:
        self._file.close()
        self._line.close()

    def __enter__(self) -> ControlClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _said(self, op: str, args: dict[str, Any]) -> Iterator[Said]:
        with contextlib.suppress(OSError):  # a daemon that refuses this user hangs up: what it said is still to be read
            self._line.sendall(msgspec.json.encode(Ask(op=op, **args)) + b"\n")
        while True:
            said = self._next(op)
            if said.ok is False:
                raise translated(said)
            yield said
            if said.ok:
                return

    def _next(self, op: str) -> Said:
        try:
            line = self._file.readline(ANSWER_LIMIT)
        except OSError as error:
            raise OutcomeUnknown(f"locker at {self._path}: {op}: {error}") from None
        if not line.endswith(b"\n"):
            raise OutcomeUnknown(f"locker at {self._path}: {op}: the line closed before an answer")
        try:
            return msgspec.json.decode(line, type=Said)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise OutcomeUnknown(f"locker at {self._path}: {op}: the answer is no answer: {error}") from None
