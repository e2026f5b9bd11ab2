"""The configuration: what is wrong is said in one run, one line each, with file, key, value and limit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from edge.app.configuration import Configuration, load
from edge.app.wall import numbers
from edge.core.errors import ConfigurationError
from edge.core.words import Size
from tests.app.street import CONFIGURATION

PINS = """
[[compartment]]
door = 9
[[bank]]
name = "pins"
driver = "gpio"
factory = "mock"
cutoff = "kernel"
[[bank.doors]]
door = 9
lock_pin = 17
feedback_pin = 27
"""


def wrong(file: Path, text: str) -> list[str]:
    """The lines that `text` gives, without the file's name, which each must begin with."""
    file.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        load(file)
    assert all(line.startswith(f"{file}: ") for line in error.value.lines)
    return [line.removeprefix(f"{file}: ") for line in error.value.lines]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "locker.toml"


def test_the_example_holds_together(file: Path) -> None:
    file.write_text((files("edge.app") / "example.toml").read_text())
    told = load(file)
    assert len(told.compartments) == 24
    assert told.policy.telephone == "+44 20 7946 0000"


# Each: what is put in the place of what, and the one line that follows.
LINES: list[tuple[str, str, str]] = [
    ("number = 7", "number = 0", "site.number = 0: must be a whole number from 1 to 2147483647"),
    ("number = 7", 'number = "7"', 'site.number = "7": must be a whole number from 1 to 2147483647'),
    ("number = 7", "", "site.number: is missing; must be a whole number from 1 to 2147483647"),
    ("number = 7", "number = 7\nnmae = 1", "site.nmae = 1: unknown key; did you mean name?"),
    (
        "number = 7",
        "number = 7\ngroups = [7]",
        "site.groups[1] = 7: must be a whole number from 2147483648 to 4294967295",
    ),
    (
        '"Station Road"',
        '"Station Road"\ntelephone = "x"\n[policy]\ntelephone = "y"',
        'policy.telephone = "y": site.telephone says x',
    ),
    (
        "number = 7",
        "number = 7\nneighbours = [{number = 7, name = 'n'}]",
        "site.neighbours[1].number = 7: is this site itself",
    ),
    ("edge_s = 1", "edge_s = -1", "policy.timers.edge_s = -1: must be a number from 0 to 31536000"),
    ("edge_s = 1", "edge_s = nan", "policy.timers.edge_s = null: must be a number from 0 to 31536000"),
    (
        "[policy.timers]",
        "[policy]\nunannounced = 'maybe'\n[policy.timers]",
        'policy.unannounced = "maybe": must be one of: accept, refuse, hold',
    ),
    (
        "[policy.timers]",
        "[policy]\nbrake_openings = 4\n[policy.timers]",
        "policy.brake_openings = 4: must be a whole number from 0 to 3",
    ),
    ('"L"]', '"XXL"]', 'column[1].sizes[4] = "XXL": must be one of: S, M, L, XL'),
    (
        'content = "scale"',
        'feedback = "none"',
        'column.feedback = "none": door 1 cannot say whether it is open: unfit for custody',
    ),
    ("first_door = 1", "first_door = 2", "bank[1].doors = 1: the wall has no such door"),
    ("[[bank]]", "[[compartment]]\ndoor = 4\n[[bank]]", "column.door = 4: is named twice; each door once"),
    ('doors = "1-4"', 'doors = "1-3"', "bank: door 4 hangs on no bank"),
    ('doors = "1-4"', 'doors = "1-4, 4"', "bank[1].doors = 4: hangs on bank a already"),
    ('doors = "1-4"', 'doors = "all"', 'bank[1].doors = "all": must be door numbers such as "1-12, 17"'),
    ('doors = "1-4"', "", "bank[1].doors: is missing"),
    (
        'driver = "sim"',
        'driver = "telepathy"',
        'bank[1].driver = "telepathy": must be one of: cu16, cu48, gpio, mcp23017, sim, waveshare, winnsen, wkly, ys',
    ),
    (
        'driver = "sim"',
        'driver = "sim"\npulse_ms = 5000',
        "bank[1].pulse_ms = 5000: must be a whole number from 20 to 1000",
    ),
    (
        'driver = "sim"',
        'driver = "sim"\npulse_ms = 400',
        "bank[1].pulse_ms = 400: must be at most coils.max_on_ms, 300",
    ),
    ("[kiosk]\nport = 0", "[kiosk]\nport = 65536", "kiosk.port = 65536: must be a whole number from 0 to 65535"),
    ("[kiosk]\nport = 0", "kiosk = 5", "bank[1].kiosk = 5: unknown key"),
    (
        "port = 0",
        'languages = ["en", "xx"]',
        'kiosk.languages[2] = "xx": must be one of: ar, de, en, es, fr, pl, tr',
    ),
    ("port = 0", 'languages = ["de", "de"]', 'kiosk.languages = ["de","de"]: a language is named twice; each once'),
    ("port = 0", 'night = "22-24"', 'kiosk.night = "22-24": must be text like'),
    ("port = 0", "[panel]\nwidth_px = 800", "panel: width_px and height_px belong together"),
    (
        "port = 0",
        "[panel]\nwidth_px = 800\nheight_px = 480",
        "panel.px_per_mm: is missing; without it width_px and height_px say nothing",
    ),
    (
        "port = 0",
        "[panel]\npx_per_mm = 7.6\nwidth_px = 800\nheight_px = 480",
        "panel: 105 × 63 mm is less than the 153 × 87 mm that the page needs",
    ),
    (
        "port = 0",
        "[panel]\npx_per_mm = 6.68\nwidth_px = 600\nheight_px = 1024",
        "panel: 90 × 153 mm is less than the 125 × 200 mm that the page needs",
    ),
    ("[state]", "[coils]\nat_once = 9\n[state]", "coils.at_once = 9: must be a whole number from 1 to 8"),
    ("[state]", "[stat]\n[state]", "stat = a table: unknown key; did you mean state?"),
    (
        "[state]",
        "[cloud]\nurl = 'http://hub.example'\n[state]",
        'cloud.url = "http://hub.example": plain http only to loopback addresses; use https',
    ),
    (
        "[state]",
        "[cloud]\nurl = 'https://hub.example'\nca_file = '/no'\n[state]",
        'cloud.ca_file = "/no": no such file',
    ),
    ("[state]", "[camera]\nsource = 1\n[state]", "camera.source = 1: must be text of at most 200 characters"),
]


