"""A runtime that dies: `python -m tests.world.pulse_and_wait SOCKET` orders a long pulse and says when it began."""

from __future__ import annotations

import sys
import time

from edge.core.ports import UnlockOrder
from hal.coil import CoilGuard
from hal.duty import CoilLimits
from hal.sim.remote import RemoteBank, SimOptions


def main() -> None:
    guard = CoilGuard(CoilLimits(max_on_ms=1000))
    bank = RemoteBank(SimOptions(sys.argv[1], pulse_ms=1000), [1, 2], guard)
    bank.read()
    bank.on_began = lambda order, _at_s: print(f"began {order.door}", flush=True)
    print(bank.unlock(UnlockOrder(1, 77, 1, time.monotonic() + 5)), flush=True)


if __name__ == "__main__":
    main()
