"""Every command of the page about commissioning is one that the command line takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from edge.app.cli import _parser
from edge.app.hardware.learned import Kind

PAGE = (Path(__file__).parents[2] / "docs" / "commissioning.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
COMMANDS = sorted(
    {line.removeprefix("locker ") for block in BLOCKS for line in block.splitlines() if line.startswith("locker ")}
    | {told for told in re.findall(r"`locker (hardware [^`]+)`", PAGE) if "FILE" not in told}
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_takes(command: str) -> None:
    assert callable(_parser().parse_args(shlex.split(command)).command)


@pytest.mark.parametrize("kind", Kind)
def test_the_page_says_what_to_do_about(kind: Kind) -> None:
    assert kind.value in PAGE
