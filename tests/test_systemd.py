"""The units and system files, judged by systemd's own tools."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable  # its JavaScript engine, without a browser

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNIT = SYSTEMD / "locker.service"
KIOSK = SYSTEMD / "locker-kiosk.service"
UNITS = (UNIT, KIOSK)
PROGRAM = "opt/locker/current/bin/locker"
PROGRAMS = (PROGRAM, "usr/bin/cage", "usr/lib/chromium/chromium")
PAGE = "file:///var/lib/locker-screen/boot.html"

# Targets that the unit leans on and that systemd pulls in by itself.
TARGETS = ("sysinit", "basic", "shutdown", "local-fs", "time-sync", "multi-user")

# systemd's own exposure figure, times ten: an ordinary unit has 92, "OK" ends at 50.
HIGHEST_EXPOSURE = {UNIT: 20, KIOSK: 45}  # a browser needs namespaces and writes its own code

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
    for unit in UNITS:
        (units / unit.name).write_text(unit.read_text())
    for name in PROGRAMS:
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return tmp_path


def verify(machine: Path, unit: Path) -> subprocess.CompletedProcess[str]:
    return run("systemd-analyze", "verify", f"--root={machine}", machine / "usr/lib/systemd/system" / unit.name)


def settings(unit: Path) -> Iterator[str]:
    for line in unit.read_text().replace("\\\n", " ").splitlines():
        if line and line[0] not in "#[":
            yield line


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_unit_is_accepted_without_a_word(machine: Path, unit: Path) -> None:
    verdict = verify(machine, unit)
    assert (verdict.returncode, verdict.stdout, verdict.stderr) == (0, "", "")


@pytest.mark.parametrize(("unit", "program"), [(UNIT, PROGRAM), (KIOSK, "usr/bin/cage")])
def test_a_spoilt_unit_is_noticed(machine: Path, unit: Path, program: str) -> None:
    (machine / program).unlink()
    assert verify(machine, unit).returncode != 0


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


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_unit_is_hardened(unit: Path) -> None:
    verdict = run("systemd-analyze", "security", "--offline=true", f"--threshold={HIGHEST_EXPOSURE[unit]}", unit)
    assert verdict.returncode == 0, verdict.stdout[-400:]


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    """A machine on which the locker's accounts have been made."""
    (tmp_path / "etc").mkdir()
    made = run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "sysusers.conf")
    assert made.returncode == 0, made.stderr
    return tmp_path


def members(accounts: Path) -> dict[str, list[str]]:
    """Who is in which group."""
    lines = [line.split(":") for line in (accounts / "etc/group").read_text().splitlines()]
    return {line[0]: line[3].split(",") for line in lines}


def test_the_account_is_in_the_groups_that_the_unit_names(accounts: Path) -> None:
    (wanted,) = [line.partition("=")[2].split() for line in settings(UNIT) if line.startswith("SupplementaryGroups=")]
    assert [group for group in wanted if "locker" not in members(accounts)[group]] == []
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


# -- the screen's browser ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Wants=locker.service", "the page from disk is up before the locker, and whether or not it starts"),
        ("Restart=always", "whatever ends it, it comes back"),
        ("StartLimitIntervalSec=0", "and is never given up"),
        ("User=locker-kiosk", "an account of its own"),
        ("IPAddressDeny=any", "no network"),
        ("IPAddressAllow=localhost", "but this machine"),
        ("MemoryHigh=900M", "a browser that grows is slowed"),
        ("MemoryMax=1200M", "and then ended"),
        ("OOMPolicy=kill", "all of it"),
        ("OOMScoreAdjust=500", "before the locker"),
        ("RuntimeDirectory=locker-kiosk", "the profile is in memory"),
        ("TimeoutStopSec=10", "sooner than the daemon's patience with the command"),
        ("InaccessiblePaths=-/var/lib/locker -/etc/locker", "neither journal nor keys"),
    ],
)
def test_the_kiosk_unit_says(line: str, reason: str) -> None:
    assert line in set(settings(KIOSK)), reason


@pytest.mark.parametrize("flag", ["--kiosk", "--noerrdialogs", "--hide-crash-restore-bubble", "--disable-pinch", PAGE])
def test_the_browser_is_started_with(flag: str) -> None:
    (start,) = [line for line in settings(KIOSK) if line.startswith("ExecStart=")]
    assert flag in start.split()
    assert not {"--no-sandbox", "-s"} & set(start.split())


def test_the_browser_s_account_has_none_of_the_locker_s_devices(accounts: Path) -> None:
    mine = {group for group, accounts_in_it in members(accounts).items() if "locker-kiosk" in accounts_in_it}
    (wanted,) = [line.partition("=")[2].split() for line in settings(KIOSK) if line.startswith("SupplementaryGroups=")]
    assert mine == set(wanted) == {"video", "render", "audio"}


def test_the_page_from_disk_is_where_everybody_looks_for_it(accounts: Path) -> None:
    policy = json.loads((SYSTEMD / "chromium-policy.json").read_text())
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == ["http://127.0.0.1:8080", PAGE]
    assert "d /var/lib/locker-screen 0755 root root -" in settings(SYSTEMD / "tmpfiles.conf")
    (before,) = [line for line in settings(KIOSK) if line.startswith("ExecStartPre=")]
    assert before.endswith(f"--out {PAGE.removeprefix('file://')}")


def test_no_keyboard_reaches_the_browser() -> None:
    rules = list(settings(SYSTEMD / "72-locker-keyboards.rules"))
    assert 'ENV{ID_INPUT_KEYBOARD}=="1", ENV{LIBINPUT_IGNORE_DEVICE}="1"' in rules
    assert [line for line in rules if 'LIBINPUT_IGNORE_DEVICE}="1"' not in line and "LIBINPUT" in line] == []


# Each: what is asked of the policy, and whether it is granted.
ASKED = [
    ({}, True),
    ({"user": "locker-kiosk"}, False),
    ({"verb": "stop"}, False),
    ({"unit": "locker.service"}, False),
    ({"id": "org.freedesktop.systemd1.manage-unit-files"}, False),
]


def test_the_runtime_may_start_the_browser_again_and_nothing_else() -> None:
    good = {
        "id": "org.freedesktop.systemd1.manage-units",
        "unit": "locker-kiosk.service",
        "verb": "restart",
        "user": "locker",
    }
    script = f"""
    const polkit = {{ Result: {{ YES: "yes" }}, addRule: (rule) => {{ polkit.rule = rule; }} }};
    {(SYSTEMD / "50-locker-kiosk.rules").read_text()}
    const asked = {json.dumps([{**good, **different} for different, _ in ASKED])};
    console.log(JSON.stringify(asked.map((one) =>
      polkit.rule({{ id: one.id, lookup: (name) => one[name] }}, {{ user: one.user }}) ?? null)));
    """
    node, _ = compute_driver_executable()
    said = run(node, "-e", script)
    assert json.loads(said.stdout) == ["yes" if granted else None for _, granted in ASKED], said.stderr
