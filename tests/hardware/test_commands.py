"""`locker hardware …` as a technician types it: processes of their own, on served worlds and on a fake board."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.app.cli import main
from edge.app.configuration import JOURNAL_FILE, load
from edge.app.hardware.kept import kept
from edge.journal.files import RealFiles
from hal.sim.client import WorldClient
from tests.app.street import Street
from tests.hardware.plugged import plugged

WITHIN_S = 60


def hardware(*arguments: str | Path, says: str = "", config: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = [] if config is None else ["--config", str(config)]
    command = [sys.executable, "-m", "edge.app.cli", "hardware", *map(str, arguments), *where]
    return subprocess.run(
        command,
        input=says,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        env={"COLUMNS": "80", "PATH": "/usr/bin:/bin"},
    )


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    """A served wall, and no locker that runs."""
    with Street() as made:
        yield made


@pytest.fixture
def people(street: Street) -> Iterator[WorldClient]:
    with street.people() as world:
        yield world
        world.clear_fault()


def pulses(world: WorldClient) -> list[int]:
    return [entry.ordered for entry in world.chronicle() if entry.deed == "pulse_began"]


def test_learn_finds_crossed_wires_and_keeps_what_it_found(street: Street, people: WorldClient) -> None:
    people.set_fault("crossed_wires", 1, other=2)
    done = hardware("learn", "--doors", "1", "--json", says="\n" * 9, config=street.configuration)
    assert done.returncode == 1
    assert "crossed coils" in done.stderr
    learned = json.loads(done.stdout)
    assert [one["opened"] for one in learned["observed"]] == [[2]]
    assert kept(street.folder / "state", "learn") == learned


def test_test_without_questions(street: Street, people: WorldClient) -> None:
    done = hardware("test", "--yes", "--door", "4", config=street.configuration)
    assert (done.returncode, "Every door is good." in done.stdout) == (0, True)
    assert kept(street.folder / "state", "test")["doors"][0]["contact"] is True


def test_soak_gives_its_figures_to_programs_and_to_people(street: Street, people: WorldClient) -> None:
    done = hardware("soak", "--cycles", "1", "--doors", "3", "--json", config=street.configuration)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["doors"][0]["verdict"] == "good"
    assert "Cycle 1 of 1; failures: 0; in the run: 1 door." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["soak", "--cycles", "0"], "--cycles 0: must be 1 to 10000"),
        (["soak", "--cycles", "1", "--stop-after", "0"], "--stop-after 0: must be at least 1"),
        (["soak", "--cycles", "1", "--doors", "1-9"], "door 5: the wall has doors 1 to 4, not this one"),
        (["learn", "--doors", "one"], 'doors "one": must be door numbers such as "1-12, 17"'),
    ],
)
def test_what_cannot_be_is_one_line(
    street: Street, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hardware", *arguments, "--config", str(street.configuration)]) == 1
    assert capsys.readouterr().err == f"locker: {said}\n"


def test_a_report_of_this_wall_is_made_and_checked(
    street: Street, people: WorldClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = pulses(people)
    file = tmp_path / "report.txt"
    make = ["hardware", "report", "--out", str(file), "--config", str(street.configuration)]
    assert main(make) == 0
    assert pulses(people) == before
    text = file.read_text()
    assert '"1": "closed, switch"' in text
    assert "Station Road" not in text
    assert main(["hardware", "verify-report", str(file)]) == 0
    assert "unchanged since it was made" in capsys.readouterr().out
    assert main(make) == 1
    assert "is there already" in capsys.readouterr().err
    file.write_text(text.replace("closed, switch", "open, switch", 1))
    assert main(["hardware", "verify-report", str(file)]) == 1
    assert "was changed after it was made" in capsys.readouterr().err


# -- never beside the locker ------------------------------------------------------------------------------------------

BESIDE = (["learn"], ["test", "--yes"], ["soak", "--cycles", "1"])


@pytest.fixture(scope="module")
def at_work() -> Iterator[tuple[Street, int]]:
    """A locker that runs, and its pid."""
    with Street(world=False) as made:
        yield made, made.run().pid


@pytest.mark.parametrize("arguments", BESIDE)
def test_while_the_locker_runs_it_is_named_and_nothing_is_done(
    at_work: tuple[Street, int], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    street, pid = at_work
    assert main(["hardware", *arguments, "--config", str(street.configuration)]) == 1
    assert capsys.readouterr().err.startswith(f"locker: the locker runs (pid {pid}); stop it first")


def test_a_report_beside_a_running_locker_asks_no_board(
    at_work: tuple[Street, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    street, pid = at_work
    assert main(["hardware", "report", "--out", f"{tmp_path}/r", "--config", str(street.configuration)]) == 0
    assert f"missing in it: no board was asked: the locker runs (pid {pid})" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", BESIDE)
def test_whoever_holds_the_journal_keeps_commissioning_out(
    street: Street, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(street.folder / "state" / JOURNAL_FILE)
    lock = RealFiles().take(f"{path}.pid", path)
    try:
        assert main(["hardware", *arguments, "--config", str(street.configuration)]) == 1
        assert "is held by process" in capsys.readouterr().err
    finally:
        lock.release()


# -- a board behind a line --------------------------------------------------------------------------------------------


def test_a_board_whose_contacts_speak_the_other_way_round_is_learnt_and_then_right(tmp_path: Path) -> None:
    link, learnt = tmp_path / "board", tmp_path / "learnt.toml"
    with Street(world=False) as street:
        socket = f"{street.folder}/world.sock"
        new = ["config", "new", "--board", "ys", "--doors", "2", "--port", str(link), "--out", str(tmp_path / "l.toml")]
        subprocess.run([sys.executable, "-m", "edge.app.cli", *new], check=True, timeout=WITHIN_S, capture_output=True)
        text = (tmp_path / "l.toml").read_text()
        text = text.replace("/var/lib/locker", f"{street.folder}/state").replace("/run/locker", str(street.folder))
        text = text.replace('"latch"', '"switch"') + f'\n[world]\nsocket = "{socket}"\n'
        street.configuration.write_text(text)
        with plugged("ys", link, 1, doors=2, extras=":closed_when_open", socket=socket):
            first = hardware("learn", "--write", learnt, says="\n" * 9, config=street.configuration)
            assert first.returncode == 1, first
            assert "Contact speaks the other way round: doors 1, 2." in first.stdout
            assert load(learnt).banks[0].options.contact == "closed_when_open"
            again = hardware("test", "--yes", "--door", "1", config=learnt)
            assert again.returncode == 0, again


def test_a_board_whose_port_is_gone_is_told_with_its_port_before_anything_is_tried(tmp_path: Path) -> None:
    file = tmp_path / "locker.toml"
    assert main(["config", "new", "--board", "ys", "--doors", "1", "--port", "/nowhere/tty", "--out", str(file)]) == 0
    text = file.read_text().replace("/var/lib/locker", str(tmp_path / "state"))
    file.write_text(text.replace("/run/locker/control.sock", str(tmp_path / "control.sock")))
    done = hardware("test", "--yes", config=file)
    assert done.returncode == 1
    assert done.stdout.startswith("Bank a: nothing can be read: port /nowhere/tty: ")


def test_a_port_that_cannot_be_asked_is_not_all_good() -> None:
    done = hardware("scan", "--ask", "--port", "/nowhere/tty")
    assert done.returncode == 1
    assert "could not be asked: port /nowhere/tty: " in done.stdout


@pytest.mark.parametrize("wanted", [("--port", "/dev/x"), ("--ask", "--port", "")])
def test_a_port_is_asked_only_when_it_is_said_which_and_that(wanted: tuple[str, ...]) -> None:
    done = hardware("scan", *wanted)
    assert (done.returncode, done.stderr) == (1, "locker: --port PATH: only with --ask, and never empty\n")