@pytest.mark.parametrize(("old", "new", "line"), LINES, ids=[line for _, _, line in LINES])
def test_what_is_wrong_is_one_line(file: Path, old: str, new: str, line: str) -> None:
    assert old in CONFIGURATION
    said = wrong(file, CONFIGURATION.replace(old, new))
    assert any(one.startswith(line) for one in said), said


# Each: what is put in the place of what in a bank on pins.
OF_PINS: list[tuple[str, str, str]] = [
    (
        'cutoff = "kernel"',
        'cutoff = "none"',
        'bank[2].cutoff = "none": nothing would end a pulse when this process dies',
    ),
    ('cutoff = "kernel"', "", "bank[2].cutoff: is missing; must be one of: board, monostable, kernel, none"),
    ("lock_pin = 17", "lock_pin = 3", "bank[2]: door 9: lock_pin 3 moves by itself at power-on"),
    ("lock_pin = 17", "lock_pin = 99", "bank[2].doors[1].lock_pin = 99: must be a whole number from 0 to 27"),
    ("feedback_pin = 27", "feedback_pin = 17", "bank[2]: door 9: feedback_pin 17 is already lock_pin of door 9"),
    ("feedback_pin = 27", "", "bank[2].doors: door 9 is wired for feedback none, its compartment says switch"),
    ("feedback_pin = 27", 'feedback_pin = 27\nevidence = "latch"', "bank[2].doors: door 9 is wired for feedback latch"),
    (
        "door = 9\n[[bank]]",
        'door = 9\ncontent = "scale"\n[[bank]]',
        "bank[2].doors: door 9 has content scale, which driver gpio does not sense",
    ),
    ('name = "pins"', 'name = "a"', 'bank[2].name = "a": is the name of another bank'),
]


