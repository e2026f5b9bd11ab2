"""What long runs came to, and what is held in every life, written into the documentation.

    python -m tests.sim --seeds 1:201 --hours 24 --out days.json
    python -m tests.sim.book days.json …   # docs/coverage.md, and the tables of docs/reliability.md

Without a file only the tables that need no run are written: the checks, and the sabotages.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.mutants.hunt import read_killers
from tests.mutants.table import MUTANTS
from tests.sim.checks import CHECKS
from tests.sim.coverage import hits, holes, markdown
from tests.sim.unreachable import UNREACHABLE

DOCS: Final = Path(__file__).parents[2] / "docs"
COUNTED: Final = ("lives", "boots", "hours", "power_cuts", "events", "openings", "violations")
COVERAGE: Final = """# What simulated lives met

How often the lives of the last long run hit each thing that the product can do: its figures are in
[reliability](reliability.md#the-last-long-run). What can be hit is read from the product's own tables, so that what is
never hit shows by itself. `python -m tests.sim.book FILE…` writes this page.

"""


def main(files: Sequence[str]) -> int:
    page = DOCS / "reliability.md"
    text = page.read_text(encoding="utf-8")
    for name, body in standing().items():
        text = put(text, name, body)
    if files:
        runs = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
        counts = added([run["coverage"] for run in runs])
        text = put(text, "figures", figures(runs))
        text = put(text, "met", met(counts))
        (DOCS / "coverage.md").write_text(COVERAGE + markdown(counts) + "\n", encoding="utf-8")
    page.write_text(text, encoding="utf-8")
    return 0


def standing() -> dict[str, str]:
    """Section → table, of what needs no run."""
    return {"checks": checks(), "mutants": mutants()}


def put(text: str, name: str, body: str) -> str:
    """`text` with that section's body in place of what it had; ValueError where there is no such section."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"reliability.md: no section {name!r}")
    return f"{before}{begin}{body}\n{end}{after}"


def checks() -> str:
    return "\n".join(["| check | what it holds |", "|---|---|", *(f"| `{n}` | {s} |" for n, s in CHECKS.items())])


def mutants() -> str:
    killers = read_killers()
    lines = ["| sabotage | what it breaks | caught by | life, seed |", "|---|---|---|---|"]
    for mutant in MUTANTS:
        killer = killers.get(mutant.name)
        caught = f"`{killer.check}` | {mutant.life}, {killer.seed}" if killer else "not yet | "
        lines.append(f"| `{mutant.name}` | {mutant.breaks} | {caught} |")
    return "\n".join(lines)


def figures(runs: Sequence[Mapping[str, Any]]) -> str:
    """One line for each length of life, and their sum."""
    head = ["| lives of | " + " | ".join(COUNTED).replace("_", " ") + " |", "|---|" + "---|" * len(COUNTED)]
    lengths = sorted({run["life_hours"] for run in runs}, reverse=True)
    each = [_sums(f"{hours:g} h", [run for run in runs if run["life_hours"] == hours]) for hours in lengths]
    return "\n".join([*head, *each, _sums("**together**", runs)])


def _sums(name: str, runs: Sequence[Mapping[str, Any]]) -> str:
    return f"| {name} | " + " | ".join(f"{sum(run[what] for run in runs):,.0f}" for what in COUNTED) + " |"


def met(counts: Mapping[str, int]) -> str:
    """Group by group: how many are known, hit, and cannot be hit in a life; then the holes by name."""
    lines = ["| group | known | hit | not in lives | holes |", "|---|---|---|---|---|"]
    missing = holes(counts)
    for group, names in hits(counts).items():
        never = sum(f"{group}: {name}" in UNREACHABLE for name in names)
        open_ = sum(name.startswith(f"{group}: ") for name in missing)
        hit = sum(bool(times) for times in names.values())
        lines.append(f"| {group} | {len(names)} | {hit} | {never} | {open_} |")
    return "\n".join([*lines, "", "Holes: " + (", ".join(f"`{name}`" for name in missing) or "none") + "."])


def added(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
