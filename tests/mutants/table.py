"""All sabotages."""

from __future__ import annotations

from typing import Final

from tests.mutants.cloud import CLOUD
from tests.mutants.doors import DOORS
from tests.mutants.durability import DURABILITY
from tests.mutants.mutant import Mutant
from tests.mutants.rights import RIGHTS

MUTANTS: Final[tuple[Mutant, ...]] = (*DURABILITY, *RIGHTS, *DOORS, *CLOUD)
