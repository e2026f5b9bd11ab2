"""`locker demo`: play the story, say a line a step, and tell whether every step held."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Final, NoReturn

from rich.console import Console
from rich.table import Table

from edge.app.demo.stage import Stage
from edge.app.demo.story import Story
from edge.core.errors import LockerError
from hal.bench.bench import MAKES

WIDTH: Final = 118
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0 only when every step held."""
    parser = argparse.ArgumentParser(prog="locker demo", description="The whole product on this desk, in a minute.")
    parser.add_argument("--once", action="store_true", help="end after the story, also on a terminal")
    told = "hang the doors on a fake lock board that the site drives over a pseudo-terminal"
    parser.add_argument("--board", choices=sorted(MAKES), default="", help=told)
    wanted = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for number in ENDINGS:
        signal.signal(number, _interrupt)
    try:
        return play(console, stay=sys.stdout.isatty() and not wanted.once, board=wanted.board)
    except KeyboardInterrupt:
        return 130


def _interrupt(*_: object) -> NoReturn:
    """An end in order, once: a second signal must not leave processes and a folder behind."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def play(console: Console, *, stay: bool, board: str = "") -> int:
    """Tell the story on `console`; with `stay` everything goes on afterwards until Ctrl-C."""
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
        code = _summary(console, held, "", time.monotonic() - began)
        if stay:
            _stay(console, stage, story)
    return code


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


def _stay(console: Console, stage: Stage, story: Story) -> None:
    """Everything stays up, with a parcel for whoever sits here, until Ctrl-C: which is how it is meant to end."""
    pin = story.invite()
    console.print(f"\nThe locker's screen   {stage.ask('status')['kiosk']}")
    console.print(f"                      there is a parcel for you: its PIN is [bold]{pin}[/bold]")
    console.print(f"The cloud             {stage.hub.login_url}", soft_wrap=True)
    console.print(f"For technicians       locker status --config {stage.configuration}", soft_wrap=True)
    console.print("Ctrl-C ends everything.")
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
