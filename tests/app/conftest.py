"""What the tests of the whole program share: processes cost seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.street import Street


@pytest.fixture(scope="package")
def running() -> Iterator[Street]:
    """A locker without a world, which nobody harms."""
    with Street(world=False) as made:
        made.run(WATCHDOG_USEC="1000000")
        yield made
