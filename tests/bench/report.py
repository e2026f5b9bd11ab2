"""How tables are printed, and what bench.json holds."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.bench.figures import Figure, Table, Target

SCHEMA = 1
NAME_WIDTH = 59
UNIT_WIDTH = 6
NUMBER_WIDTH = 11


def lines(table: Table) -> list[str]:
    """The table as it is printed."""
    head = f"{table.title:<{NAME_WIDTH}}{'':>{UNIT_WIDTH}}{'median':>{NUMBER_WIDTH}}{'p99':>{NUMBER_WIDTH}}  rounds"
    printed = [head, "-" * len(head)]
    printed += [_figure_line(figure) for figure in table.figures]
    printed += [_target_line(target) for target in table.targets]
    printed += [f"  {table.remark}"] if table.remark else []
    return printed


def _figure_line(figure: Figure) -> str:
    p99 = "" if figure.p99 is None else number(figure.p99)
    name = f"{figure.name:<{NAME_WIDTH}}{figure.unit:>{UNIT_WIDTH}}"
    numbers = f"{number(figure.median):>{NUMBER_WIDTH}}{p99:>{NUMBER_WIDTH}}{figure.rounds:>8}"
    return f"{name}{numbers}  {figure.note}".rstrip()


def _target_line(target: Target) -> str:
    word = "met" if target.met else "MISSED"
    limit = f"{number(target.limit)} {target.unit}".strip()
    return f"  target: {target.name} {number(target.value)} {target.unit}".rstrip() + f", at most {limit}: {word}"


def number(value: float) -> str:
    """Three digits that count, thousands set apart."""
    if value == int(value) or abs(value) >= 100:
        return f"{round(value):,}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def as_json(tables: dict[str, list[Table]], machine: dict[str, Any], failures: dict[str, str]) -> bytes:
    """The bytes of bench.json."""
    book = {
        "schema": SCHEMA,
        "machine": machine,
        "benchmarks": {name: [_table_of(table) for table in some] for name, some in tables.items()},
        "failures": failures,
    }
    return msgspec.json.format(msgspec.json.encode(book), indent=1) + b"\n"


def _table_of(table: Table) -> dict[str, Any]:
    targets = [{**msgspec.structs.asdict(target), "met": target.met} for target in table.targets]
    return {"title": table.title, "figures": table.figures, "targets": targets, "remark": table.remark}
