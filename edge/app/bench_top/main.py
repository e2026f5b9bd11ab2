"""`locker bench-top`: set the boards up, show them, and end in order."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from edge.app.bench_top.events import Event, Events
from edge.app.bench_top.keyboard import orders_from_input
from edge.app.bench_top.orders import HELP, Orders
from edge.app.bench_top.picture import Picture
from edge.app.plugging import INFRARED, bank_tables, boards_for, coils_table
from edge.app.wall import MAX_DOORS
from edge.core.errors import BadInput, machine_says
from edge.core.site import CompartmentPlan
from edge.core.words import ContentSensor
from hal.bench.bench import MAKES, Bench, Plugged, boards_of
from hal.bench.make import Contact
from hal.sim.server import serve
from hal.sim.world import World

__all__ = ["run"]

LOOK_S: Final = 0.1  # between two pictures
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(wanted: argparse.Namespace) -> int:
    """Until Ctrl-C, SIGTERM or `quit`."""
    if not 1 <= wanted.doors <= MAX_DOORS:
        raise BadInput(f"bench-top: {wanted.doors} doors, must be 1 to {MAX_DOORS}")
    doors = range(1, wanted.doors + 1)
    link = Path(wanted.link) if wanted.link else _usual_link(wanted.board)
    plugged = boards_for(wanted.board, link, doors, wanted.address, Contact(wanted.contact), wanted.echo)
    asyncio.run(_bench(plugged, Path(wanted.socket) if wanted.socket else None))
    return 0


def _usual_link(make: str) -> Path:
    folder = Path(tempfile.gettempdir()) / f"locker-bench-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise BadInput(f"bench-top: {folder}: {machine_says(error)}; --link names another place") from None
    return folder / make


async def _bench(plugged: list[Plugged], socket: Path | None) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in ENDINGS:
        loop.add_signal_handler(number, over.set)
    content = ContentSensor.INFRARED if plugged[0].make in INFRARED else ContentSensor.NONE
    plans = [CompartmentPlan(door, content=content) for it in plugged for door in it.doors]
    world = World(plans, 1, loop.time(), boards=boards_of(plugged), clock=loop.time)
    async with contextlib.AsyncExitStack() as stack:
        bench = stack.enter_context(Bench(world, plugged).served())
        if socket is not None:
            await _serve_world(stack, world, socket)
        show = _show_live if sys.stdout.isatty() else _show_plainly
        await show(world, bench, plugged, over)


async def _serve_world(stack: contextlib.AsyncExitStack, world: World, socket: Path) -> None:
    """Its sensors and its camera, for a whole site.  What keeps it from being served ends the bench."""
    ready = asyncio.Event()
    serving = asyncio.create_task(serve(socket, world, ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()

    async def end() -> None:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    stack.push_async_callback(end)


def _title(plugged: list[Plugged]) -> str:
    make, doors = MAKES[plugged[0].make], sum(len(it.doors) for it in plugged)
    places = " and ".join(filter(None, (", ".join(str(it.address) for it in plugged[:-1]), str(plugged[-1].address))))
    boards = (
        f"a fake {make.name} board at address" if len(plugged) == 1 else f"{len(plugged)} fake {make.name} boards at"
    )
    return f"{boards} {places}, {doors} doors, {make.baud} 8N1"


def _snippet(plugged: list[Plugged]) -> str:
    return "\n".join(filter(None, (bank_tables(plugged), coils_table(plugged))))


async def _show_plainly(world: World, bench: Bench, plugged: list[Plugged], over: asyncio.Event) -> None:
    """Line by line, for a pipe or a log; orders come line by line as well."""
    print(f"bench-top: {_title(plugged)}: {bench.port.link} -> {bench.port.device}")
    print(_snippet(plugged), flush=True)
    events = _events(world, bench, lambda event: print(event, flush=True))
    orders = Orders(world, bench, over.set)

    def obey(line: str) -> None:
        if said := orders.obey(line):
            events.said(said)

    with orders_from_input(obey, None):
        await _look(world, over, lambda: None)


async def _show_live(world: World, bench: Bench, plugged: list[Plugged], over: asyncio.Event) -> None:
    console = Console(highlight=False)
    console.print(_words(plugged))
    events = _events(world, bench, lambda _: None)
    picture, orders = Picture(world, bench, events, _title(plugged)), Orders(world, bench, over.set)

    def obey(line: str) -> None:
        if said := orders.obey(line):
            events.said(said)

    def typed(line: str) -> None:
        picture.typed = line
        live.refresh()

    with Live(picture, console=console, auto_refresh=False) as live, orders_from_input(obey, typed):
        await _look(world, over, live.refresh)


def _words(plugged: list[Plugged]) -> Table:
    """What to write into a configuration, and beside it what may be typed."""
    orders = Table.grid(padding=(0, 2, 0, 0))
    for word, meaning in HELP.items():
        orders.add_row(Text(word, "magenta"), meaning)
    page = Table.grid(padding=(0, 4, 1, 0))
    page.add_row(Text("For locker.toml", "bold"), Text("What may be typed", "bold"))
    page.add_row(Syntax(_snippet(plugged), "toml", theme="ansi_dark", background_color="default"), orders)
    return page


def _events(world: World, bench: Bench, told: Callable[[Event], None]) -> Events:
    events = Events(world, told)
    bench.bus.watch = events.heard
    return events


async def _look(world: World, over: asyncio.Event, show: Callable[[], None]) -> None:
    while not over.is_set():
        world.catch_up()
        show()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), LOOK_S)
