"""Nothing queues up: whoever is slow sees the newest screen."""

from __future__ import annotations

import asyncio

import pytest

from edge.core.screens import Screen
from kiosk_ui.board import ScreenBoard


def test_a_watcher_begins_with_the_present_screen_and_skips_what_it_missed() -> None:
    async def watched() -> list[str]:
        board = ScreenBoard()
        board.put(Screen("attract"))
        watcher = board.subscribe()
        seen = [(await anext(watcher)).name]
        for name in ("pin", "opening", "take"):
            board.put(Screen(name))
        return [*seen, (await anext(watcher)).name]

    assert asyncio.run(watched()) == ["attract", "take"]


def test_every_watcher_is_woken() -> None:
    async def watched() -> list[str]:
        board = ScreenBoard()
        waiting = [asyncio.ensure_future(anext(board.subscribe())) for _ in range(3)]
        await asyncio.sleep(0)
        board.put(Screen("attract"))
        return [screen.name for screen in await asyncio.gather(*waiting)]

    assert asyncio.run(watched()) == ["attract"] * 3


def test_a_cancelled_wait_loses_nothing() -> None:
    async def watched() -> str:
        board = ScreenBoard()
        watcher = board.subscribe()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(watcher), 0)
        board.put(Screen("attract"))
        return (await anext(watcher)).name

    assert asyncio.run(watched()) == "attract"
