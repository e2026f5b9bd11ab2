"""Commissioning is for an empty wall with the locker stopped: nothing that it opens is journaled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.app.configuration import JOURNAL_FILE, Configuration, load
from edge.app.hardware.contents import doors_with_parcels
from edge.app.hardware.standstill import standstill
from edge.app.hardware.template import template
from edge.core.errors import JournalHeld, NotAllowed
from edge.core.fold import freeze
from edge.core.rows import Entry, Stamp
from edge.core.state import FOLD_VERSION, Parcel, State
from edge.core.words import ParcelState
from edge.journal import Journal

STAMP = Stamp(boot=1, mono_ms=1000, wall_ms=1_800_000_000_000, trust="ntp")


@pytest.fixture
def told(tmp_path: Path) -> Configuration:
    text = template("sim", 6, "").replace("/var/lib/locker", f"{tmp_path}/state").replace("/run/locker", str(tmp_path))
    (tmp_path / "locker.toml").write_text(text)
    return load(tmp_path / "locker.toml")


def opened(told: Configuration) -> Journal:
    told.directory.mkdir(exist_ok=True)
    path = str(told.directory / JOURNAL_FILE)
    return Journal.open(path, site=1, fold_version=FOLD_VERSION, machine_id="desk", random_bytes=os.urandom)


def life(told: Configuration, **doors: int) -> None:
    """A journal at rest whose books have one parcel of each of these states, behind these doors."""
    parcels = [Parcel(f"{door:016x}", "", "acme", ParcelState(state), door=door) for state, door in doors.items()]
    state = State(head=1, boot=1, parcels={parcel.id: parcel for parcel in parcels})
    journal = opened(told)
    journal.begin_boot()
    journal.append([Entry("health_changed", b"{}")], STAMP, snapshot=freeze(state))
    journal.close()


def test_a_new_wall_has_no_journal_and_nothing_inside(told: Configuration) -> None:
    with standstill(told):
        assert doors_with_parcels(told.directory / JOURNAL_FILE) == ()


def test_an_empty_wall_that_was_in_service_may_be_commissioned_again(told: Configuration) -> None:
    life(told, collected=3, gone=4, announced=0)
    with standstill(told):
        pass


@pytest.mark.parametrize("state", ["standing", "leaving", "overdue", "returning", "uncertain"])
def test_where_something_stands_or_may_stand_nothing_is_opened(told: Configuration, state: str) -> None:
    life(told, **{state: 2})
    with pytest.raises(NotAllowed, match=r"parcels stand behind door 2, .* locker open DOOR --reason"):
        with standstill(told):
            raise AssertionError("must not be entered")
    with standstill(told, reading_only=True):
        pass  # a report opens nothing


def test_neither_can_start_under_the_other(told: Configuration) -> None:
    with standstill(told):
        with pytest.raises(JournalHeld, match=f"held by process {os.getpid()}"):
            opened(told)
    journal = opened(told)
    with pytest.raises(NotAllowed, match=f"held by process {os.getpid()}; stop it first"):
        with standstill(told):
            raise AssertionError("must not be entered")
    journal.close()
    with standstill(told):
        pass


def test_a_state_directory_that_cannot_be_had_is_one_line(told: Configuration) -> None:
    told.directory.write_text("a file")
    with pytest.raises(NotAllowed, match=f"state directory {told.directory}: "):
        with standstill(told):
            raise AssertionError("must not be entered")
