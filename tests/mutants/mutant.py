"""One sabotage: a line of the product that is taken away or turned round, and the check that must notice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import Struct

from edge.core.errors import BadInput

CRASHES: Final = frozenset({"the_life_goes_on", "nothing_but_the_card_ends_the_process", "it_starts"})


class Mutant(Struct, frozen=True, kw_only=True):
    """`old` stands exactly once in `file` and is replaced by `new`; without `new` it is taken away.

    breaks: the sentence of the design that is then untrue.  dies_by: the checks of which any one may find it; a crash
    is none.  life: the directed life to look in, or "street", the whole of it.  hours: of each life of the street.
    seeds: how many lives are tried at most.
    """

    name: str
    file: str
    old: str
    new: str = ""
    breaks: str
    dies_by: tuple[str, ...]
    life: str = "street"
    hours: float = 0.25
    seeds: int = 12

    def __post_init__(self) -> None:
        if not self.dies_by or CRASHES & set(self.dies_by):
            raise BadInput(f"mutant {self.name}: must die by checks that have a name, not by {self.dies_by}")

    def apply(self, root: Path) -> None:
        """Sabotage the copy at `root`.  BadInput unless the old text stands there exactly once."""
        path = root / self.file
        text = path.read_text()
        found = text.count(self.old)
        if found != 1:
            raise BadInput(f"mutant {self.name}: its text stands {found} times in {self.file}, must be once")
        path.write_text(text.replace(self.old, self.new))
