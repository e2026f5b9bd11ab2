"""A site whose locks hang on boards that sense nothing: what is inside comes from a world, where one table says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app import configuration
from edge.app.plugging import bank_tables, boards_for, coils_table
from edge.core.errors import ConfigurationError

COLUMN = '[[column]]\nfirst_door = 1\nsizes = ["M", "S", "S"]\ncontent = "{}"\n'


def site(folder: Path, make: str, content: str, more: str = "") -> configuration.Configuration:
    boards = boards_for(make, folder / "board", (1, 2, 3))
    file = folder / "locker.toml"
    tables = (bank_tables(boards), coils_table(boards), COLUMN.format(content), more)
    file.write_text("[site]\nnumber = 7\n" + "\n".join(tables))
    return configuration.load(file)


def test_a_board_alone_cannot_tell_what_is_inside(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="door 1 has content scale, which driver ys does not sense"):
        site(tmp_path, "ys", "scale")


def test_a_world_senses_what_no_bank_does(tmp_path: Path) -> None:
    told = site(tmp_path, "ys", "scale", '[world]\nsocket = "/tmp/world"\n')
    assert (told.banks[0].driver, told.world.socket) == ("ys", "/tmp/world")


def test_a_board_with_infrared_inputs_needs_no_world(tmp_path: Path) -> None:
    assert site(tmp_path, "cu16", "infrared").world.socket == ""
