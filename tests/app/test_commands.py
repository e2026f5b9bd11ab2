"""Every command of a technician, as a process of its own, against a locker that runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.app.cli import main
from edge.core.errors import NotAllowed
from tests.app.street import DOORS, Street, locker, refused


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with Street() as made:
        made.run(WATCHDOG_USEC="400000")
        yield made


@pytest.fixture(scope="module")
def at_rest() -> Iterator[Street]:
    """A locker that has run, and was stopped."""
    with Street(world=False) as made:
        made.ended(made.run(), signal.SIGTERM)
        yield made


# -- asking -----------------------------------------------------------------------------------------------------------


def test_status_says_everything_on_one_page(street: Street) -> None:
    status = street.said("status")
    assert {
        "site", "version", "boot", "uptime_s", "not_shut", "openings", "faults", "alarms", "space", "clock", "epoch",
        "head", "watermark", "unsent", "online", "link", "camera", "enrolled", "memory_kib",
    } <= status.keys()  # fmt: skip
    assert (status["site"], status["enrolled"], status["link"]) == (7, False, "the site is not enrolled")
    shown = street.locker("status").stdout
    assert "Station Road" in shown
    assert "the site is not enrolled" in shown
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_doors_are_a_table_with_a_row_each(street: Street) -> None:
    rows = street.locker("doors").stdout.splitlines()
    assert rows[0].split()[:4] == ["door", "size", "state", "compartment"]
    assert [int(row.split()[0]) for row in rows[1:]] == list(range(1, DOORS + 1))
    assert [door["door"] for door in street.said("doors")] == list(range(1, DOORS + 1))


def test_parcels_are_none_in_an_empty_locker(street: Street) -> None:
    assert street.ask("parcels") == []
    assert street.locker("parcels").stdout == "no parcels\n"


def test_a_locker_that_does_not_run_is_one_line(at_rest: Street) -> None:
    line = refused(at_rest.locker("status"))
    assert line == f"locker: no locker answers at {at_rest.control}: no such file or directory"


# -- acting -----------------------------------------------------------------------------------------------------------


def test_open_says_what_the_switch_saw_and_journals_who_and_why(street: Street) -> None:
    done = street.locker("open", "3", "--reason", "the lamp is out")
    assert (done.returncode, done.stdout) == (0, "door 3 is open (seen by its switch)\n")
    journal = street.locker("journal", "show", "--last", "3").stdout
    assert "open at door 3, because: the lamp is out." in journal
    with street.people() as world:
        assert world.doors()[3]["position"] != "shut"
        world.do("shut", door=3)


def test_a_jammed_door_is_said_to_be_jammed(street: Street) -> None:
    with street.people() as world:
        world.set_fault("jam", 4)
        assert "door 4 is jammed" in refused(street.locker("open", "4", "--reason", "it clicks only"))
        world.clear_fault("jam", 4)
    assert street.ask("in_service", door=4, reason="oiled")["text"] == "compartment 4 is review"


def test_out_of_service_and_back(street: Street) -> None:
    out = street.locker("out-of-service", "1", "--reason", "hinge")
    assert out.stdout == "compartment 1 is out of service\n"
    assert street.ask("doors")[0]["compartment"] == "out_of_service"
    assert street.said("in-service", "1", "--reason", "new hinge")["text"] == "compartment 1 is review"


def test_empty_frees_what_somebody_looked_into(street: Street) -> None:
    assert street.locker("empty", "2", "--reason", "looked").stdout == "compartment 2 is free\n"
    assert "not in review" in refused(street.locker("empty", "2", "--reason", "looked again"))


def test_an_alarm_is_cleared_by_name(street: Street) -> None:
    with street.people() as world:
        world.do("force", door=2)
        street.until(lambda: bool(street.ask("status")["alarms"]))
        world.do("shut", door=2)
    alarms = street.ask("status")["alarms"]
    alarm = alarms[0]["alarm"]
    assert street.locker("alarms", "clear", alarm, "--reason", "police were here").stdout == f"alarm {alarm} cleared\n"
    with pytest.raises(NotAllowed, match="no alarm"):
        street.ask("clear_alarm", alarm=alarm, reason="again")


@pytest.mark.parametrize(
    ("door", "reason", "said"),
    [
        (99, "curiosity", "no door 99"),
        (3, " ", "a reason of 1 to 200 characters is needed"),
        (3, "x" * 201, "a reason of 1 to 200 characters is needed"),
    ],
)
def test_what_the_locker_refuses_says_why(street: Street, door: int, reason: str, said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        street.ask("open", door=door, reason=reason)


def test_what_the_locker_refuses_is_one_line(street: Street) -> None:
    assert refused(street.locker("open", "99", "--reason", "curiosity")) == "locker: no door 99 in this wall"


# -- the journal ------------------------------------------------------------------------------------------------------


def test_the_journal_of_a_running_locker_is_shown_verified_and_exported_by_it(street: Street) -> None:
    _journal_is_shown_verified_and_exported(street)


def test_the_journal_of_a_stopped_locker_is_shown_verified_and_exported_from_its_file(at_rest: Street) -> None:
    _journal_is_shown_verified_and_exported(at_rest)


def _journal_is_shown_verified_and_exported(street: Street) -> None:
    rows = [json.loads(line) for line in street.locker("journal", "show", "--json").stdout.splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["kind"] == "started"
    assert rows[0]["event"]["sentence"].startswith("Started, release ")
    verified = street.locker("journal", "verify")
    assert verified.returncode == 0
    assert verified.stdout.startswith(f"rows 1 to {len(rows)}: whole;")

    header, *exported = map(json.loads, street.locker("journal", "export").stdout.splitlines())
    assert header["journal"] == 7
    assert header["before"][0] == 0
    assert [row["hash"] for row in exported] == [row["hash"] for row in rows]


def test_a_journal_that_was_altered_is_said_to_be(at_rest: Street) -> None:
    import apsw  # the journal's own SQLite

    copy = at_rest.folder / "copy.sqlite"
    copy.write_bytes((at_rest.folder / "state/journal.sqlite").read_bytes())
    with apsw.Connection(str(copy)) as database:
        database.execute("UPDATE rows SET payload = x'7b7d' WHERE seq = 1")
    database.close()
    done = at_rest.locker("journal", "verify", "--file", copy)
    assert done.returncode == 1
    assert "row 1 (started) does not match its hash" in done.stdout


def test_a_journal_that_cannot_be_opened_is_set_aside_and_the_next_start_begins_a_new_one() -> None:
    with Street(world=False) as street:
        journal = street.folder / "state/journal.sqlite"
        journal.parent.mkdir(mode=0o700)
        assert "there is none" in refused(street.locker("journal", "set-aside"))
        journal.write_bytes(b"no database" * 1000)
        assert "file is not a database" in refused(street.locker("run"))
        assert street.locker("journal", "set-aside").stdout.startswith(f"set aside as {journal}.aside.1;")
        daemon = street.run()
        assert street.kinds() == ["started"]
        assert "held by process" in refused(street.locker("journal", "set-aside"))
        street.ended(daemon, signal.SIGTERM)
        assert Path(f"{journal}.aside.1").read_bytes().startswith(b"no database")


def test_the_journal_of_another_site_is_not_taken(at_rest: Street) -> None:
    other = at_rest.folder / "other.toml"
    other.write_text(at_rest.configuration.read_text().replace("number = 7", "number = 8"))
    assert "site 7" in refused(locker("run", "--config", other))


# -- the rest ---------------------------------------------------------------------------------------------------------


def test_config_check_says_good_or_every_line(street: Street) -> None:
    good = locker("config", "check", street.configuration)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout == f"{street.configuration}: good: site 7, 4 doors on a (sim, 4 doors)\n"
    broken = street.folder / "broken.toml"
    broken.write_text(street.configuration.read_text() + "[kiosk.colour]\n[camera]\nsauce = 1\n")
    done = locker("config", "check", broken)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [str(broken)] * 2


def test_the_example_passes_its_check(street: Street) -> None:
    file = street.folder / "example.toml"
    file.write_text(locker("config", "example").stdout)
    done = locker("config", "check", file)
    assert done.stdout == f"{file}: good: site 7, 24 doors on a (sim, 24 doors)\n", done


def test_decode_is_the_cameras_pipeline_on_pictures(street: Street) -> None:
    done = locker("decode", "--json", street.configuration)
    assert done.returncode == 1
    assert json.loads(done.stdout)["file"] == str(street.configuration)


def test_a_second_world_on_the_same_socket_is_refused(street: Street) -> None:
    line = refused(street.locker("world"))
    assert line == f"locker: world: another world is served at {street.folder}/world.sock"


def test_an_enrolment_needs_a_hub(street: Street) -> None:
    assert "cloud.url is empty" in refused(street.locker("enrol", "ABCD-EFGH"))


@pytest.mark.parametrize("arguments", [[], ["fly"], ["open", "3"], ["journal"], ["doors", "--jason"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: locker")


def test_a_time_reset_that_the_root_did_not_sign_changes_nothing(street: Street, tmp_path: Path) -> None:
    document = tmp_path / "reset"
    document.write_bytes(b"no document of the root")
    line = refused(street.locker("time-reset", str(document), "--reason", "the floor lies in 2061"))
    assert line == "locker: refused: malformed"
    assert refused(street.locker("time-reset", str(tmp_path), "--reason", "x")).endswith(": is a directory")
    assert street.said("status")["alarms"] == []
