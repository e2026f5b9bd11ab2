"""sd_notify: READY when the boot is decided, WATCHDOG from the loop itself, so that a loop that hangs is restarted."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Notify:
    """Speaks to the service manager; silent where there is none.  Protocol: sd_notify(3)."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        # Half of the manager's patience, as sd_watchdog_enabled(3) advises.
        self.every_s = int(usec) / 2_000_000 if usec.isdecimal() and int(usec) else 0.0

    def say(self, message: str) -> None:
        """Send `message`; a manager that does not listen is no reason to stop."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)  # a manager that does not read must not stop the locks
            try:
                line.connect(address)
                line.send(message.encode())
            except OSError:
                return
