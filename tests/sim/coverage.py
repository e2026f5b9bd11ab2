"""How often a life hit each thing that the product can do, against everything that it can do.

    coverage = Coverage()
    coverage.mark("crash: at the pulse")   # whoever arranges something names it: "group: name"
    coverage.of_row(row)                   # every row of the journal, in order
    coverage.of_screen(screen)             # every screen that is shown
    coverage.of_choice("take", "decline")  # every tap that was not stale
    coverage.counts                        # Counter of marks, adds up over lives

What can be hit (`known()`) is read from the product's own tables and source, so that a hole shows by itself: screens
and their choices, event kinds and the words in them, refusals, orders, faults, troubles.  The branches of the flows
and the rows of the crash table are named in tests/sim/branches.py.

    python -m tests.sim.coverage --from FILE.json   # the counts of a run (Report.coverage), as Markdown
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from edge.core import orders
from edge.core.documents import RefusedBecause
from edge.core.events import KINDS
from edge.core.refusal import Refusal
from edge.core.screens import STAGES
from edge.core.words import ContentSensor, Feedback
from hal.sim.faults import FAULTS
from tests.sim import troubles
from tests.sim.branches import FLOWS
from tests.sim.marks import ACTS, DOCUMENTS, FLAGS, Coverage, fields
from tests.sim.troubles.crash import ROWS
from tests.sim.troubles.power import UPKEEP
from tests.sim.unreachable import UNREACHABLE

HOME: Final = {
    "attract": ("pin", "send", "courier", "help"),
    "restoring": ("pin", "help"),
    "out_of_order": ("help",),
}
# Choices that a screen has instead of, or beside, those of its stage.
ALSO: Final = (
    "put/undo",
    "choose_size/end",
    "jammed/end",
    "out_of_use/end",
    "board_silent/next",
    "stands_open/next",
    "one_moment/next",
    "too_late/next",
)
SOURCES: Final = (
    "code × pickup",
    "pin × pickup",
    "code × grace",
    "pin × grace",
    "badge × deposit",
    "code × drop_off",
    "badge × collection",
    "badge × inspection",
    "technician × service",
    "command × service",
)
ORDER_REFUSED: Final = (
    "announce refused: collected",
    "announce done: pin_collision",
    "cancel refused: unknown parcel",
    "cancel refused: ended",
    "extend refused: unknown parcel",
    "extend refused: ended",
    "open refused: wrong_nonce",
    "open refused: brake",
    "open refused: no door",
    "open refused: hindered",
    "open lapsed",
    "out_of_service refused: held",
    "out_of_service refused: under_way",
    "out_of_service refused: no door",
    "in_service refused: no door",
    "keys refused",
    "roster refused",
    "standing refused",
    "time_reset refused",
    "expired",
    "malformed content",
    "unknown kind",
)
# An order that is refused for these is ours and new: its number is used up.
AFTER_THE_NUMBER: Final = (RefusedBecause.UNKNOWN_KIND, RefusedBecause.EXPIRED, RefusedBecause.WRONG_NONCE)
# Troubles whose names are put together; the others are read from the source of the troubles.
TROUBLES: Final = (
    "power cut",
    "process killed",
    "slow card throughout",
    "card full",
    "card restored",
    "card replaced",
    "clock drifts",
    "clock wrong",
    "clock wrong at the first start",
    "clock wrong at the start, no cloud",
    "answers broken",
    "answers too long",
    "hub fails",
    "line cut",
    "line cut one way, answers",
    "line cut one way, questions",
    "line loses",
    "line doubles",
    "line reorders",
    "line slow",
    "line answers late questions",
    "watermarks forged",
    "all of it",
    "a fault within a pulse",
    "brown-out at a pulse",
    "forged orders",
)


def known() -> dict[str, list[str]]:
    """Group → every mark of it that the product can make."""
    choices = [f"{stage}/{choice}" for stage, (choices, _, _) in STAGES.items() for choice in choices]
    choices += [f"{stage}/{choice}" for stage, choices in HOME.items() for choice in choices]
    typed = [stage for stage, (_, _, entry) in STAGES.items() if entry]
    kinds = [str(shape.__struct_config__.tag) for shape in orders.What.__args__]
    refused = [f"not taken: {reason}" for reason in RefusedBecause if reason not in AFTER_THE_NUMBER]
    groups = {
        "screen": [*STAGES, *HOME],
        "choice": [*choices, *ALSO, "more_time"],
        "typed": ["attract", "restoring", *typed],
        "event": list(KINDS),
        "word": [f"{name}={word}" for name, known in fields().items() for word in sorted(known)] + list(FLAGS),
        "refusal": [str(reason) for reason in Refusal],
        "credential": list(SOURCES),
        "order": [f"{kind} done" for kind in kinds] + list(ORDER_REFUSED) + refused,
        "document": [*DOCUMENTS, *(f"{name} not taken: not_newer" for name in DOCUMENTS)],
        "act": [f"{act} {how}" for act in ACTS for how in ("done", "refused")],
        "fault": list(FAULTS),
        "trouble": sorted({*TROUBLES, *_begun()}),
        "crash": [*ROWS, *(f"in {what}" for what in UPKEEP)],
        "wall": [f"{feedback} and {content}" for feedback in Feedback for content in ContentSensor],
    }
    return {**groups, **{group: list(branches) for group, branches in FLOWS.items()}}


@cache
def _begun() -> frozenset[str]:
    """Troubles that name themselves in the source."""
    found: set[str] = set()
    for path in Path(str(troubles.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "begins" and node.args:
                found |= {str(node.args[0].value)} if isinstance(node.args[0], ast.Constant) else set()
    return frozenset(found)


def hits(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Group → name → how often; branches of the flows by the marks that they name."""
    found: dict[str, dict[str, int]] = {}
    for group, names in known().items():
        branches = FLOWS.get(group)
        found[group] = {
            name: sum(_both(counts, either) for either in branches[name])
            if branches is not None
            else counts.get(f"{group}: {name}", 0)
            for name in names
        }
    return found


