"""The live picture of a bench: its doors as they are in truth, and what goes over its line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from edge.app.bench_top.events import WALL, Event, Events
from edge.app.bench_top.orders import HELP
from hal.bench.bench import Bench
from hal.bench.bus import Way
from hal.sim.doors import Position
from hal.sim.world import World

__all__ = ["Picture"]

CELL: Final = 18  # columns of the terminal for one door
EVENTS: Final = 10
ROWS: Final = 6  # doors in a column of a wall, where there is room for it
COLOURS: Final = {Way.TO_BOARD: "cyan", Way.FROM_BOARD: "green", Way.NOISE: "red", WALL: "yellow", ">": "magenta"}
LEGEND: Final = (
    ("█ shut", "green"),
    ("╱ ajar", "bright_cyan"),
    ("▢ open", "bright_cyan"),
    ("◉ coil on", "black on bright_yellow"),
    ("✗ burnt", "bold white on red"),
    ("▪ parcel", "bright_yellow"),
)


class Picture:
    """Asked anew at each look; `typed` is what stands on the command line."""

    def __init__(self, world: World, bench: Bench, events: Events, title: str) -> None:
        self._world, self._bench, self._events, self._title = world, bench, events, title
        self.typed = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self._world.catch_up()
        yield self._wall(options.max_width)
        yield self._line()
        yield self._prompt()

    def _wall(self, width: int) -> RenderableType:
        doors = self._world.doors
        columns = max(1, min((width - 4) // CELL, math.ceil(len(doors) / ROWS)))
        rows = math.ceil(len(doors) / columns)
        table = Table.grid(padding=(0, 0))
        for _ in range(columns):
            table.add_column(width=CELL)
        for row in range(rows):
            table.add_row(*(self._door(door) for door in doors[row::rows]))
        legend = Text("   ").join(Text(word, style) for word, style in LEGEND)
        port = self._bench.port
        where = f"{port.link} → {port.device}" if port.device else f"{port.link}: unplugged"
        inside = Group(table, Text(), legend)
        return Panel(inside, title=f"[bold]{self._title}[/bold]", subtitle=where, box=box.ROUNDED, border_style="blue")

    def _door(self, number: int) -> Text:
        compartment = self._world.compartment(number)
        door = compartment.door
        words = {
            Position.SHUT: ("█ shut", "green"),
            Position.AJAR: ("╱ ajar", "bright_cyan"),
            Position.WIDE: ("▢ open", "bright_cyan"),
        }[door.position]
        if door.coil.on_s is not None:
            words = ("◉ " + words[0][2:], "black on bright_yellow")
        elif door.coil.burnt:
            words = ("✗ " + words[0][2:], "bold white on red")
        cell = Text(f"{number:>4} ", "bold")
        cell.append(words[0], words[1])
        if self._world.inside(number):
            cell.append(" ▪", "bright_yellow")
        if troubles := self._troubles(number):
            cell.append(f" {troubles}", "red")
        return cell

    def _troubles(self, number: int) -> str:
        faults = self._world.faults
        crossed = faults.crossed(number)
        return "jam" if faults.has("jam", number) else f"⇄{crossed}" if crossed != number else ""

    def _line(self) -> RenderableType:
        table = Table(box=None, show_header=False, pad_edge=False, expand=True)
        table.add_column(justify="right", style="dim", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=2)
        table.add_column(overflow="fold", ratio=3)
        shown = list(self._events.last)[-EVENTS:]
        for event in shown:
            table.add_row(f"{event.at_s:.3f}", *_told(event))
        for _ in range(EVENTS - len(shown)):
            table.add_row("", "", "", "")
        return Panel(table, title="on the line", subtitle=self._well(), box=box.ROUNDED, border_style="blue")

    def _well(self) -> str:
        """What is wrong with the line and its boards, in a few words."""
        bad = [fault for fault in self._world.faults.now() if fault.name.startswith("board_")]
        told = [f"{fault.name.removeprefix('board_')}{f' ({fault.board})' if fault.board else ''}" for fault in bad]
        told += ["echo"] if self._bench.bus.echo else []
        told += [f"{self._bench.port.lost_bytes} bytes lost"] if self._bench.port.lost_bytes else []
        return f"[red]{', '.join(told)}[/red]" if told else "all well"

    def _prompt(self) -> RenderableType:
        return Group(
            Text.assemble((" ▸ ", "bold magenta"), self.typed, ("▏", "blink")),
            Text("   " + " · ".join(HELP), "dim", overflow="ellipsis", no_wrap=True),
        )


def _told(event: Event) -> Sequence[Text]:
    colour = COLOURS.get(event.mark, "")
    return Text(event.mark, f"bold {colour}"), Text(event.frame, colour), Text(event.words)
