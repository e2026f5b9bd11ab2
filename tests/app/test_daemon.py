"""`locker run` as the service manager knows it: it starts, says so, is refused, is killed, comes back."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import urllib3

from tests.app.street import Street, locker, refused


@pytest.fixture
def street() -> Iterator[Street]:
    with Street(world=False) as made:
        yield made


def test_ready_and_then_the_watchdog_reach_the_service_manager(running: Street) -> None:
    for _ in range(2):
        running.manager.hears("WATCHDOG=1")


def test_when_it_is_ready_the_page_and_the_socket_answer(running: Street) -> None:
    address = running.ask("status")["kiosk"]
    assert address.startswith("http://127.0.0.1:")
    with urllib3.PoolManager() as browser:
        assert browser.request("GET", f"{address}healthz").data == b"ok\n"
        assert b'data-screen="out_of_order"' in browser.request("GET", address).data


def test_whoever_starts_it_by_hand_is_told_where_its_screen_is(street: Street) -> None:
    daemon = street.run()
    assert daemon.stdout is not None
    assert daemon.stdout.readline() == f"locker: site 7 is ready; its screen is {street.ask('status')['kiosk']}\n"


def test_without_a_world_the_locker_runs_and_its_doors_are_unknown(running: Street) -> None:
    status = running.ask("status")
    assert set(status["not_shut"].values()) == {"unknown"}
    assert status["screen"] == "out_of_order"


def test_a_second_daemon_is_refused_with_the_pid_of_the_first(running: Street) -> None:
    pid = running.ask("status")["pid"]
    assert f"is held by process {pid}" in refused(running.locker("run"))
    assert running.ask("status")["pid"] == pid, "the first one's sockets are untouched"


def test_sigterm_stops_in_order_and_leaves_no_socket(street: Street) -> None:
    daemon = street.run()
    code, said = street.ended(daemon, signal.SIGTERM)
    assert (code, said) == (0, "")
    street.manager.hears("STOPPING=1")
    assert not street.control.exists()
    last = street.locker("journal", "show", "--last", "1", "--json")
    assert '"kind":"stopped"' in last.stdout
    assert "SIGTERM" in last.stdout


def test_after_kill_9_the_next_start_takes_over_and_adopts_the_open_door() -> None:
    with Street() as street:
        _killed_while_a_door_stands_open(street)


def _killed_while_a_door_stands_open(street: Street) -> None:
    daemon = street.run()
    street.ask("open", door=2, reason="to be killed")
    street.ended(daemon, signal.SIGKILL)
    assert street.control.exists(), "nobody was there to remove it"

    street.run()
    status = street.ask("status")
    assert status["boot"] == 2
    assert status["not_shut"] == {"2": "open"}
    assert [(one["door"], one["adopted"]) for one in status["openings"]] == [(2, True)]
    with street.people() as world:
        pulses = [entry for entry in world.chronicle() if entry.deed == "pulse_began"]
    assert len(pulses) == 1, "start-up never pulses"


def test_a_port_in_use_is_one_line(street: Street) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        street.put("port = 0", f"port = {port}")
        line = refused(street.locker("run"))
    assert line == f"locker: screen: cannot listen on 127.0.0.1 port {port}: address already in use"


def test_a_database_that_is_none_is_one_line(street: Street) -> None:
    file = street.folder / "state/journal.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"no database, whatever its name says" * 200)
    line = refused(street.locker("run"))
    assert str(file) in line
    assert "not a database" in line
    assert str(file) in refused(street.locker("journal", "show"))


def test_a_database_of_another_program_is_one_line(street: Street) -> None:
    file = street.folder / "state/journal.sqlite"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE songs (name TEXT)")
    assert str(file) in refused(street.locker("run"))
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM songs").fetchall() == [(0,)], "it is left as it was"


def test_a_state_directory_that_cannot_be_had_is_one_line(street: Street) -> None:
    (street.folder / "state").write_text("a file")
    line = refused(street.locker("run"))
    assert line == f"locker: state directory {street.folder}/state: file exists"


@pytest.mark.parametrize("command", ["run", "status", "world", "journal verify"])
def test_a_missing_configuration_is_one_line(command: str) -> None:
    line = refused(locker(*command.split(), "--config", "/nowhere/locker.toml"))
    assert line == "/nowhere/locker.toml: no such file or directory"


def test_a_bank_on_pins_is_put_together_as_configured(street: Street) -> None:
    bank = """
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
closed = "high"
"""
    street.add(bank)
    street.run()
    nine = next(door for door in street.ask("doors") if door["door"] == 9)
    assert (nine["state"], nine["evidence"]) == ("closed", "switch")


def test_whatever_the_state_directory_holds_is_its_owners(street: Street) -> None:
    """A journal that root looks at stays readable for the daemon's own user."""
    own = 65534 if os.geteuid() == 0 else os.geteuid()
    daemon = street.run()
    street.ended(daemon, signal.SIGTERM)
    state = street.folder / "state"
    for path in (street.folder, state, *state.iterdir()):
        if os.geteuid() == 0:
            os.chown(path, own, own)
    (state / "journal.sqlite.lock").unlink(missing_ok=True)
    assert street.locker("journal", "verify").returncode == 0
    assert {path.stat().st_uid for path in _files(state)} == {own}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]
