"""Write requirements.lock: one version of each package, with the hash of the wheel that every target machine takes.

    python .ci/lock.py            resolve anew, write requirements.lock, then prove it for every target
    python .ci/lock.py --check    only prove the lock that is there

A *target* is a processor and a Python version on Debian 12 (glibc 2.36). The lock is the closure of what
pyproject.toml asks for to run, to develop and to build. Lines carry no marker: each package fits every target.

There is no silent fallback. The lock is not written when a package

* resolves to different versions on two targets (one of them would get an old release for want of a wheel),
* is older than the newest release that all requirements allow (the newest has no wheel for us), or
* came from a folder on this machine (its hash would be of no use elsewhere).

pip does the resolving, but it judges environment markers by the machine it runs on. So the closure is worked out
here, from the requirements that pip reports, with the markers of each target in turn.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"

PROCESSORS = ("x86_64", "aarch64")
PYTHONS = ("3.11", "3.12", "3.13")
NEWEST_GLIBC_MINOR = 36  # Debian 12
OLDEST_GLIBC_MINOR = 17  # older tags have names of their own, below
LEGACY_TAGS = {
    "x86_64": ("manylinux2014", "manylinux_2_12", "manylinux2010", "manylinux_2_5", "manylinux1"),
    "aarch64": ("manylinux2014",),
}
MAX_ROUNDS = 5  # a round adds what only a target's markers ask for; two have always been enough

HEAD = """\
# Every package that Locker Edge needs to run, to be tested and to be built, on x86-64 and aarch64 with glibc 2.36
# and CPython 3.11 to 3.13. Written by `make lock`; never by hand. Installed with
#   pip install --require-hashes --only-binary :all: -r requirements.lock
#   pip install --no-deps --no-build-isolation -e .
# Before each package stand the wheels that its hashes mean.

"""


class LockRefused(Exception):
    """The lock cannot be written as asked. The message says which package, which versions, which target."""


@dataclass(frozen=True)
class Target:
    """A kind of machine that the lock serves."""

    processor: str
    python: str

    def __str__(self) -> str:
        return f"Python {self.python} on {self.processor}"

    def pip_options(self) -> list[str]:
        tags = [f"manylinux_2_{minor}" for minor in range(NEWEST_GLIBC_MINOR, OLDEST_GLIBC_MINOR - 1, -1)]
        tags += LEGACY_TAGS[self.processor]
        platforms = [f"--platform={tag}_{self.processor}" for tag in tags]
        return [*platforms, f"--python-version={self.python}", "--implementation=cp", "--only-binary=:all:"]

    def markers(self) -> dict[str, str]:
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "platform_machine": self.processor,
            "platform_system": "Linux",
            "sys_platform": "linux",
            "os_name": "posix",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "implementation_version": f"{self.python}.0",
        }


@dataclass(frozen=True)
class Wheel:
    """What pip would install of one package on one target."""

    name: str
    version: str
    file: str
    sha256: str
    requires: tuple[Requirement, ...]


TARGETS = tuple(Target(processor, python) for processor in PROCESSORS for python in PYTHONS)


def asked_for() -> list[Requirement]:
    """What pyproject.toml names: to run, to develop, to build."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(line) for line in lines]


def pip(*arguments: str) -> str:
    """Run pip apart from this machine's own settings (mirror folders, extra indexes). Returns what it prints."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LockRefused(f"pip {arguments[0]} failed:\n{done.stderr.strip()}")
    return done.stdout


def resolve(target: Target, requirements: Iterable[str], *options: str) -> dict[str, Wheel]:
    """What pip would install for these requirements on the target, by canonical name."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        wanted = Path(scratch, "wanted.txt")
        wanted.write_text("\n".join(requirements))
        pip(
            *("install", "--quiet", "--dry-run", "--ignore-installed", f"--target={scratch}/nowhere"),
            *(f"--report={report}", *target.pip_options(), *options, f"--requirement={wanted}"),
        )
        found = [wheel(item) for item in json.loads(report.read_text())["install"]]
    return {each.name: each for each in found}


def wheel(item: dict[str, Any]) -> Wheel:
    """One entry of pip's installation report."""
    metadata, source = item["metadata"], item["download_info"]
    name = canonicalize_name(metadata["name"])
    if source["url"].startswith("file:"):
        raise LockRefused(f"{name} came from a folder of this machine")
    return Wheel(
        name,
        metadata["version"],
        unquote(source["url"].rpartition("/")[2]),
        source["archive_info"]["hashes"]["sha256"],
        tuple(Requirement(line) for line in metadata.get("requires_dist") or ()),
    )


def wanted_by(requirements: Iterable[Requirement], target: Target, extras: Iterable[str]) -> Iterator[Requirement]:
    """Those requirements whose markers hold on the target, with any of the extras."""
    for requirement in requirements:
        environments = [{**target.markers(), "extra": extra} for extra in ("", *extras)]
        if requirement.marker is None or any(requirement.marker.evaluate(each) for each in environments):
            yield requirement


