"""One browser for this folder, and one sitting in the showroom for each file: what one visitor broke, another meets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from edge.app.demo.street.showroom import Showroom
from tests.browser.chromium import chromium
from tests.street.visitor import Visitor


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def room() -> Iterator[Showroom]:
    """Prepared: two parcels wait in the wall, the van is there."""
    with Showroom() as room:
        room.prepare()
        yield room


@pytest.fixture
def visitor(browser: Browser, room: Showroom) -> Iterator[Visitor]:
    """Complaints of the page itself fail the test."""
    visitor = Visitor(browser, room)
    yield visitor
    visitor.leave()
    assert [told for told in visitor.complaints if "409" not in told] == []
