"""What `learn` proposes, bank by bank, and the new file that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app.configuration import Configuration, load
from edge.app.hardware.proposal import proposed, snippet, write_new
from edge.app.hardware.template import template
from edge.core.errors import BadInput, NotAllowed

RIGHT = {door: door for door in range(1, 9)}
TURNED = dict.fromkeys(range(1, 9), True)


def told(make: str, doors: int, tmp_path: Path) -> Configuration:
    file = tmp_path / "locker.toml"
    file.write_text(template(make, doors, "/dev/ttyUSB0"))
    return load(file)


def test_a_wall_that_is_as_configured_needs_no_change(tmp_path: Path) -> None:
    proposal = proposed(told("ys", 8, tmp_path), RIGHT, dict.fromkeys(RIGHT, False))
    assert (proposal.tables, proposal.mixed, proposal.without, snippet(proposal)) == ({}, (), (), [])


def test_inverted_contacts_of_a_board_turn_its_one_word(tmp_path: Path) -> None:
    lines = snippet(proposed(told("ys", 8, tmp_path), RIGHT, TURNED))
    assert 'contact = "closed_when_open"' in lines
    assert 'doors = "1-8"' in lines


def test_crossed_plugs_are_an_order_of_doors(tmp_path: Path) -> None:
    configuration = told("ys", 8, tmp_path)
    proposal = proposed(configuration, RIGHT | {2: 5, 5: 2}, {})
    assert "doors = [1, 5, 3, 4, 2, 6, 7, 8]" in snippet(proposal)


def test_plugs_crossed_between_two_boards_change_both(tmp_path: Path) -> None:
    proposal = proposed(told("waveshare", 16, tmp_path), {3: 12, 12: 3}, {})
    assert [table["doors"] for table in proposal.tables.values()] == [
        [1, 2, 12, 4, 5, 6, 7, 8],
        [9, 10, 11, 3, 13, 14, 15, 16],
    ]


def test_half_a_swap_is_not_proposed(tmp_path: Path) -> None:
    assert proposed(told("ys", 8, tmp_path), {2: 5}, {}).tables == {}


def test_one_contact_that_speaks_unlike_the_others_is_named(tmp_path: Path) -> None:
    proposal = proposed(told("ys", 8, tmp_path), RIGHT, dict.fromkeys(RIGHT, False) | {7: True})
    assert (proposal.tables, proposal.mixed) == ({}, (("a", (7,)),))
    proposal = proposed(told("ys", 8, tmp_path), RIGHT, TURNED | {7: False})
    assert (list(proposal.tables), proposal.mixed) == ([0], (("a", (7,)),))


@pytest.mark.parametrize("make", ["gpio", "mcp23017"])
def test_on_pins_each_contact_and_each_door_is_put_right_by_itself(make: str, tmp_path: Path) -> None:
    configuration = told(make, 8, tmp_path)
    proposal = proposed(configuration, RIGHT | {2: 5, 5: 2}, dict.fromkeys(RIGHT, False) | {2: True})
    rows = {row["door"]: row for row in proposal.tables[0]["doors"]}
    before = {door.door: door for door in configuration.banks[0].options.doors}
    assert rows[5]["lock_pin"] == before[2].lock_pin
    assert [door for door, row in rows.items() if row["closed"] == "high"] == [5]
    assert proposal.mixed == ()


def test_a_simulated_wall_has_no_option_for_it(tmp_path: Path) -> None:
    proposal = proposed(told("sim", 8, tmp_path), RIGHT | {2: 5, 5: 2}, TURNED)
    assert (proposal.tables, proposal.without) == ({}, ("a",))


@pytest.mark.parametrize("make", ["ys", "waveshare", "gpio", "mcp23017"])
def test_the_new_file_is_the_configuration_with_just_that(make: str, tmp_path: Path) -> None:
    configuration = told(make, 8, tmp_path)
    proposal = proposed(configuration, RIGHT | {2: 5, 5: 2}, TURNED)
    write_new(configuration, proposal, tmp_path / "learnt.toml")
    learnt = load(tmp_path / "learnt.toml")
    assert learnt.compartments == configuration.compartments
    assert learnt.banks[0].doors == (1, 5, 3, 4, 2, 6, 7, 8)
    again = proposed(learnt, RIGHT, dict.fromkeys(RIGHT, False))
    assert again.tables == {}
    text = (tmp_path / "learnt.toml").read_text()
    assert "# The wall: columns side by side" in text
    assert Path(configuration.file).read_text() == template(make, 8, "/dev/ttyUSB0")


def test_the_new_file_is_never_an_old_one(tmp_path: Path) -> None:
    configuration = told("ys", 8, tmp_path)
    proposal = proposed(configuration, RIGHT, TURNED)
    with pytest.raises(NotAllowed, match="is there already"):
        write_new(configuration, proposal, Path(configuration.file))


def test_a_file_that_cannot_be_edited_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "locker.toml"
    banks, rest = template("ys", 8, "/dev/ttyUSB0").split("[[bank]]")
    table, coils, after = rest.partition("[coils]")
    inline = ", ".join(line.partition("  #")[0] for line in table.strip().splitlines())
    file.write_text(f"bank = [{{ {inline} }}]\n{banks}{coils}{after}")
    configuration = load(file)
    with pytest.raises(BadInput, match="laid out unusually"):
        write_new(configuration, proposed(configuration, RIGHT, TURNED), tmp_path / "learnt.toml")
    assert not (tmp_path / "learnt.toml").exists()
