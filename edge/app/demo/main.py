"""`locker demo`: on a terminal the showroom, for people to play; else, and with --once, the story plays itself."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from typing import Final, NoReturn

from rich.console import Console
from rich.table import Table

from edge.app.demo.stage import Stage
from edge.app.demo.story import Story
from edge.app.demo.street.guide import STEPS
from edge.app.demo.street.showroom import Showroom
from edge.core.errors import LockerError
from hal.bench.bench import MAKES

WIDTH: Final = 118
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0 only when every step of the story held, or the showroom could be opened."""
    parser = argparse.ArgumentParser(prog="locker demo", description="The whole product on this desk, in a minute.")
    parser.add_argument("--once", action="store_true", help="play the story by itself and end; so without a terminal")
    told = "hang the doors on a fake lock board that the site drives over a pseudo-terminal"
    parser.add_argument("--board", choices=sorted(MAKES), default="", help=told)
    wanted = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for number in ENDINGS:
        signal.signal(number, _interrupt)
    try:
        if sys.stdout.isatty() and not wanted.once:
            return show(console, wanted.board)
        return play(console, board=wanted.board)
    except KeyboardInterrupt:
        return 130


def _interrupt(*_: object) -> NoReturn:
    """An end in order, once: a second signal must not leave processes and a folder behind."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def show(console: Console, board: str = "") -> int:
    """Open the street beside the locker's screen; everything goes on until Ctrl-C, which is how it is meant to end."""
    console.print("[bold]Locker Edge[/bold]: a street, a cloud and a locker, all on this machine; play them by hand")
    with Showroom(board) as room:
        console.print(f"\nThe street            {room.address}")
        _open_window(room.address)
        try:
            room.prepare()
        except LockerError as error:
            console.print(f"[red]✗ the locker cannot be shown[/red]  {error}", soft_wrap=True)
            console.print(room.stage.log("site").strip()[-600:], style="dim", markup=False)
            return 1
        console.print(f"The locker's screen   {room.screen_address}")
        _open_window(room.screen_address)
        console.print(f"The cloud             {room.stage.hub.login_url}", soft_wrap=True)
        console.print(f"For technicians       locker status --config {room.stage.configuration}\n", soft_wrap=True)
        for number, step in enumerate(STEPS, 1):
            console.print(f"{number}. [bold]{step.title}.[/bold] {' '.join(step.how)}")
        console.print("\nCtrl-C ends everything.")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _open_window(address: str) -> None:
    """In the browser of whoever sits here; nothing where there is no display, or no browser."""
    if sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open_new(address)


def play(console: Console, *, board: str = "") -> int:
    """Tell the story on `console`."""
    console.print("[bold]Locker Edge[/bold]: a wall of 24 doors, a cloud, and one site, all on this machine")
    if board:
        console.print(f"The locks hang on fake [bold]{board}[/bold] boards, which the site drives over a serial line")
    began = time.monotonic()
    held: list[tuple[str, float]] = []
    with Stage(board) as stage:
        story = Story(stage)
        for name, step in story.steps:
            started = time.monotonic()
            try:
                line = step()
            except LockerError as error:
                console.print(f"[red]✗ {name}[/red]  {error}", soft_wrap=True)
                console.print(stage.log("site").strip()[-600:], style="dim", markup=False)
                return _summary(console, held, name, time.monotonic() - began)
            held.append((name, time.monotonic() - started))
            console.print(f"[green]✓[/green] [bold]{name:<18}[/bold] {line}", soft_wrap=not console.is_terminal)
        return _summary(console, held, "", time.monotonic() - began)


def _summary(console: Console, held: list[tuple[str, float]], failed: str, seconds: float) -> int:
    table = Table(box=None, pad_edge=False)
    table.add_column("step")
    table.add_column("", style="bold")
    table.add_column("seconds", justify="right")
    for name, took in held:
        table.add_row(name, "held", f"{took:.1f}")
    if failed:
        table.add_row(failed, "[red]did not hold[/red]", "")
    console.print()
    console.print(table)
    told = f"{len(held)} steps held in {seconds:.0f} s" if not failed else f"the step “{failed}” did not hold"
    console.print(f"\n{told}.")
    return 1 if failed else 0
