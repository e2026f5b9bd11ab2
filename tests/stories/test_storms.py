"""The page comes back to a true screen, and no door opens that no event names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest

from tests.stories.storms import fingers_and_keys, line_cut, renderer_killed, server_away
from tests.stories.theatre import Play, Theatre

STORMS: Final[dict[str, Play]] = {
    "the renderer is killed": renderer_killed,
    "the server is away": partial(server_away, away_s=1),
    "the line is cut": partial(line_cut, cut_s=1),
    "hundreds of fingers and keys": partial(fingers_and_keys, times=300, within_s=20, seed=1),
}


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as open_one:
        open_one.begin(STORMS.items())
        yield open_one


@pytest.mark.parametrize("name", STORMS)
def test_a_storm(theatre: Theatre, name: str) -> None:
    theatre.end_of(name)
