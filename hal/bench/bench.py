"""A line of fake boards, put together: which makes there are, and boards of a world on a pseudo-terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from edge.core.errors import BadInput
from hal.bench.bus import BenchBus, Board
from hal.bench.cu16 import Cu16
from hal.bench.cu48 import Cu48
from hal.bench.make import Contact, Make
from hal.bench.port import Port
from hal.bench.terminals import DoorTerminals
from hal.bench.waveshare import Waveshare
from hal.bench.winnsen import Winnsen
from hal.bench.wkly import Wkly
from hal.bench.ys import Ys
from hal.sim.world import World

__all__ = ["MAKES", "Bench", "Plugged", "benches", "boards_of", "split"]

MAKES: Final[Mapping[str, Make]] = {make.name: make for make in (Ys(), Cu16(), Cu48(), Waveshare(), Wkly(), Winnsen())}


class Plugged(Struct, frozen=True):
    """One board as it is set up: its make, the line's name, its address, its doors on channels 1, 2, …"""

    make: str
    link: Path
    address: int
    doors: tuple[int, ...]
    contact: Contact = Contact.CLOSED_WHEN_SHUT
    echo: bool = False

    @property
    def name(self) -> str:
        """As the world calls it: for its faults."""
        return f"{self.link.name}-{self.address}"

    @property
    def channels(self) -> int:
        """The smallest board of the make that has a channel for each door."""
        return min(size for size in MAKES[self.make].sizes if size >= len(self.doors))

    def check(self) -> None:
        """BadInput when there is no such make, address or number of channels."""
        make = MAKES.get(self.make)
        if make is None:
            raise BadInput(f"bench: no make {self.make!r}; there are {', '.join(MAKES)}")
        if self.address not in make.addresses:
            low, high = make.addresses[0], make.addresses[-1]
            raise BadInput(f"bench: {self.make} address {self.address}, must be {low} to {high}")
        if not 1 <= len(self.doors) <= max(make.sizes):
            raise BadInput(f"bench: {self.make} with {len(self.doors)} doors, must be 1 to {max(make.sizes)} a board")


class Bench:
    """One line: a port, and the boards of a world on it."""

    def __init__(self, world: World, plugged: Sequence[Plugged]) -> None:
        """`plugged` are the boards of one link, checked; they are boards of the world by their names."""
        self.plugged = tuple(plugged)
        boards = [
            Board(MAKES[it.make], DoorTerminals(world, it.name, it.address, it.channels, it.contact)) for it in plugged
        ]
        self.port = Port(plugged[0].link)
        self.bus = BenchBus(world, boards, _later, self.port.send, echo=any(it.echo for it in plugged))

    @contextmanager
    def served(self) -> Iterator[Bench]:
        """There, within a running loop, until the end."""
        self.port.open(self.bus.hear)
        try:
            yield self
        finally:
            self.port.close()


@contextmanager
def benches(world: World, plugged: Sequence[Plugged]) -> Iterator[tuple[Bench, ...]]:
    """Every line that the boards are on, served within a running loop until the end."""
    links = dict.fromkeys(it.link for it in plugged)
    with ExitStack() as stack:
        lines = [Bench(world, [it for it in plugged if it.link == link]) for link in links]
        yield tuple(stack.enter_context(line.served()) for line in lines)


def boards_of(plugged: Sequence[Plugged]) -> dict[str, tuple[int, ...]]:
    """The boards of the world that they are.  BadInput when they cannot be on one bench."""
    for it in plugged:
        it.check()
    if len({it.name for it in plugged}) != len(plugged):
        raise BadInput("bench: two boards of one name: each address once on a line, each line another name")
    for link in {it.link for it in plugged}:
        bauds = {MAKES[it.make].baud for it in plugged if it.link == link}
        if len(bauds) > 1:
            raise BadInput(f"bench: {link}: boards of {' and '.join(map(str, sorted(bauds)))} baud on one line")
    return {it.name: it.doors for it in plugged}


def split(make: str, link: Path, address: int, doors: Sequence[int], contact: Contact, echo: bool) -> list[Plugged]:
    """As many boards as the doors need, full ones first, at `address` and the addresses after it."""
    most = max(MAKES[make].sizes)
    return [
        Plugged(make, link, address + turn, tuple(doors[at : at + most]), contact, echo)
        for turn, at in enumerate(range(0, len(doors), most))
    ]


def _later(after_s: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(after_s, call)
