"""The fuzzer is installed for `make fuzz` alone, from a lock of its own."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOCK = (ROOT / "requirements-fuzz.lock").read_text()


def test_neither_the_tests_nor_a_locker_install_it() -> None:
    assert "atheris" not in (ROOT / "requirements.lock").read_text()
    assert "atheris" not in (ROOT / "pyproject.toml").read_text()


def test_its_lock_names_hashes_of_wheels_and_no_address() -> None:
    named = re.findall(r"^# ([0-9a-f]{8}) \S+\.whl$", LOCK, re.MULTILINE)
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\S)", LOCK)
    assert len(named) == 3
    assert sorted(named) == sorted(digest[:8] for digest in hashes)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", LOCK)
