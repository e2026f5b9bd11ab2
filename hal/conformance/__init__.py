"""Does a lock driver keep what it promises?  A suite that whoever wrote one runs on his own driver.

He brings a `Rig`: how his bank is made, what his board (a fake one, or a real one on a desk) saw, and as many kinds of
trouble as he can make.  Each promise of a LockBank is then tried on a bank of its own.  What the rig cannot do is
listed as not tried, and never counts as kept.  docs/drivers.md tells it from the beginning.
"""

from hal.conformance.collected import promised_by
from hal.conformance.promises import PROMISES, Promise
from hal.conformance.rig import Bank, ContractBroken, Driven, NotTried, Rig
from hal.conformance.run import Result, Verdict, conformance, table

__all__ = [
    "PROMISES",
    "Bank",
    "ContractBroken",
    "Driven",
    "NotTried",
    "Promise",
    "Result",
    "Rig",
    "Verdict",
    "conformance",
    "promised_by",
    "table",
]
