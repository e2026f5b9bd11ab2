"""Every flow and branch of it, played with real taps before a real runtime: in English and in Arabic, and the main ones
with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from tests.stories import couriers, customers, drop_offs
from tests.stories.locker import Locker
from tests.stories.theatre import Theatre
from tests.stories.told import Story
from tests.stories.visit import Visit

STORIES: Final = (*customers.BOOK.stories, *couriers.BOOK.stories, *drop_offs.BOOK.stories)
PLAYED: Final = {
    **{f"{story.name}-{language}": (story, language, False) for story in STORIES for language in ("en", "ar")},
    **{f"{story.name}-keyboard": (story, "en", True) for story in STORIES if story.by_keyboard},
}


async def play(story: Story, language: str, keyboard: bool, browser: Browser, folder: Path) -> None:
    async with (
        Locker(folder, **story.begins) as locker,
        Visit(browser, locker, language, keyboard=keyboard) as visit,
    ):
        await story.plot(locker, visit)
        await locker.nothing_opened_unnamed()
        assert not visit.errors, f"the page's script failed: {visit.errors}"


@pytest.fixture(scope="module")
def theatre(request: pytest.FixtureRequest) -> Iterator[Theatre]:
    """All that are asked for have begun."""
    asked = {item.name for item in request.session.items}
    with Theatre() as open_one:
        open_one.begin((name, partial(play, *PLAYED[name])) for name in PLAYED if f"test_a_story[{name}]" in asked)
        yield open_one


@pytest.mark.parametrize("name", PLAYED)
def test_a_story(theatre: Theatre, name: str) -> None:
    theatre.end_of(name)
