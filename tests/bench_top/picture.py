"""`python -m tests.bench_top.picture`: keeps a moment of a bench as docs/bench-top.svg."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from rich.console import Console

from edge.app.bench_top.events import Events
from edge.app.bench_top.orders import Orders
from edge.app.bench_top.picture import Picture
from edge.core.site import CompartmentPlan
from hal.bench.bench import Bench, Plugged, boards_of
from hal.sim.world import World
from tests.picture import PLAIN

PICTURE = Path(__file__).parents[2] / "docs" / "bench-top.svg"
WIDTH, HEIGHT = 84, 24
LINK = Path("/tmp/board")


async def main() -> None:
    loop = asyncio.get_running_loop()
    plugged = [Plugged("ys", LINK, 1, tuple(range(1, 25)))]
    world = World(
        [CompartmentPlan(n) for n in range(1, 25)], 1, loop.time(), boards=boards_of(plugged), clock=loop.time
    )
    with Bench(world, plugged).served() as bench:
        events = Events(world, lambda _: None)
        bench.bus.watch = events.heard
        orders = Orders(world, bench, lambda: None)
        driver = os.open(LINK, os.O_RDWR | os.O_NOCTTY)
        for order in ("open 7", "put 7", "open 16", "cross 11 12", "jam 3"):
            orders.obey(order)
        await asyncio.sleep(0.2)  # until the contacts rest
        for request, seconds in (("80 01 00 33 B2", 0.1), ("8A 01 03 11 99", 0.8), ("8A 01 05 11 9F", 0.3)):
            os.write(driver, bytes.fromhex(request))
            await asyncio.sleep(seconds)
        console = Console(record=True, width=WIDTH, height=HEIGHT, highlight=False, force_terminal=True)
        picture = Picture(world, bench, events, "a fake ys board at address 1, 24 doors, 9600 8N1")
        picture.typed = "shut 16"
        console.print(picture)
        console.save_svg(str(PICTURE), title="locker bench-top", code_format=PLAIN)
        os.close(driver)


if __name__ == "__main__":
    asyncio.run(main())
