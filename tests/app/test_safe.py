"""`locker safe` beside a daemon that runs."""

from __future__ import annotations

from tests.app.street import Street, refused


def test_i8_a_daemon_that_runs_is_named_and_left_alone(running: Street) -> None:
    pid = running.ask("status")["pid"]
    assert refused(running.locker("safe")) == (
        f"locker: the locker runs as process {pid} and has the locks; nothing was sent: stop it first"
    )
    assert running.ask("status")["pid"] == pid
