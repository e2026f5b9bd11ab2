"""Orders from standard input: typed on a terminal into the live picture, or line by line from a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Final

__all__ = ["TYPED_BYTES", "orders_from_input"]

TYPED_BYTES: Final = 200  # of one line; what is longer is cut
BACKSPACE: Final = ("\x7f", "\b")


@contextlib.contextmanager
def orders_from_input(order: Callable[[str], None], typed: Callable[[str], None] | None) -> Iterator[None]:
    """Call `order` with each line while this lasts; `typed` with what stands there so far, where a picture shows it.

    Without an input that can be waited for, nobody gives orders.
    """
    loop, fd = asyncio.get_running_loop(), sys.stdin.fileno()
    line = ""

    def take(text: str) -> None:
        nonlocal line
        for key in text:
            if key in "\r\n":
                line, whole = "", line
                order(whole)
            elif key in BACKSPACE:
                line = line[:-1]
            elif key.isprintable():
                line = (line + key)[:TYPED_BYTES]
        if typed is not None:
            typed(line)

    def read() -> None:
        data = os.read(fd, 4096)
        if data:
            take(data.decode(errors="ignore"))
        else:
            loop.remove_reader(fd)

    with _keys_at_once(fd) if typed is not None and os.isatty(fd) else contextlib.nullcontext():
        try:
            loop.add_reader(fd, read)
        except PermissionError:  # a file, or nothing at all: it cannot be waited for
            yield
            return
        try:
            yield
        finally:
            loop.remove_reader(fd)


@contextlib.contextmanager
def _keys_at_once(fd: int) -> Iterator[None]:
    """Each key as it is pressed, without an echo of the terminal's own."""
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
