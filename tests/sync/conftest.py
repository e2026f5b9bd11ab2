"""What the tests of the sender share: a street of their own, for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as street:
        yield street
