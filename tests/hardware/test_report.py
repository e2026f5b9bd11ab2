"""`locker hardware report`: all that a stranger may know, nothing else, and signed."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.app.configuration import Configuration, load
from edge.app.hardware.kept import KINDS, MAX_RESULT_BYTES, keep, kept
from edge.app.hardware.report import BEGIN, DEVICE, FRESH, SIGNATURE, Report, check, report_of, signed, signing_key
from edge.core.errors import BadInput, NotAllowed
from sync.enrol import DEVICE_KEY_FILE, ENROLMENT_FILE
from sync.keyfiles import make_key
from tests.hardware.plugged import plugged

PRIVATE = ("Anna Schmidt", "12 Hidden Lane", "+49 170 1234567", "because Anna said so", "/home/anna")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    return made


def wall(tmp_path: Path, directory: Path, bank: str) -> Configuration:
    file = tmp_path / "locker.toml"
    file.write_text(
        f"""
[site]
number = 7
name = "Anna Schmidt"
address = "12 Hidden Lane"
telephone = "+49 170 1234567"
[[column]]
first_door = 1
sizes = ["M", "M", "M"]
[[bank]]
name = "a"
{bank}
[state]
directory = "{directory}"
[control]
socket = "{directory}/control.sock"
"""
    )
    return load(file)


def board(link: Path) -> str:
    return (
        f'driver = "ys"\nport = "{link}"\naddress = 1\ndoors = "1-3"\ncontact = "closed_when_shut"\nevidence = "switch"'
    )


def made(told: Configuration, running: str = "") -> Report:
    return report_of(told, "a desk", "today", running)


def test_the_frames_of_a_status_exchange_stand_in_it_byte_by_byte(tmp_path: Path, directory: Path) -> None:
    link = tmp_path / "board"
    with plugged("ys", link, 1, doors=3) as world:
        report = made(wall(tmp_path, directory, board(link)))
        assert [entry for entry in world.chronicle() if entry.deed == "pulse_began"] == []
    ways = [note[13:] for note in report.frames["a"]]
    assert ways[:1] == ["80 01 01 33 B3"]  # whether the adapter echoes
    assert "80 01 00 33 B2" in ways
    assert "80 01 07 33 B5" in ways
    assert report.frames["a"][-1] == "a valid answer"
    assert report.readings == {"1": "closed, switch", "2": "closed, switch", "3": "closed, switch"}
    assert report.trouble == []


def test_a_board_that_does_not_answer_is_told_as_it_is(tmp_path: Path, directory: Path) -> None:
    link = tmp_path / "board"
    with plugged("ys", link, 5, doors=3):
        report = made(wall(tmp_path, directory, board(link)))
    assert re.search(r"no valid answer within [0-9.]+ s, nothing", report.frames["a"][-1])
    assert set(report.readings.values()) == {"unknown, switch"}


def test_no_board_is_asked_while_the_locker_runs(tmp_path: Path, directory: Path) -> None:
    report = made(wall(tmp_path, directory, board(tmp_path / "nothing")), "the locker runs (pid 12)")
    assert (report.frames, report.readings) == ({}, {})
    assert report.trouble == ["no board was asked: the locker runs (pid 12)"]


def test_what_is_nobodys_business_is_not_in_it(tmp_path: Path, directory: Path) -> None:
    pins = (
        'driver = "gpio"\nfactory = "mock"\ncutoff = "none"\naccept_no_cutoff = "because Anna said so"\n'
        'mock_file = "/home/anna/pins"\n'
        "doors = [{door = 1, lock_pin = 17, feedback_pin = 4}, {door = 2, lock_pin = 27, feedback_pin = 5},\n"
        "{door = 3, lock_pin = 22, feedback_pin = 6}]"
    )
    keep(directory, "learn", {"stopped": "world /home/anna/world.sock: gone"})
    make_key(directory / DEVICE_KEY_FILE, os.urandom)
    report = made(wall(tmp_path, directory, pins), "the locker runs")
    text = signed(report, Ed25519PrivateKey.generate(), FRESH)
    assert [word for word in (*PRIVATE, str(tmp_path)) if word in text] == []
    key_lines = (directory / DEVICE_KEY_FILE).read_text().splitlines()[1:-1]
    assert not any(line in text for line in key_lines)
    assert '"accept_no_cutoff": "(given)"' in text
    check(text)


def test_the_newest_results_are_in_it(tmp_path: Path, directory: Path) -> None:
    keep(directory, "soak", {"cycles_done": 1})
    keep(directory, "soak", {"cycles_done": 2})
    report = made(wall(tmp_path, directory, board(tmp_path / "nothing")), "the locker runs")
    assert report.results == {"learn": None, "test": None, "soak": {"cycles_done": 2}}


# -- the signature ----------------------------------------------------------------------------------------------------


@pytest.fixture
def text(tmp_path: Path, directory: Path) -> str:
    report = made(wall(tmp_path, directory, board(tmp_path / "nothing")), "the locker runs")
    return signed(report, Ed25519PrivateKey.generate(), FRESH)


def test_a_report_is_unchanged_whatever_a_mail_does_around_it(text: str) -> None:
    mailed = "Hello,\r\n\r\n" + text.replace("\n", "  \r\n") + "\r\nbye"
    assert check(mailed) == check(text)
    assert check(text).of == FRESH


def test_one_changed_letter_is_found(text: str) -> None:
    with pytest.raises(NotAllowed, match="was changed after it was made"):
        check(text.replace('"a desk"', '"a wall"'))


def test_another_key_beside_the_same_signature_is_found(text: str) -> None:
    with pytest.raises(NotAllowed, match="does not hold"):
        check(text.replace(check(text).key, Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()))


@pytest.mark.parametrize("spoilt", ["", "hello", BEGIN, "{}"])
def test_what_is_no_report_is_said_to_be_none(text: str, spoilt: str) -> None:
    with pytest.raises(BadInput, match="no hardware report"):
        check(spoilt)
    with pytest.raises(BadInput, match="no hardware report"):
        check(text.replace(SIGNATURE, spoilt))


def test_an_enrolled_site_signs_with_its_device_key(directory: Path) -> None:
    assert signing_key(directory, os.urandom)[1] == FRESH
    key = make_key(directory / DEVICE_KEY_FILE, os.urandom)
    (directory / ENROLMENT_FILE).write_bytes(b"")
    found, of = signing_key(directory, os.urandom)
    assert of == DEVICE
    assert found.private_bytes_raw() == key.private_bytes_raw()


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_one_result_of_each_kind_is_kept_for_its_owner_only(directory: Path) -> None:
    for number in range(3):
        for kind in KINDS:
            keep(directory, kind, {"number": number})
    files = sorted((directory / "hardware").iterdir())
    assert [file.name for file in files] == ["learn.json", "soak.json", "test.json"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert kept(directory, "learn") == {"number": 2}


def test_what_root_keeps_belongs_to_the_owner_of_the_state() -> None:
    owner = 65534 if os.geteuid() == 0 else os.geteuid()  # only root may choose
    with tempfile.TemporaryDirectory() as folder:  # not below pytest's, into which only its owner may look
        directory = Path(folder)
        os.chown(directory, owner, -1)
        keep(directory, "learn", {})
        assert (directory / "hardware" / "learn.json").stat().st_uid == owner
        assert kept(directory, "learn") == {}
    assert os.geteuid() == os.getuid()


def test_a_result_beyond_the_limit_is_refused(directory: Path) -> None:
    with pytest.raises(BadInput, match=f"limit {MAX_RESULT_BYTES}"):
        keep(directory, "learn", "x" * MAX_RESULT_BYTES)
    assert kept(directory, "learn") is None


def test_a_result_that_was_spoilt_is_named(directory: Path) -> None:
    keep(directory, "learn", {})
    (directory / "hardware" / "learn.json").write_bytes(b"{")
    with pytest.raises(BadInput, match=r"learn\.json"):
        kept(directory, "learn")


def test_a_report_reads_as_json_between_its_marks(text: str) -> None:
    body = text.partition(BEGIN)[2].partition(SIGNATURE)[0]
    assert msgspec.json.decode(body)["banks"]["a"]["options"]["address"] == 1
