"""`locker safe`: every lock output of the configuration off, and said so, a line a bank.

It is what the service manager runs when the daemon has died, however it died, and so leans on as little as it can: no
journal, no cloud, and nothing of the configuration but the banks.  Each bank is tried, whatever becomes of the others,
and one that hangs is left behind.  A daemon that runs has the coils, and its guard ends the pulses: it is named, and
left alone.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import NODEFAULT, Struct

from edge.app.banks import MAX_BANKS, BankPlan, read_bank
from edge.app.drivers import find_driver
from edge.app.names import CONTROL_SOCKET, SocketFile
from edge.app.reading import Reader, load_toml
from edge.core.errors import ConfigurationError, HardwareFault, LockerError, NotAllowed, machine_says

__all__ = ["BANK_S", "run"]

BANK_S: Final = 2.0  # for one bank to answer; a bus that is stuck ends its transaction after one
_KNOCK_S: Final = 1.0


def run(path: str | Path, say: Callable[[str], object] = print) -> int:
    """0 when every output is off, or ends by itself; 1 otherwise.  ConfigurationError when the file cannot be read.

    NotAllowed when a daemon runs.
    """
    banks, control, faults = _told(path)
    if owner := _owner(control):
        raise NotAllowed(f"the locker runs as process {owner} and has the locks; nothing was sent: stop it first")
    for fault in faults:
        say(f"wrong    {fault}")
    off = [_bank(plan, say) for plan in banks]
    return 0 if all(off) and not faults else 1


class _Control(Struct, frozen=True):
    """Where a daemon would listen."""

    socket: SocketFile = CONTROL_SOCKET


def _told(path: str | Path) -> tuple[list[BankPlan], Path, list[str]]:
    """The banks that can be read, the control socket, and a line for each of them that cannot.

    Whatever else is wrong with the file is left for others to say.  ConfigurationError when it is no TOML at all.
    """
    raw = load_toml(Path(path))
    reader = Reader(str(path))
    told = raw.get("control", {})
    socket_alone = {"socket": told["socket"]} if isinstance(told, dict) and "socket" in told else {}
    control = reader.table(socket_alone, _Control, "control") or _Control()
    banks = raw.get("bank", [])
    if not isinstance(banks, list) or not 1 <= len(banks) <= MAX_BANKS:
        reader.wrong("bank", NODEFAULT, f"must be 1 to {MAX_BANKS} tables, each [[bank]]")
        banks = []
    read = [read_bank(reader, entry, f"bank[{number}]") for number, entry in enumerate(banks, 1)]
    try:
        reader.finish()
    except ConfigurationError as error:
        faults = error.lines
    else:
        faults = []
    return [bank for bank in read if bank is not None], Path(control.socket), faults


def _bank(plan: BankPlan, say: Callable[[str], object]) -> bool:
    """One bank, in a thread that is left behind when it hangs."""
    done: list[tuple[bool, str]] = []

    def tried() -> None:
        try:
            driver = find_driver(plan.driver)
            if driver is None:
                raise HardwareFault(f"no driver {plan.driver}")
            done.append((True, driver.safe(plan.name, plan.options, plan.doors)))
        except LockerError as error:
            done.append((False, str(error)))

    thread = threading.Thread(target=tried, name=f"safe {plan.name}", daemon=True)
    thread.start()
    thread.join(BANK_S)
    silent = f"no answer within {BANK_S:g} s" if thread.is_alive() else "its driver broke, as told above"
    off, told = done[0] if done else (False, silent)
    say(f"{'off     ' if off else 'NOT OFF '} bank {plan.name} ({plan.driver}): {told}")
    return off


def _owner(control: Path) -> int:
    """The process that listens at the control socket; 0 when none does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_KNOCK_S)
        try:
            line.connect(os.fspath(control))
        except (FileNotFoundError, ConnectionRefusedError):
            return 0
        except OSError as error:
            raise NotAllowed(f"control socket {control}: {machine_says(error)}: does the locker run?") from None
        peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", peer)[0])
