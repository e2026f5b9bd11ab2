"""A daemon's hand on the locks, to be killed: `python -m tests.pins.pulse_and_die FILE` pulses door 1 for a second."""

from __future__ import annotations

import sys
import time

from edge.app import configuration
from edge.app.drivers import find_driver
from edge.core.ports import UnlockOrder
from hal.coil import CoilGuard


def main() -> None:
    told = configuration.load(sys.argv[1])
    plan = next(bank for bank in told.banks if 1 in bank.doors)
    driver = find_driver(plan.driver)
    assert driver is not None
    bank = driver.make(plan.name, plan.options, plan.doors, CoilGuard(told.coils))
    bank.read()
    print("ready", flush=True)
    bank.unlock(UnlockOrder(1, 77, 1, time.monotonic() + 5))
    print("over", flush=True)  # nobody should read this


if __name__ == "__main__":
    main()
