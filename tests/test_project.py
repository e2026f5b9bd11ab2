"""What is shipped, what it is made from, and the walls between the rooms."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parent.parent
PACKAGES = ("edge", "hal", "kiosk_ui", "sync")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()

PROCESSORS = ("x86_64", "aarch64")
PYTHONS = ((3, 11), (3, 12), (3, 13))

# In pieces, so that this file does not name them either.
REGISTRIES = tuple(
    "".join(pieces).encode()
    for pieces in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("deb.", "debian.org"),
        ("pi", "wheels.org"),
    )
)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120
    )


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return run(program, "--no-cache", cwd=root, COLUMNS="300")


# --- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The distribution, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("locker_edge-*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_holds_every_file_of_the_four_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    in_the_rooms = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == in_the_rooms


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    told = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert "locker = edge.app.cli:main" in told["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in told["METADATA"]
    assert "Apache License" in told["LICENSE"]


# --- the lock


def locked() -> dict[str, tuple[str, dict[str, str], set[str]]]:
    """By package: version, file by beginning of its hash, hashes."""
    packages = {}
    files: dict[str, str] = {}
    for paragraph in LOCK.replace(" \\\n", " ").splitlines():
        if note := re.fullmatch(r"# ([0-9a-f]{8}) (\S+\.whl)", paragraph):
            files[note[1]] = note[2]
        elif pin := re.match(r"([a-z0-9-]+)==(\S+) ", paragraph):
            hashes = set(re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\S)", paragraph))
            packages[pin[1]] = (pin[2], files, hashes)
            files = {}
        else:
            assert not paragraph or paragraph.startswith("#"), paragraph
    return packages


def tags(processor: str, python: tuple[int, int]) -> set[Tag]:
    """The wheels that pip takes there, on glibc 2.36."""
    platforms = [f"manylinux_2_{minor}_{processor}" for minor in range(36, 4, -1)]
    platforms += [f"manylinux2014_{processor}", f"manylinux2010_{processor}", f"manylinux1_{processor}"]
    return {*cpython_tags(python, platforms=platforms), *compatible_tags(python, platforms=platforms)}


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-[if]", LOCK, re.MULTILINE)


def test_every_hash_of_the_lock_belongs_to_a_named_wheel() -> None:
    for name, (_, files, hashes) in locked().items():
        assert {digest[:8] for digest in hashes} == set(files), name


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: ".".join(map(str, python)))
def test_every_package_of_the_lock_has_a_wheel_for(processor: str, python: tuple[int, int]) -> None:
    accepted = tags(processor, python)
    without = []
    for name, (version, files, _) in locked().items():
        wheels = [parse_wheel_filename(file) for file in files.values()]
        assert {(wheel[0], str(wheel[1])) for wheel in wheels} == {(name, version)}
        if not any(wheel[3] & accepted for wheel in wheels):
            without.append(f"{name} {version}")
    assert without == []


def test_the_lock_covers_what_the_project_asks_for() -> None:
    asked = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
    versions = {name: version for name, (version, _, _) in locked().items()}
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


@pytest.fixture(scope="module")
def locksmith() -> dict[str, Any]:
    """The script that writes the lock."""
    return runpy.run_path(str(ROOT / ".ci/lock.py"))


def report(version: str, url: str) -> dict[str, Any]:
    """One entry of what pip reports of a resolution."""
    digest = {"hashes": {"sha256": "0" * 64}}
    return {"metadata": {"name": "Bolt", "version": version}, "download_info": {"url": url, "archive_info": digest}}


def test_no_target_falls_back_to_another_version_in_silence(locksmith: dict[str, Any]) -> None:
    found = {
        target: {"bolt": locksmith["wheel"](report(version, f"https://mirror.example/bolt-{version}-py3-none-any.whl"))}
        for target, version in zip(locksmith["TARGETS"], ("2.0", "1.9"), strict=False)
    }
    with pytest.raises(locksmith["LockRefused"], match=r"bolt: 2\.0 \(Python 3\.11 on x86_64\), 1\.9"):
        locksmith["refuse_differences"](found)


def test_no_hash_comes_from_a_folder_of_the_machine_at_hand(locksmith: dict[str, Any]) -> None:
    with pytest.raises(locksmith["LockRefused"], match="bolt came from a folder"):
        locksmith["wheel"](report("2.0", "file:///srv/bolt-2.0-py3-none-any.whl"))


# --- the walls

INTRUDERS = {
    "edge/core/wakeful.py": "import time\n",
    "edge/core/worldly.py": "import hal.sim\n",
    "edge/stray.py": "",
    "hal/gossip.py": "import kiosk_ui\n",
    "kiosk_ui/upstairs.py": "import edge.app\n",
    "sync/shortcut.py": "import sync.hub\n",
}


def test_every_module_keeps_to_its_room() -> None:
    verdict = lint_imports(ROOT)
    assert verdict.returncode == 0, verdict.stdout


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a house into which intruders came."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in INTRUDERS.items():
        (house / path).write_text(text)
    verdict = lint_imports(house)
    assert verdict.returncode != 0
    return verdict.stdout


@pytest.mark.parametrize(
    "wall",
    [
        "edge.core.wakeful -> time",
        "edge.core.worldly -> hal.sim",
        "- edge.stray",
        "hal.gossip -> kiosk_ui",
        "kiosk_ui.upstairs -> edge.app",
        "sync.shortcut -> sync.hub",
    ],
)
def test_whoever_goes_through_a_wall_is_named(caught: str, wall: str) -> None:
    assert wall in caught


# --- the tree

# Folders that the tools make, and that git does not keep.
MADE = ("__pycache__", "build", "dist", "var", "locker_edge.egg-info")


def project_files() -> Iterator[Path]:
    """Everything that is ours: no caches, no environment, no results."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [each for each in folders if each == ".ci" or not (each.startswith(".") or each in MADE)]
        yield from (Path(folder, file) for file in files)


def test_no_file_names_a_package_registry() -> None:
    assert [path for path in project_files() if any(host in path.read_bytes() for host in REGISTRIES)] == []


def test_the_top_level_is_the_house_and_nothing_more() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in project_files() if path.parent != ROOT}
    assert folders == {*PACKAGES, "systemd", "tests", "docs", ".ci"}


# --- set-up


def test_set_up_without_a_fitting_python_says_so_in_one_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    said = run(tmp_path / ".ci/venv", PYTHON="/nowhere/python3")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "Python 3.11 or newer" in said.stderr


def test_a_missing_debian_package_that_cannot_be_installed_is_named_in_one_line(tmp_path: Path) -> None:
    for command in ("bash", "id"):
        (tmp_path / command).symlink_to(shutil.which(command) or command)
    said = run(ROOT / ".ci/debian", "systemd", "systemd-analyze", PATH=str(tmp_path))
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "apt-get install systemd" in said.stderr
