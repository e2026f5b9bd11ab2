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

CHIP: Final = 16  # columns of the terminal for one door
EVENTS: Final = (4, 16)  # at least and at most, as the terminal is high
ROWS: Final = 6  # doors in a column of a wall, where there is room for it
FRAME_LINES: Final = 9  # borders, legend, command line
COLOURS: Final = {Way.TO_BOARD: "cyan", Way.FROM_BOARD: "green", Way.NOISE: "red", WALL: "yellow", ">": "magenta"}
SHUT, OPEN, ON, BURNT = "white on #1f4d3a", "black on #7fd4e8", "bold black on #ffd23f", "bold white on #b3261e"
TROUBLED: Final = "bold white on #b3261e"
POSITIONS: Final = {Position.SHUT: ("shut", SHUT), Position.AJAR: ("ajar", OPEN), Position.WIDE: ("open", OPEN)}
LEGEND: Final = ((" shut ", SHUT), (" open ", OPEN), (" coil on ", ON), (" burnt ", BURNT))
BORDER: Final = "bright_black"
MARKS: Final = "→ to the board   ← from it   · noise   # the wall   > you"


class Picture:
    """Asked anew at each look; `typed` is what stands on the command line."""

    def __init__(self, world: World, bench: Bench, events: Events, title: str) -> None:
        self._world, self._bench, self._events, self._title = world, bench, events, title
        self.typed = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self._world.catch_up()
        doors = self._world.doors
        columns = max(1, min((options.max_width - 4) // (CHIP + 1), math.ceil(len(doors) / ROWS)))
        rows = math.ceil(len(doors) / columns)
        yield self._wall(columns, rows)
        yield self._line(min(max(console.size.height - rows - FRAME_LINES, EVENTS[0]), EVENTS[1]))
        yield self._prompt()

    def _wall(self, columns: int, rows: int) -> RenderableType:
        doors = self._world.doors
        table = Table.grid(padding=(0, 1, 0, 0))
        for _ in range(columns):
            table.add_column(width=CHIP)
        for row in range(rows):
            table.add_row(*(self._door(door) for door in doors[row::rows]))
        legend = Text(" ").join(Text(word, style) for word, style in LEGEND)
        legend.append("  ▪ parcel inside", "bold")
        port = self._bench.port
        where = f"[bold]{port.link}[/bold] → {port.device}" if port.device else f"[red]{port.link}: unplugged[/red]"
        inside = Group(table, Text(), legend)
        return Panel(inside, title=f"[bold]{self._title}[/bold]", subtitle=where, box=box.ROUNDED, border_style=BORDER)

    def _door(self, number: int) -> Text:
        door = self._world.compartment(number).door
        word, style = POSITIONS[door.position]
        if door.coil.burnt:
            word, style = "burnt", BURNT
        elif door.coil.on_s is not None:
            style = ON
        parcel = "▪" if self._world.inside(number) else " "
        chip = Text(f"{number:>4} {word:<5} {parcel}", style)
        trouble = self._troubles(number)
        chip.append(" " * (CHIP - len(chip) - len(trouble)))
        chip.append(trouble, TROUBLED)
        return chip

    def _troubles(self, number: int) -> str:
        faults = self._world.faults
        crossed = faults.crossed(number)
        return "jam " if faults.has("jam", number) else f"⇄{crossed} " if crossed != number else ""

    def _line(self, lines: int) -> RenderableType:
        table = Table(box=None, show_header=False, pad_edge=False, expand=True)
        table.add_column(justify="right", style="dim", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        shown = list(self._events.last)[-lines:]
        for event in shown:
            table.add_row(f"{event.at_s:.3f}", *_told(event))
        if not shown:
            table.add_row("", "", "", Text("nothing yet: let a driver open the device", "dim"))
        for _ in range(lines - max(1, len(shown))):
            table.add_row("", "", "", "")
        return Panel(table, title=MARKS, subtitle=self._well(), box=box.ROUNDED, border_style=BORDER)

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
    words = Text(event.words, "bold red" if "BURNT" in event.words else "")
    if event.times > 1:
        words.append(f"  ×{event.times}", "dim")
    return Text(event.mark, f"bold {colour}"), Text(event.frame, colour), words
