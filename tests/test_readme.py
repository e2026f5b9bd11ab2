"""The README's commands are there and do what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL))
_COMMAND = r"^locker ([a-z-]+(?: (?:example|verify))?)"
COMMANDS = sorted(set(re.findall(_COMMAND, BLOCKS, flags=re.MULTILINE)))
TARGETS = sorted(set(re.findall(r"^make ([a-z]+)", BLOCKS, flags=re.MULTILINE)))
LINKS = sorted(set(re.findall(r"\]\(([^)#]+)\)", README)))


def locker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge.app.cli", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_there(command: str) -> None:
    done = locker(*command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert "usage: locker" in done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_of_the_readme_is_there(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=TOP, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_example_configuration_passes_its_check(tmp_path: Path) -> None:
    example = tmp_path / "locker.toml"
    example.write_text(locker("config", "example").stdout)
    done = locker("config", "check", str(example))
    assert done.returncode == 0, done.stderr
    assert "24 doors" in done.stdout


@pytest.mark.parametrize("link", LINKS)
def test_what_the_readme_points_at_is_there(link: str) -> None:
    assert (TOP / link).exists()


def test_the_readme_names_every_page_of_the_docs() -> None:
    pages = {f"docs/{page.name}" for page in (TOP / "docs").glob("*.md")}
    assert pages <= set(LINKS), f"not named: {sorted(pages - set(LINKS))}"