def _both(counts: Mapping[str, int], marks: str) -> int:
    return min(counts.get(mark, 0) for mark in marks.split(" & "))


def holes(counts: Mapping[str, int]) -> list[str]:
    """What can be hit in a life, and was not."""
    every = [(f"{group}: {name}", times) for group, names in hits(counts).items() for name, times in names.items()]
    return [name for name, times in every if not times and name not in UNREACHABLE]


def unknown(counts: Mapping[str, int]) -> list[str]:
    """What was hit although no table has it: the tables here are then too short."""
    groups = known()
    shown = [name for name in counts if name.partition(": ")[0] in groups]
    return sorted(name for name in shown if name.partition(": ")[2] not in groups[name.partition(": ")[0]])


def table(counts: Mapping[str, int]) -> str:
    """For a terminal: group, name, hits; the holes at the end."""
    lines = []
    for group, names in hits(counts).items():
        for name, times in names.items():
            why = UNREACHABLE.get(f"{group}: {name}", "")
            lines.append(f"{group:20} {times:9}  {name}{f'  (not in lives: {why})' if why else ''}")
    lines += [f"{'in no table':20} {counts[name]:9}  {name}" for name in unknown(counts)]
    missing = holes(counts)
    lines += ["", f"HOLES: {len(missing)}", *(f"  {name}" for name in missing)]
    return "\n".join(lines)


def markdown(counts: Mapping[str, int]) -> str:
    """For the documentation."""
    lines = []
    for group, names in hits(counts).items():
        never = sum(not times for times in names.values())
        lines += [
            f"### {group}",
            "",
            f"{len(names)} known, {len(names) - never} hit.",
            "",
            "| what | hits |",
            "|---|---|",
        ]
        for name, times in names.items():
            why = UNREACHABLE.get(f"{group}: {name}", "")
            shown = f"{times:,}" if times or not why else f"not in lives: {why}"
            lines.append(f"| {name.replace('|', '/')} | {shown} |")
        lines.append("")
    missing = holes(counts)
    lines += [f"Holes: {len(missing)}.", *(f"- {name}" for name in missing)]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim.coverage", description="a table of what lives hit")
    parser.add_argument("--from", dest="file", type=Path, required=True, help="JSON with the counts of a run")
    found = json.loads(parser.parse_args(arguments).file.read_text(encoding="utf-8"))
    print(markdown(found.get("coverage", found)))
    return 0


__all__ = ["Coverage", "hits", "holes", "known", "markdown", "table"]

if __name__ == "__main__":
    sys.exit(main())
