"""`locker bundle` and `locker replay`, as processes of their own."""

from __future__ import annotations

import gzip
import json
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.app.configuration import load
from edge.app.incident.files import MAX_FILE_BYTES, MAX_LINE_BYTES, RING_FILE, write
from edge.app.incident.telling import head_of, ring_lines
from tests.app.street import DOORS, Street, locker, refused
from tests.core.desk import Desk, sent

JOURNAL = Path("state", "journal.sqlite")
SECRETS = {"camera": "rtsp://ada:hunter2@192.0.2.1/", "cloud": "https://site7:opensesame@hub.example"}


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with Street() as made:
        made.run(WATCHDOG_USEC="400000")
        assert made.locker("open", "3", "--reason", "the lamp is out").returncode == 0
        with made.people() as world:
            world.do("shut", door=3)
        made.until(lambda: "opening_ended" in made.kinds())
        yield made


@pytest.fixture(scope="module")
def bundle(street: Street) -> Path:
    file = street.folder / "incident.gz"
    done = street.locker("bundle", file)
    assert done.returncode == 0, done
    assert done.stdout.startswith(f"{file}: ")
    assert done.stdout.endswith(" bytes, of the running locker\n")
    return file


@pytest.fixture(scope="module")
def at_rest() -> Iterator[Street]:
    """A locker that has run, and was killed."""
    with Street(world=False) as made:
        made.ended(made.run(), signal.SIGKILL)
        yield made


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def packed(file: Path, text: bytes) -> Path:
    file.write_bytes(gzip.compress(text))
    return file


# -- a bundle ---------------------------------------------------------------------------------------------------------


def test_a_bundle_holds_configuration_versions_health_ring_and_rows(street: Street, bundle: Path) -> None:
    head, *rest = lines(bundle)
    assert head["site"]["number"] == 7
    assert len(head["site"]["compartments"]) == DOORS
    assert head["configuration"]["kiosk"]["port"] == 0
    assert head["health"]["head"] >= 6
    assert {"locker-edge", "python", "sqlite", "msgspec"} <= head["versions"].keys()
    assert {line["line"] for line in rest} == {"segment", "note", "row", "end"}
    assert [line["seq"] for line in rest if line["line"] == "row"] == list(range(1, head["health"]["head"] + 1))
    assert rest[-1] == {"line": "end", "lines": len(rest)}


def test_a_bundle_is_its_owners_alone_and_replaces_no_file(street: Street, bundle: Path) -> None:
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    line = refused(street.locker("bundle", bundle))
    assert line == f"locker: {bundle}: exists already; a bundle never replaces a file"
    assert refused(street.locker("bundle", "/nowhere/incident.gz")).endswith("no such file or directory")


def test_i11_passwords_of_the_configuration_are_not_in_a_bundle(at_rest: Street) -> None:
    told = at_rest.folder / "secret.toml"
    camera = f'[camera]\nsource = "{SECRETS["camera"]}"\n'
    told.write_text(at_rest.configuration.read_text() + camera + f'[cloud]\nurl = "{SECRETS["cloud"]}"\n')
    file = at_rest.folder / "secret.gz"
    done = locker("bundle", file, "--config", told)
    assert done.returncode == 0, done
    text = gzip.decompress(file.read_bytes())
    assert b"rtsp://192.0.2.1/" in text
    assert b"https://hub.example" in text
    assert not any(word in text for word in (b"hunter2", b"opensesame", b"ada:", b"site7:"))


def test_of_a_locker_that_does_not_run_the_journal_is_bundled_and_the_ring_is_gone(at_rest: Street) -> None:
    file = at_rest.folder / "rest.gz"
    done = at_rest.locker("bundle", file)
    assert done.returncode == 0, done
    assert "the last inputs are gone with the process that knew them" in done.stdout
    replayed = locker("replay", file)
    assert replayed.returncode == 0, replayed
    assert "no inputs to decide again: none: no locker runs, and none left one behind" in replayed.stdout


def test_a_ring_that_a_failed_life_left_behind_is_taken_along(at_rest: Street) -> None:
    desk = Desk(stands={3: sent("JD0003")})
    desk.scan(desk.code(sent("JD0003")))
    desk.take(3)
    head = head_of(load(at_rest.configuration), desk.site, health=None, ring="of this life")
    left = at_rest.folder / "state" / RING_FILE
    write(left, [head, *ring_lines(desk.again.ring, desk.site)])
    file = at_rest.folder / "left.gz"
    done = at_rest.locker("bundle", file)
    left.unlink()
    assert "its ring is of a life that failed" in done.stdout
    replayed = locker("replay", file, "--json")
    said = json.loads(replayed.stdout)
    assert said["inputs"] == sum(len(segment.notes) for segment in desk.again.ring.segments)
    assert replayed.returncode == (1 if said["differences"] else 0)


def test_a_ring_left_behind_that_is_no_ring_is_said_and_not_taken(at_rest: Street) -> None:
    left = at_rest.folder / "state" / RING_FILE
    left.write_bytes(b"nonsense")
    file = at_rest.folder / "nonsense.gz"
    done = at_rest.locker("bundle", file)
    left.unlink()
    assert (done.returncode, "unreadable" in done.stdout) == (0, True), done
    assert locker("replay", file).returncode == 0


