"""The [[reader]] tables of the configuration: scanners besides the camera, each with the options of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from edge.app.reading import Reader

__all__ = ["MAX_READERS", "ReaderPlan", "check", "read_plans"]

MAX_READERS: Final = 8  # at one screen: a camera, one for customers, one for couriers, and then some

Name = Annotated[str, Meta(min_length=1, max_length=32, pattern="^[a-z0-9][a-z0-9_-]*$")]


class ReaderPlan(Struct, frozen=True):
    """One scanner: its name, its kind, and that kind's own options."""

    name: str
    kind: str
    options: Any

    @property
    def device(self) -> str:
        """The path of its port or input device."""
        return str(getattr(self.options, "port", None) or self.options.device)


class _Head(Struct, frozen=True):
    """What every reader has, whatever its kind."""

    name: Name
    kind: str


def read_plans(reader: Reader, raw: object) -> tuple[ReaderPlan, ...] | None:
    """None when something in them is wrong, which has been noted."""
    return reader.each(raw, "reader", lambda entry, path: _plan(reader, entry, path), most=MAX_READERS)


def check(reader: Reader, plans: Sequence[ReaderPlan], ports: dict[str, str]) -> None:
    """Each name once, and each device in one hand.  `ports`: those that are somebody else's, and whose."""
    names: set[str] = set()
    owners = dict(ports)
    for number, plan in enumerate(plans, 1):
        path = f"reader[{number}]"
        if plan.name in names:
            reader.wrong(f"{path}.name", plan.name, "is the name of another reader")
        names.add(plan.name)
        owner = owners.setdefault(plan.device, f"reader {plan.name}")
        if owner != f"reader {plan.name}":
            key = "device" if plan.kind == "wedge" else "port"
            reader.wrong(f"{path}.{key}", plan.device, f"is {owner}'s already")


def _plan(reader: Reader, raw: dict[str, Any], path: str) -> ReaderPlan | None:
    from hal.readers.kinds import KINDS  # whoever has no scanner need not wait for a library

    head = reader.table({key: raw[key] for key in ("name", "kind") if key in raw}, _Head, path)
    if head is None:
        return None
    kind = KINDS.get(head.kind)
    if kind is None:
        reader.wrong(f"{path}.kind", head.kind, f"must be one of: {', '.join(sorted(KINDS))}")
        return None
    rest = {key: value for key, value in raw.items() if key not in ("name", "kind")}
    options = reader.table(rest, kind.options, path)
    return None if options is None else ReaderPlan(head.name, head.kind, options)
