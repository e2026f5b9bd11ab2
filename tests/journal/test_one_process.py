"""Real processes on a real file: one owner, named to the second; `kill -9` loses nothing acknowledged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.core.errors import JournalHeld
from edge.journal import Journal, JournalLimits, show
from tests.journal.card import chance, payloads

_ROOT = Path(__file__).parents[2]

# Appends for ever; writes the number of each row to its output once it is durable.
_WRITER = """
    import os, sys
    from edge.core.errors import LockerError
    from edge.core.rows import Entry, Stamp
    from edge.journal import Journal, JournalLimits

    try:
        journal = Journal.open(
            sys.argv[1], site=7, fold_version=1, machine_id="m", random_bytes=os.urandom,
            limits=JournalLimits(ballast=4096, wal_idle_pages=32, wal_bound_pages=64),
        )
    except LockerError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    boot = journal.begin_boot()
    print("ready", journal.head.seq, flush=True)
    while True:
        number = journal.head.seq + 1
        (row,) = journal.append([Entry("door_opened", b"%d" % number)], Stamp(boot, 0, 0, "ntp"))
        print(row.seq, flush=True)
"""


@contextmanager
def _writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", textwrap.dedent(_WRITER), str(path)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _decode(_kind: str, payload: bytes) -> object:
    return payload.decode()


def _open(path: Path) -> Journal:
    return Journal.open(
        str(path), site=7, fold_version=1, machine_id="m", random_bytes=chance(1), limits=JournalLimits(ballast=4096)
    )


def test_a_second_daemon_is_refused_in_one_line_that_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with _writer(path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready 0\n"
        with _writer(path) as second:
            _, complaint = second.communicate(timeout=20)
        assert complaint == f"JournalHeld: journal {path} is held by process {first.pid}\n"
        assert second.returncode == 1
        with pytest.raises(JournalHeld, match=f"held by process {first.pid}$"):
            _open(path)
        with pytest.raises(JournalHeld, match=f"held by process {first.pid}$"):
            list(show.export(str(path), _decode))
        number = int(first.stdout.readline())
        assert first.stdout.readline() == f"{number + 1}\n"  # undisturbed


def test_a_lock_file_that_a_dead_process_left_holds_nobody(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    (tmp_path / "journal.db.pid").write_text("1\n")
    _open(path).close()


def test_kill_9_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    moments = random.Random(9)
    acknowledged = unheard = 0
    for _ in range(12):
        with _writer(path) as process:
            assert process.stdout is not None
            head = int(process.stdout.readline().split()[1])
            assert head >= acknowledged
            unheard += head - acknowledged
            for _ in range(moments.randrange(1, 120)):
                acknowledged = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            acknowledged = max([acknowledged, *(int(line) for line in process.stdout if line.endswith("\n"))])
    journal = _open(path)
    assert journal.boot == 12
    assert journal.head.seq >= acknowledged
    assert payloads(journal) == [b"%d" % number for number in range(1, journal.head.seq + 1)]
    assert journal.verify(None).whole
    journal.close()