def closure(target: Target, wheels: dict[str, Wheel]) -> tuple[dict[str, Wheel], list[Requirement]]:
    """The wheels that the target needs, by its own markers, and every requirement on the way to them.

    A requirement whose package is not among the wheels is in the list without a wheel.
    """
    needed: dict[str, Wheel] = {}
    met: list[Requirement] = []
    seen: set[str] = set()
    waiting = list(wanted_by(asked_for(), target, ()))
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        met.append(requirement)
        found = wheels.get(canonicalize_name(requirement.name))
        if found:
            needed[found.name] = found
            waiting += wanted_by(found.requires, target, requirement.extras)
    return needed, met


def resolve_whole(target: Target) -> tuple[dict[str, Wheel], list[Requirement]]:
    """Resolve until nothing is missing by the target's own markers."""
    wanted = {str(requirement) for requirement in asked_for()}
    for _ in range(MAX_ROUNDS):
        needed, met = closure(target, resolve(target, sorted(wanted)))
        missing = {without_marker(each) for each in met if canonicalize_name(each.name) not in needed}
        if not missing:
            return needed, met
        wanted |= missing
    raise LockRefused(f"no end of requirements for {target} in {MAX_ROUNDS} rounds: {', '.join(sorted(missing))}")


def without_marker(requirement: Requirement) -> str:
    plain = Requirement(str(requirement))
    plain.marker = None
    return str(plain)


def refuse_differences(found: dict[Target, dict[str, Wheel]]) -> None:
    """One version of each package on all targets, or one line for each that has two."""
    lines = []
    for name in sorted({name for wheels in found.values() for name in wheels}):
        versions = {target: wheels[name].version for target, wheels in found.items() if name in wheels}
        if len(set(versions.values())) > 1:
            lines.append(f"{name}: " + ", ".join(f"{version} ({target})" for target, version in versions.items()))
    if lines:
        raise LockRefused("different versions on different targets:\n" + "\n".join(lines))


def refuse_old(versions: dict[str, str], requirements: list[Requirement]) -> None:
    """Each package is at the newest release that all its requirements allow."""
    lines = []
    for name, version in sorted(versions.items()):
        asked = [each for each in requirements if canonicalize_name(each.name) == name]
        released = pip("index", "versions", name).partition("Available versions:")[2].partition("\n")[0].split(",")
        allowed = [text.strip() for text in released if all(each.specifier.contains(text.strip()) for each in asked)]
        newest = max(allowed, key=Version, default=version)
        if Version(newest) > Version(version):
            lines.append(f"{name}: {newest} is out, but pip falls back to {version}")
    if lines:
        advice = (
            "older than the requirements allow; where no wheel can be had, bound it in pyproject.toml with the reason"
        )
        raise LockRefused("\n".join([advice, *lines]))


def lock_text(found: dict[Target, dict[str, Wheel]]) -> str:
    files: dict[str, dict[str, str]] = {}
    for wheels in found.values():
        for each in wheels.values():
            files.setdefault(f"{each.name}=={each.version}", {})[each.file] = each.sha256
    return HEAD + "\n".join(block(pin, hashes) for pin, hashes in sorted(files.items()))


def block(pin: str, hashes: dict[str, str]) -> str:
    """One package: the wheels that are meant, each with the beginning of its hash, then what pip reads."""
    known_as = [f"# {digest[:8]} {file}\n" for file, digest in sorted(hashes.items())]
    read = [pin, *(f"    --hash=sha256:{digest}" for digest in sorted(hashes.values()))]
    return "".join(known_as) + " \\\n".join(read) + "\n"


def prove(target: Target) -> None:
    """The lock alone is enough for the target, hashes checked, and nothing that its markers ask for is missing."""
    wheels = resolve(target, [f"--requirement={LOCK}"], "--require-hashes")
    needed, met = closure(target, wheels)
    missing = sorted(str(each) for each in met if canonicalize_name(each.name) not in needed)
    unmet = sorted(
        f"{each} (locked: {needed[name].version})"
        for each in met
        if (name := canonicalize_name(each.name)) in needed and not each.specifier.contains(needed[name].version)
    )
    if missing or unmet:
        raise LockRefused(f"the lock does not serve {target}: {', '.join(missing + unmet)}")
    print(f"{target}: {len(wheels)} packages, hashes and requirements hold", flush=True)


def resolve_pins(target: Target, found: dict[Target, dict[str, Wheel]]) -> dict[str, Wheel]:
    """The wheels, on this target, of what only other targets need: a line without a marker must fit everywhere."""
    others = {f"{each.name}=={each.version}" for wheels in found.values() for each in wheels.values()}
    mine = {f"{each.name}=={each.version}" for each in found[target].values()}
    return resolve(target, sorted(others - mine), "--no-deps") if others - mine else {}


def write() -> None:
    found: dict[Target, dict[str, Wheel]] = {}
    requirements: list[Requirement] = []
    for target in TARGETS:
        found[target], met = resolve_whole(target)
        requirements += met
        print(f"{target}: resolved to {len(found[target])} packages", flush=True)
    refuse_differences(found)
    refuse_old({name: each.version for wheels in found.values() for name, each in wheels.items()}, requirements)
    whole = {target: {**resolve_pins(target, found), **wheels} for target, wheels in found.items()}
    LOCK.write_text(lock_text(whole))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="only prove the lock that is there")
    try:
        if not options.parse_args().check:
            write()
        for target in TARGETS:
            prove(target)
    except LockRefused as refusal:
        print(f"lock: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
