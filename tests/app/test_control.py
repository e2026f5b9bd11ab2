"""The control socket: the kernel says who asks, and nobody can make it wait, grow or guess."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from edge.control.peers import Rule, judged
from edge.control.wire import CLIENTS_LIMIT, LINE_LIMIT
from tests.app.street import WITHIN_S, Street

NOBODY = 65534
RULE = Rule(own_uid=990, read_groups=frozenset({"locker", "watch"}), act_groups=frozenset({"locker"}))


@pytest.mark.parametrize(
    ("uid", "groups", "may_read", "may_act"),
    [
        (0, [], True, True),  # root
        (990, [], True, True),  # the daemon's own user
        (1000, ["users", "locker"], True, True),
        (1000, ["watch"], True, False),
        (1000, ["users", "sudo"], False, False),
        (1000, [], False, False),
        (NOBODY, ["nogroup"], False, False),
    ],
)
def test_who_may_ask_and_who_may_act(uid: int, groups: list[str], may_read: bool, may_act: bool) -> None:
    person = judged(uid, "somebody", groups, RULE)
    assert (person.may_read, person.may_act) == (may_read, may_act)


def test_who_may_act_may_also_read() -> None:
    rule = Rule(own_uid=990, act_groups=frozenset({"locker"}))
    assert judged(1000, "somebody", ["locker"], rule).may_read


def test_the_kernel_names_the_person_and_a_stranger_is_refused(running: Street) -> None:
    """As another user where this one may become one; otherwise as the daemon's own user, who may ask."""
    is_root = os.geteuid() == 0
    for path in (running.folder, running.control):
        path.chmod(0o755 if path.is_dir() else 0o666)
    asking = f"""
import os, socket
if {is_root}:  # become somebody whom the daemon does not know
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
line = socket.socket(socket.AF_UNIX)
line.settimeout({WITHIN_S})
line.connect({str(running.control)!r})
try:
    line.sendall(b'{{"op":"status"}}\\n')
except BrokenPipeError:
    pass
print(line.makefile().readline())
"""
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=False, timeout=WITHIN_S)
    said = json.loads(done.stdout)
    if is_root:
        assert said["kind"] == "NotAllowed"
        assert said["error"].endswith("is in no group that may ask")
    else:
        assert said["ok"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"hello\n", "BadInput"),
        (b"\xff\xfe\n", "BadInput"),
        (b"[]\n", "BadInput"),
        (b'{"op":"status","colour":"red"}\n', "BadInput"),
        (b'{"op":"open","door":-1}\n', "BadInput"),
        (b'{"op":"fly"}\n', "BadInput"),
        (b'{"op":"open","door":3}\n', "NotAllowed"),  # without a reason
        (b'{"op":"' + b"x" * LINE_LIMIT + b'"}\n', "BadInput"),
    ],
)
def test_what_is_no_request_is_refused_and_harms_nobody(running: Street, line: bytes, kind: str) -> None:
    with _connected(running.control) as talk:
        assert _asked(talk, line)["kind"] == kind
    assert running.ask("status")["site"] == 7


def test_a_client_may_go_on_after_a_refusal(running: Street) -> None:
    with _connected(running.control) as talk:
        assert _asked(talk, b"hello\n")["ok"] is False
        assert _asked(talk, b'{"op":"status"}\n')["ok"] is True


def test_the_client_after_the_last_is_refused_and_may_come_back(running: Street) -> None:
    with contextlib.ExitStack() as stack:
        talks = [stack.enter_context(_connected(running.control)) for _ in range(CLIENTS_LIMIT)]
        for talk in talks:
            assert _asked(talk, b'{"op":"status"}\n')["ok"]
        with _connected(running.control) as one_more:
            said = _asked(one_more, b'{"op":"status"}\n')
        assert said["kind"] == "Busy"
        assert f"{CLIENTS_LIMIT} clients" in str(said["error"])
    assert _eventually_served(running)


def _eventually_served(running: Street) -> bool:
    """The daemon sees each of the others leave in its own time."""
    for _ in range(1000):
        with _connected(running.control) as talk:
            if _asked(talk, b'{"op":"status"}\n')["ok"]:
                return True
    return False


def _connected(path: Path) -> contextlib.closing[socket.socket]:
    talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    talk.settimeout(WITHIN_S)
    talk.connect(os.fspath(path))
    return contextlib.closing(talk)


def _asked(talk: socket.socket, line: bytes) -> dict[str, object]:
    with contextlib.suppress(BrokenPipeError):  # hung up on before we were done; what was said is there to be read
        talk.sendall(line)
    with talk.makefile("rb") as file:
        said: dict[str, object] = json.loads(file.readline())
        return said
