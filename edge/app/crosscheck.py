"""What no single key can say: whether the parts of a configuration fit together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import NODEFAULT

from edge.app.drivers import Driver, find_driver
from edge.app.reading import Reader
from edge.app.wall import MAX_DOORS
from edge.core.errors import BadInput
from edge.core.site import CompartmentPlan, Policy
from edge.core.words import ContentSensor, Cutoff, Feedback
from hal.duty import CoilLimits

if TYPE_CHECKING:
    from edge.app.banks import BankPlan
    from edge.app.toml_tables import CloudTable, SiteTable


def wall(reader: Reader, plans: Sequence[CompartmentPlan], by_hand: int) -> None:
    """Each door once, each fit for custody.  The first `by_hand` plans are [[compartment]] tables."""
    if not 1 <= len(plans) <= MAX_DOORS:
        reader.wrong("compartment", NODEFAULT, f"the wall has {len(plans)} doors; must be 1 to {MAX_DOORS}")
    seen: set[int] = set()
    for number, plan in enumerate(plans, 1):
        path = f"compartment[{number}]" if number <= by_hand else "column"
        if plan.door in seen:
            reader.wrong(f"{path}.door", plan.door, "is named twice; each door once")
        seen.add(plan.door)
        if plan.feedback is Feedback.NONE:
            reader.wrong(
                f"{path}.feedback", plan.feedback, f"door {plan.door} cannot say whether it is open: unfit for custody"
            )


def banks(
    reader: Reader,
    plans: Sequence[CompartmentPlan],
    told: Sequence[BankPlan],
    coils: CoilLimits,
    sensed: Collection[int] = (),
) -> None:
    """Every door on exactly one bank, and every bank within what its driver and the coils can do.

    sensed: doors whose content something else than a bank senses.
    """
    built = {plan.door: plan for plan in plans}
    owners: dict[int, str] = {}
    names: set[str] = set()
    boards: dict[tuple[str, str], str] = {}
    bauds: dict[str, tuple[int, str]] = {}
    for number, bank in enumerate(told, 1):
        path, driver = f"bank[{number}]", find_driver(bank.driver)
        assert driver is not None, "the bank was read by it"
        if bank.name in names:
            reader.wrong(f"{path}.name", bank.name, "is the name of another bank")
        names.add(bank.name)
        for door in bank.doors:
            if door not in built:
                reader.wrong(f"{path}.doors", door, "the wall has no such door")
            elif door in owners:
                reader.wrong(f"{path}.doors", door, f"hangs on bank {owners[door]} already")
            else:
                _fits(reader, path, built[door], bank, driver, door in sensed)
            owners.setdefault(door, bank.name)
        _coils(reader, path, bank.options, coils)
        board = getattr(bank.options, "board", None)
        if board is not None:
            other = boards.setdefault((bank.driver, str(board)), bank.name)
            if other != bank.name:
                reader.wrong(f"{path}.board", board, f"is bank {other}'s already")
        if hasattr(bank.options, "port") and hasattr(bank.options, "baud"):
            baud, first = bauds.setdefault(bank.options.port, (bank.options.baud, bank.name))
            if baud != bank.options.baud:
                reader.wrong(f"{path}.baud", bank.options.baud, f"bank {first} runs the same port at {baud}")
    for door in sorted(set(built) - set(owners)):
        reader.wrong("bank", NODEFAULT, f"door {door} hangs on no bank")


def _fits(reader: Reader, path: str, plan: CompartmentPlan, bank: BankPlan, driver: Driver, sensed: bool) -> None:
    wired = driver.feedback(bank.options, plan.door)
    if wired is not None and wired is not plan.feedback and plan.feedback is not Feedback.NONE:
        why = f"door {plan.door} is wired for feedback {wired}, its compartment says {plan.feedback}"
        reader.wrong(f"{path}.doors", NODEFAULT, why)
    if plan.content is not ContentSensor.NONE and not sensed and not _senses(driver, bank.options, plan.content):
        why = f"door {plan.door} has content {plan.content}, which driver {bank.driver} does not sense"
        reader.wrong(f"{path}.doors", NODEFAULT, why)


def _senses(driver: Driver, options: Any, content: ContentSensor) -> bool:
    return driver.surroundings is not None and (driver.senses is None or content in driver.senses(options))


def _coils(reader: Reader, path: str, options: Any, coils: CoilLimits) -> None:
    pulse_ms = getattr(options, "pulse_ms", 0)
    if pulse_ms > coils.max_on_ms:
        reader.wrong(f"{path}.pulse_ms", pulse_ms, f"must be at most coils.max_on_ms, {coils.max_on_ms}")
    if getattr(options, "cutoff", None) is Cutoff.NONE and not str(getattr(options, "accept_no_cutoff", "")).strip():
        reader.wrong(
            f"{path}.cutoff",
            Cutoff.NONE,
            "nothing would end a pulse when this process dies; accept_no_cutoff must give the reason to accept that",
        )


def site(reader: Reader, told: SiteTable, policy: Policy) -> None:
    if policy.telephone and told.telephone and policy.telephone != told.telephone:
        reader.wrong("policy.telephone", policy.telephone, f"site.telephone says {told.telephone}")
    for number, neighbour in enumerate(told.neighbours, 1):
        path = f"site.neighbours[{number}].number"
        if neighbour.number == told.number:
            reader.wrong(path, neighbour.number, "is this site itself")
        elif not 1 <= neighbour.number < 2**31:
            reader.wrong(path, neighbour.number, f"must be a whole number from 1 to {2**31 - 1}")


def cloud(reader: Reader, told: CloudTable) -> None:
    if not told.url:
        return
    from sync.uplink import Trust, Uplink  # a technician's command need not wait for a library of the web

    try:
        Uplink(told.url, Trust(told.ca_file, told.sha256)).close()
    except BadInput as error:
        reader.wrong("cloud.url", told.url, str(error).partition(": ")[2])
    if told.ca_file and not Path(told.ca_file).is_file():
        reader.wrong("cloud.ca_file", told.ca_file, "no such file")
