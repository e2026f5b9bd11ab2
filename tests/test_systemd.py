"""The units and system files, judged by systemd's own tools."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNIT = SYSTEMD / "locker.service"
PROGRAM = "opt/locker/current/bin/locker"

# Targets that the unit leans on and that systemd pulls in by itself.
TARGETS = ("sysinit", "basic", "shutdown", "local-fs", "time-sync", "multi-user")

# systemd's own exposure figure, times ten: an ordinary unit has 92, "OK" ends at 50.
HIGHEST_EXPOSURE = 20

# systemd-tmpfiles accepted the file, and made the folders, but is not root.
MAY_NOT_CHOWN = 73


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine on which the locker is installed, as far as systemd looks."""
    units = tmp_path / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for target in TARGETS:
        (units / f"{target}.target").write_text(f"[Unit]\nDescription={target}\n")
    (units / UNIT.name).write_text(UNIT.read_text())
    program = tmp_path / PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return tmp_path


def verify(machine: Path) -> subprocess.CompletedProcess[str]:
    return run("systemd-analyze", "verify", f"--root={machine}", machine / "usr/lib/systemd/system" / UNIT.name)


def settings(unit: Path) -> Iterator[str]:
    for line in unit.read_text().splitlines():
        if line and line[0] not in "#[":
            yield line


def test_the_unit_is_accepted_without_a_word(machine: Path) -> None:
    verdict = verify(machine)
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


def test_a_spoilt_unit_is_noticed(machine: Path) -> None:
    (machine / PROGRAM).unlink()
    assert verify(machine).returncode != 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Type=notify", "systemd waits until recovery is over"),
        ("NotifyAccess=main", "the camera's process cannot speak for the runtime"),
        ("WatchdogSec=15", "a stuck loop is a restart"),
        ("Restart=always", "whatever ends it, it comes back"),
        ("StartLimitIntervalSec=0", "and is never given up"),
        ("KillMode=mixed", "the runtime closes its own children"),
        ("ExecStart=/opt/locker/current/bin/locker run --config /etc/locker/locker.toml", "one release is current"),
        ("ExecStopPost=/opt/locker/current/bin/locker safe --config /etc/locker/locker.toml", "no coil outlives it"),
        ("User=locker", "not root"),
        ("PrivateUsers=no", "the control socket sees true uids"),
        ("ProtectSystem=strict", "everything but its own directories is read-only"),
        ("StateDirectory=locker", "the journal can be written"),
        ("RuntimeDirectory=locker", "the control socket can be made"),
        ("Environment=LG_WD=/run/locker", "so can the pipes of the GPIO library"),
        ("DevicePolicy=closed", "no device but those below"),
        ("DeviceAllow=char-gpiochip rw", "locks on pins"),
        ("DeviceAllow=char-i2c rw", "locks on expanders"),
        ("DeviceAllow=char-ttyUSB rw", "lock boards, scales and scanners on USB"),
        ("DeviceAllow=char-ttyACM rw", "scanners on USB"),
        ("DeviceAllow=char-ttyAMA rw", "the Pi's own port"),
        ("DeviceAllow=char-video4linux rw", "the camera"),
        ("DeviceAllow=char-media rw", "a camera on the Pi's own connector"),
        ("DeviceAllow=char-dma_heap rw", "its frames"),
        ("DeviceAllow=char-input r", "scanners that pretend to be a keyboard"),
        ("DeviceAllow=char-hidraw r", "a postal scale on USB"),
        ("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "control, kiosk and cloud"),
        ("NoNewPrivileges=yes", "nothing gains rights"),
        ("CapabilityBoundingSet=", "and it has none"),
    ],
)
def test_the_unit_says(line: str, reason: str) -> None:
    assert line in set(settings(UNIT)), reason


def test_the_network_is_never_waited_for() -> None:
    assert "network" not in " ".join(settings(UNIT))


def test_the_unit_is_hardened() -> None:
    verdict = run("systemd-analyze", "security", "--offline=true", f"--threshold={HIGHEST_EXPOSURE}", UNIT)
    assert verdict.returncode == 0, verdict.stdout[-400:]


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    """A machine on which the locker's accounts have been made."""
    (tmp_path / "etc").mkdir()
    made = run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "sysusers.conf")
    assert made.returncode == 0, made.stderr
    return tmp_path


def test_the_account_is_in_the_groups_that_the_unit_names(accounts: Path) -> None:
    groups = {line.split(":")[0]: line.split(":")[3] for line in (accounts / "etc/group").read_text().splitlines()}
    (wanted,) = [line.partition("=")[2].split() for line in settings(UNIT) if line.startswith("SupplementaryGroups=")]
    assert {group: groups.get(group) for group in wanted} == dict.fromkeys(wanted, "locker")
    assert "locker:x:" in (accounts / "etc/passwd").read_text()


def test_the_configuration_is_root_s_to_write_and_the_runtime_s_to_read(accounts: Path) -> None:
    made = run("systemd-tmpfiles", f"--root={accounts}", "--create", SYSTEMD / "tmpfiles.conf")
    assert made.returncode in (0, MAY_NOT_CHOWN), made.stderr
    assert (accounts / "etc/locker").stat().st_mode & 0o777 == 0o750
    assert "d /etc/locker 0750 root locker -" in settings(SYSTEMD / "tmpfiles.conf")


def test_every_module_of_a_serial_port_is_named_once() -> None:
    modules = [line for line in (SYSTEMD / "modules-load.conf").read_text().splitlines() if not line.startswith("#")]
    assert modules == list(dict.fromkeys(modules))
    assert {"cdc_acm", "ftdi_sio", "cp210x", "ch341"} <= set(modules)
