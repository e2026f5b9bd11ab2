"""Doors and seconds as a technician reads them."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["doors_in_words", "seconds"]


def doors_in_words(doors: Collection[int]) -> str:
    """ "door 3", "doors 1-4, 7"; "no door"."""
    if not doors:
        return "no door"
    runs: list[list[int]] = []
    for door in sorted(set(doors)):
        if runs and door == runs[-1][-1] + 1:
            runs[-1].append(door)
        else:
            runs.append([door])
    told = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return f"door{'' if len(set(doors)) == 1 else 's'} {told}"


def seconds(time_s: float) -> str:
    return f"{time_s:.2f} s"
