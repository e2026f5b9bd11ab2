"""A bench on a real pseudo-terminal: bytes in and out by the system's own calls, in real time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.core.errors import BadInput
from edge.core.site import CompartmentPlan
from hal.bench.bench import Bench, Plugged, boards_of
from hal.sim.world import World

READ = bytes.fromhex("80 01 00 33 B2")
ALL_SHUT = "80 01 FF FF FF 33 4D"
ANSWER_S = 2.0


@asynccontextmanager
async def bench(link: Path, *addresses: int, echo: bool = False) -> AsyncIterator[Bench]:
    plugged = [Plugged("ys", link, it, tuple(range(100 * it + 1, 100 * it + 25)), echo=echo) for it in addresses]
    plans = [CompartmentPlan(door) for it in plugged for door in it.doors]
    loop = asyncio.get_running_loop()
    world = World(plans, 3, loop.time(), boards=boards_of(plugged), clock=loop.time)
    with Bench(world, plugged).served() as served:
        yield served


class Caller:
    """Whoever opens the device."""

    def __init__(self, link: Path) -> None:
        self.fd = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    async def ask(self, data: bytes, size: int, within_s: float = ANSWER_S) -> str:
        """Send, and give `size` bytes of what comes back."""
        back, loop, enough = bytearray(), asyncio.get_running_loop(), asyncio.Event()

        def read() -> None:
            back.extend(os.read(self.fd, size - len(back)))
            if len(back) == size:
                loop.remove_reader(self.fd)
                enough.set()

        loop.add_reader(self.fd, read)
        os.write(self.fd, data)
        try:
            await asyncio.wait_for(enough.wait(), within_s)
        finally:
            loop.remove_reader(self.fd)
        return back.hex(" ").upper()

    def close(self) -> None:
        os.close(self.fd)


def test_a_board_answers_whoever_opens_its_device_and_opens_it_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1):
            for _ in range(2):
                caller = Caller(tmp_path / "a")
                assert await caller.ask(READ, 7) == ALL_SHUT
                caller.close()

    asyncio.run(main())


def test_the_coil_is_on_for_the_boards_own_time_and_then_it_answers(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1) as served:
            caller, began_s = Caller(tmp_path / "a"), asyncio.get_running_loop().time()
            assert await caller.ask(bytes.fromhex("8A 01 01 11 9B"), 5) == "8A 01 01 00 8A"
            assert asyncio.get_running_loop().time() - began_s >= 0.5
            assert [heard.words for heard in served.bus.heard] == ["open lock 1", "lock 1: contact open"]
            caller.close()

    asyncio.run(main())


def test_two_addresses_share_one_device(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1, 2):
            caller = Caller(tmp_path / "a")
            assert await caller.ask(READ, 7) == ALL_SHUT
            assert await caller.ask(bytes.fromhex("80 02 00 33 B1"), 7) == "80 02 FF FF FF 33 4E"
            caller.close()

    asyncio.run(main())


def test_an_echo_comes_at_once_and_the_answer_behind_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1, echo=True):
            caller = Caller(tmp_path / "a")
            assert await caller.ask(READ, 12) == f"80 01 00 33 B2 {ALL_SHUT}"
            caller.close()

    asyncio.run(main())


def test_every_byte_value_passes_the_terminal_unchanged(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1, echo=True):
            caller, every = Caller(tmp_path / "a"), bytes(range(256))
            assert await caller.ask(every, 256) == every.hex(" ").upper()
            caller.close()

    asyncio.run(main())


def test_an_unplugged_adapter_is_gone_and_comes_back_under_its_name(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1) as served:
            caller = Caller(tmp_path / "a")
            served.port.unplug()
            assert not (tmp_path / "a").is_symlink()
            with pytest.raises(OSError, match="Input/output"):
                os.write(caller.fd, READ)
            caller.close()
            served.port.plug()
            caller = Caller(tmp_path / "a")
            assert await caller.ask(READ, 7) == ALL_SHUT
            caller.close()

    asyncio.run(main())


def test_what_nobody_reads_is_lost_and_counted_and_harms_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with bench(tmp_path / "a", 1) as served:
            for _ in range(300):
                served.bus.noise(bytes(200))
            assert served.port.lost_bytes > 0

    asyncio.run(main())


def test_the_name_is_gone_at_the_end_and_a_stale_one_is_replaced(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "a").symlink_to("/dev/pts/nowhere")
        async with bench(tmp_path / "a", 1) as served:
            assert str((tmp_path / "a").readlink()) == served.port.device
        assert not (tmp_path / "a").is_symlink()

    asyncio.run(main())


def test_a_file_is_never_replaced_by_a_board(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "a").write_text("mine")
        with pytest.raises(BadInput, match="no link of ours"):
            async with bench(tmp_path / "a", 1):
                pass

    asyncio.run(main())
    assert (tmp_path / "a").read_text() == "mine"