# -- on the desk ------------------------------------------------------------------------------------------------------


def test_a_bundle_of_a_whole_locker_is_whole_on_the_desk(bundle: Path) -> None:
    done = locker("replay", bundle)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "site 7 (Station Road), written by release" in done.stdout
    assert "anchored to 0, " in done.stdout
    assert "checks: no violations" in done.stdout
    assert "decided again: no differences" in done.stdout


def test_the_past_of_a_door_is_told_in_sentences(bundle: Path) -> None:
    told = locker("replay", bundle, "--door", "3").stdout
    first, *_ = told.splitlines()
    assert "Opening 1 of door 3 authorised for service by technician." in first
    assert "Door 3 opened (seen by its switch)." in told
    assert "because: the lamp is out." in told
    fields = json.loads(locker("replay", bundle, "--door", "4", "--json").stdout)
    assert (fields["timeline"], fields["violations"], fields["differences"]) == ([], [], [])


def test_a_journal_at_rest_is_folded_and_checked_too(at_rest: Street) -> None:
    done = locker("replay", at_rest.folder / JOURNAL)
    assert done.returncode == 0, done
    assert "rows 1 to 1 of 1 epochs, boots 1 to 1; folded from row 1" in done.stdout
    assert "no inputs to decide again: a journal has none" in done.stdout


def test_the_journal_of_a_running_locker_is_left_alone(street: Street) -> None:
    assert "is held by process" in refused(locker("replay", street.folder / JOURNAL))


def test_an_altered_row_and_an_altered_note_are_exit_code_1_and_named(bundle: Path) -> None:
    *kept, _ = lines(bundle)
    row = next(line for line in kept if line.get("kind") == "door_opened")
    row["payload"] = row["payload"].replace('"switch"', '"person"')
    altered = bundle.with_name("altered.gz")
    write(altered, [msgspec.Raw(json.dumps(line).encode()) for line in kept])
    done = locker("replay", altered)
    assert done.returncode == 1, done
    assert f"row {row['seq']}: i4_chained" in done.stdout
    assert f"row {row['seq']}: i5_seen: door_opened of door 3 on evidence person" in done.stdout
    assert "Levels(" in done.stdout
    assert "events: expected DoorOpened(" in done.stdout


@pytest.mark.parametrize("label", ["JD014600006281", "00112233445566ff"])
def test_a_parcel_that_was_never_here_has_no_past(bundle: Path, label: str) -> None:
    assert json.loads(locker("replay", bundle, "--parcel", label, "--json").stdout)["timeline"] == []


# -- what is no bundle ------------------------------------------------------------------------------------------------


def without_end(bundle: Path) -> bytes:
    return b"".join(line + b"\n" for line in gzip.decompress(bundle.read_bytes()).splitlines()[:-1])


BROKEN: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "nothing": (lambda file, _: file.write_bytes(b""), "neither an incident bundle nor a journal"),
    "garbage": (lambda file, _: file.write_bytes(b"\x00garbage" * 99), "neither an incident bundle nor a journal"),
    "half": (
        lambda file, whole: file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2]),
        "cut off or damaged",
    ),
    "no_end": (lambda file, whole: packed(file, without_end(whole)), "cut off after line"),
    "a_line_less": (
        lambda file, whole: packed(file, b"\n".join(gzip.decompress(whole.read_bytes()).split(b"\n")[1:])),
        "no incident bundle",
    ),
    "a_later_form": (
        lambda file, whole: packed(file, gzip.decompress(whole.read_bytes()).replace(b'"form":1', b'"form":2', 1)),
        "a bundle of form 2; this release reads form 1",
    ),
    "other_books": (
        lambda file, whole: packed(
            file, gzip.decompress(whole.read_bytes()).replace(b'"fold_version":', b'"fold_version":9', 1)
        ),
        "whose books have version 9",
    ),
    "another_gzip": (lambda file, _: packed(file, b"hello\n"), "no incident bundle"),
    "another_line": (
        lambda file, whole: packed(
            file, gzip.decompress(whole.read_bytes()).replace(b'"line":"row"', b'"line":"raw"', 1)
        ),
        "Invalid value 'raw'",
    ),
    "huge": (lambda file, _: file.write_bytes(b"\x1f\x8b" + bytes(MAX_FILE_BYTES)), f"limit {MAX_FILE_BYTES}"),
    "endless": (lambda file, _: packed(file, b"x" * (MAX_LINE_BYTES + 2)), "more than a bundle may hold, at line 1"),
    "no_journal": (lambda file, _: file.write_bytes(b"SQLite format 3\x00" + bytes(4096)), "cannot be read"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_no_bundle_is_refused_in_one_line(how: str, bundle: Path, tmp_path: Path) -> None:
    make, why = BROKEN[how]
    file = tmp_path / "file.gz"
    make(file, bundle)
    line = refused(locker("replay", file))
    assert line.startswith("locker: ")
    assert why in line


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    assert refused(locker("replay", tmp_path / "none")) == f"locker: {tmp_path / 'none'}: no such file or directory"
