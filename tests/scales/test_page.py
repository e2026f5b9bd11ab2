"""docs/scales.md has every row of the table, with its tier, its line and its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hal.scales.options import KINDS
from hal.scales.table import PROTOCOLS

PAGE = (Path(__file__).parents[2] / "docs" / "scales.md").read_text()
ROWS = {
    row[0].strip("`"): row[1:]
    for line in PAGE.splitlines()
    if (row := [cell.strip() for cell in line.strip("|").split("|")])[0].strip("`") in KINDS
}


def in_words(command: bytes) -> str:
    """As the page writes it, without what ends it."""
    return command.strip(b"\r\n").decode().replace("\x1b", "ESC ")


def test_the_page_has_every_kind() -> None:
    assert set(ROWS) == set(KINDS)


@pytest.mark.parametrize("kind", PROTOCOLS)
def test_a_row_of_the_page_is_that_of_the_code(kind: str) -> None:
    row, (tier, line, asked, acts, _) = PROTOCOLS[kind], ROWS[kind]
    settings = row.line
    assert (tier, line) == (str(row.tier), f"{settings.baud} {settings.bits}{settings.parity}{settings.stop}")
    assert asked.strip("`") == (in_words(row.ask) or "by itself")
    told = [in_words(command) for command in (row.zero, row.tare) if command]
    assert re.findall(r"`([^`]+)`", acts) == told
