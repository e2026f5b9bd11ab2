"""The wiring pages: pictures as drawn, banks that are accepted, commands that are there, and a row for every driver."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from edge.app import cli, configuration
from edge.app.drivers import driver_names
from hal.boards.options import MAKES
from tests.wiring.pictures import PICTURES

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "hardware"
TIERS = (FOLDER / "tiers.md").read_text(encoding="utf-8")
WIRED = [name for name in driver_names() if name != "sim"]  # a simulated wall has no wires
WIDEST_EM = 0.64  # of a letter, on average, in the widest of the fonts that may stand in


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def test_every_driver_has_a_page_a_picture_and_a_table_of_facts() -> None:
    assert sorted(PICTURES) == sorted(WIRED)
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(WIRED)
    assert {path.stem for path in FOLDER.glob("*.md")} == {*WIRED, "README", "tiers"}
    assert set(re.findall(r"^## ([a-z0-9]+)$", TIERS, flags=re.MULTILINE)) == set(driver_names())
    assert [name for name in WIRED if f"({name}.md)" not in page("README")] == []


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_what_the_pen_draws(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == PICTURES[name]().svg()
    assert f"({name}.svg)" in page(name)


@pytest.mark.parametrize("name", PICTURES)
def test_every_word_of_a_picture_lies_within_it(name: str) -> None:
    root = ElementTree.fromstring(PICTURES[name]().svg())
    width = float(root.attrib["width"])
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        said = text.text or ""
        length = len(said) * float(text.attrib["font-size"]) * WIDEST_EM
        part = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        begin = float(text.attrib["x"]) - part * length
        assert 0 <= begin <= begin + length <= width, said


@pytest.mark.parametrize("name", WIRED)
def test_the_bank_on_the_page_is_accepted(name: str, tmp_path: Path) -> None:
    (snippet,) = re.findall(r"```toml\n(.*?)```", page(name), flags=re.DOTALL)
    bank = tomllib.loads(snippet)["bank"][0]
    assert bank["driver"] == name
    file = tmp_path / "locker.toml"
    file.write_text(f"[site]\nnumber = 1\n{wall(bank)}\n{snippet}")
    assert configuration.load(str(file)).banks[0].driver == name


def wall(bank: dict[str, Any]) -> str:
    """Compartments for the doors of that bank."""
    if isinstance(bank["doors"], str):
        first, last = map(int, bank["doors"].split("-"))
        doors, feedback = list(range(first, last + 1)), bank["evidence"]
    else:
        doors, feedback = [one["door"] for one in bank["doors"]], "switch"
    return "".join(f'[[compartment]]\ndoor = {door}\nfeedback = "{feedback}"\n' for door in doors)


@pytest.mark.parametrize("name", WIRED)
def test_the_commands_on_the_page_are_there(name: str) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", page(name), flags=re.DOTALL)
    for command in block.strip().splitlines():
        words = shlex.split(command)
        assert words[0] == "locker"
        cli._parser().parse_args(words[1:])  # ends the test where it does not know a word


@pytest.mark.parametrize("name", MAKES)
def test_the_line_on_the_page_is_that_of_the_options(name: str) -> None:
    shape = msgspec.json.schema(MAKES[name])["$defs"][MAKES[name].__name__]["properties"]
    address, baud = shape["address"], shape["baud"]
    assert f"{address['minimum']} to {address['maximum']}" in page(name)
    assert f"| {baud['default']} baud" in page(name)


@pytest.mark.parametrize("name", WIRED)
def test_the_page_leads_to_its_facts_and_says_that_none_is_verified(name: str) -> None:
    assert f"**Not verified on hardware**: all of it. Line by line: [tiers.md](tiers.md#{name})." in page(name)


def test_every_fact_has_a_tier_and_none_is_called_verified() -> None:
    known = set(re.findall(r"^\| ([a-z+ -]+?) \| [^|]+ \|$", TIERS.split("## ys")[0], flags=re.MULTILINE)) - {"tier"}
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TIERS.split("## ys")[1], flags=re.MULTILINE)
    facts = [(fact, tier) for fact, tier, _ in rows if fact not in ("fact", "---")]
    assert len(facts) > 30
    assert [fact for fact, tier in facts if tier not in known - {"hardware-verified"}] == []


@pytest.mark.parametrize("path", [*sorted(FOLDER.glob("*.md")), DOCS / "drivers.md"], ids=lambda path: path.name)
def test_what_a_page_points_at_is_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]*)(?:#([a-z0-9]+))?\)", path.read_text(encoding="utf-8"))
    for file, anchor in links:
        target = (path.parent / file) if file else path
        assert target.exists(), file
        if anchor:
            assert re.search(rf"^#+ {anchor}$", target.read_text(encoding="utf-8"), flags=re.MULTILINE), anchor
