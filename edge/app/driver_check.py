"""`locker driver check MODULE:RIG`: whether a lock driver keeps what it promises."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from edge.core.errors import BadInput
from hal.conformance import Rig, Verdict, conformance, table

__all__ = ["find_rig", "run"]


def run(wanted: argparse.Namespace) -> int:
    """Exit code 1 when a promise is broken; what was not tried is told, and is no failure."""
    rig = find_rig(wanted.rig)
    results = conformance(rig)
    print(table(results))
    return 1 if any(result.verdict is Verdict.FAILED for result in results) else 0


def find_rig(name: str) -> type[Rig]:
    """The class at `module:name`; modules of the current folder are found as well.  BadInput says what is missing."""
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute) or module.startswith("."):
        raise BadInput(f"rig {name}: must be MODULE:CLASS")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise BadInput(f"rig {name}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Rig)):
        raise BadInput(f"rig {name}: must be a class of hal.conformance.Rig")
    return found