@pytest.mark.parametrize(("old", "new", "line"), OF_PINS, ids=[line for _, _, line in OF_PINS])
def test_what_is_wrong_with_a_bank_on_pins_is_one_line(file: Path, old: str, new: str, line: str) -> None:
    assert old in PINS
    said = wrong(file, CONFIGURATION + PINS.replace(old, new))
    assert any(one.startswith(line) for one in said), said


def test_no_cutoff_is_taken_when_it_was_accepted_in_writing(file: Path) -> None:
    accepted = 'cutoff = "none"\naccept_no_cutoff = "a test bench without coils"'
    file.write_text(CONFIGURATION + PINS.replace('cutoff = "kernel"', accepted))
    assert load(file).banks[1].doors == (9,)


def test_everything_that_is_wrong_is_said_in_one_run(file: Path) -> None:
    text = CONFIGURATION + PINS + "[camera]\nsauce = 1\n"
    for old, new in (("number = 7", "number = 0"), ("edge_s = 1", "edge_s = -1"), ('"1-4"', '"1-3"'), ("= 17", "= 1")):
        text = text.replace(old, new)
    said = wrong(file, text)
    for key in ("site.number", "policy.timers.edge_s", "camera.sauce", "bank: door 4", "bank[2]: door 9: lock_pin"):
        assert sum(line.startswith(key) for line in said) == 1, said
    assert len(said) == 5


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"number = ", "not TOML: Invalid value (at end of document)"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b"#" * 300_000, "more than 262144 bytes"),
        (b"", "site.number: is missing; must be a whole number from 1 to 2147483647"),
        (b"bank = 3", "bank = 3: must be tables, each [[bank]]"),
        (b"site = []", "site = []: must be a table"),
    ],
)
def test_what_is_no_configuration_is_said(file: Path, content: bytes, line: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        load(file)
    assert f"{file}: {line}" in error.value.lines


def test_a_file_that_is_not_there_or_no_file_is_said(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.toml", "no such file or directory"), (tmp_path, "is a directory")):
        with pytest.raises(ConfigurationError) as error:
            load(path)
        assert error.value.lines == [f"{path}: {why}"]


def test_a_hundred_lines_are_enough(file: Path) -> None:
    said = wrong(file, CONFIGURATION + "".join(f"[wrong{number}]\n" for number in range(150)))
    assert len(said) == 101
    assert said[-1] == "and 50 more"


# -- the wall ---------------------------------------------------------------------------------------------------------


def two_columns(file: Path) -> Configuration:
    text = CONFIGURATION.replace('doors = "1-4"', 'doors = "1-6"')
    file.write_text(text.replace("[[bank]]", "[[column]]\nfirst_door = 5\ngap_mm = 450\nsizes = ['XL', 'S']\n[[bank]]"))
    return load(file)


def test_a_column_stands_beside_the_one_before_and_on_the_same_ground(file: Path) -> None:
    plans = {plan.door: plan for plan in two_columns(file).compartments}
    assert [plans[door].size for door in (1, 4, 5, 6)] == [Size.S, Size.L, Size.XL, Size.S]
    assert (plans[1].x, plans[5].x) == (0, 900)
    assert plans[4].bottom_mm == plans[6].bottom_mm == 150
    assert {plans[door].y + plans[door].height for door in (4, 6)} == {900}, "y runs downwards from the top"
    assert plans[1].y == 0


def test_who_sits_in_a_wheelchair_reaches_handles_between_400_and_1100_mm(file: Path) -> None:
    reachable = {plan.door: plan.reachable for plan in two_columns(file).compartments}
    assert reachable == {1: True, 2: True, 3: True, 4: False, 5: True, 6: False}


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("1-3", (1, 2, 3)),
        (" 5 , 1 - 2", (5, 1, 2)),
        ("7", (7,)),
        ("", None),
        ("3-1", None),
        ("1-", None),
        ("-1", None),
        ("1-5000", None),
        ("1,,2", None),
    ],
)
def test_door_numbers_as_people_write_them(text: str, doors: tuple[int, ...] | None) -> None:
    assert numbers(text) == doors
