"""`locker config new`: a configuration for a new wall, for a technician to read; it passes the check as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge.app.hardware.boards import BOARDS, FILL_IN, bank_tables
from edge.core.errors import BadInput, NotAllowed, machine_says
from edge.core.words import Feedback

__all__ = ["template", "write_template"]

A_COLUMN: Final = ("M", "S", "S", "M", "M", "L")  # 1,400 mm and a plinth: the top door is in reach
SCREEN_MM: Final = 450


def template(make: str, doors: int, port: str) -> str:
    """The whole file.  BadInput for a board that there is not, or more doors than one port has."""
    if make not in BOARDS:
        raise BadInput(f"--board {make}: must be one of {', '.join(BOARDS)}")
    board = BOARDS[make]
    if board.serial and (not port or not port.isprintable() or set(port) & {'"', "\\"}):
        raise BadInput(f"--port {port!r}: must be the path of a device, without quotes and backslashes")
    banks = bank_tables(make, doors, port)
    lines = [
        f"# A locker of {doors} doors on {board.title}.",
        f"# Look at each line marked {FILL_IN[2:]}, then: locker config check FILE",
        "# Every key: docs/configuration.md.  From here to “in service”: docs/commissioning.md.",
        "",
        "[site]",
        f"number = 1  {FILL_IN} the site's number, as the cloud has it",
        f'name = ""  {FILL_IN} for the screen',
        f'address = ""  {FILL_IN}',
        f'telephone = ""  {FILL_IN} what the screen shows when nothing works',
        "",
        *_columns(doors, board.feedback),
        "",
        "# The locks.  Which door hangs on which channel, and which way the contacts speak, is not to be assumed:",
        "# locker hardware learn pulses each lock once and proposes both.",
        *_about(make),
        *banks[1:],
        "",
        "[coils]  # what the supply of the locks bears, over all banks",
        f"max_on_ms = {board.pulse_ms}  # no pulse is longer",
        "at_once = 1  # coils on at the same moment: more only where the supply was built for it",
        "attempts_a_minute = 6  # pulses of one coil",
        "",
        *_camera(make),
        "",
        "[state]",
        'directory = "/var/lib/locker"',
        "",
        "[control]",
        'socket = "/run/locker/control.sock"',
    ]
    return "\n".join(lines) + "\n"


def write_template(make: str, doors: int, port: str, path: Path) -> None:
    """Into a new file.  NotAllowed when there is one."""
    text = template(make, doors, port)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise NotAllowed(f"{path}: is there already; a file is never overwritten") from None
    except OSError as error:
        raise BadInput(f"{path}: {machine_says(error)}") from None


def _columns(doors: int, feedback: Feedback) -> list[str]:
    """Columns of six, the screen to the left of the middle one."""
    firsts = range(1, doors + 1, len(A_COLUMN))
    lines = [
        "# The wall: columns side by side from the left, doors numbered downwards.  Sizes from the top: S, M, L, XL",
        f"# are 100, 200, 400, 600 mm high.  {FILL_IN[2:]} Make it look like the wall: it is the map on the screen.",
        '# feedback: "switch", a contact at the door, or "latch", the lock\'s own.',
        '# content = "scale" or "infrared" where something tells what is inside.',
    ]
    for number, first in enumerate(firsts):
        sizes = ", ".join(f'"{size}"' for size in A_COLUMN[: doors - first + 1])
        lines += ["", "[[column]]", f"first_door = {first}", f"sizes = [{sizes}]", f'feedback = "{feedback}"']
        lines += ["width_mm = 450", "plinth_mm = 150  # from the ground to the lowest compartment"]
        if number and number == len(firsts) // 2:
            lines.append(f"gap_mm = {SCREEN_MM}  # to its left: the screen")
    return lines


def _about(make: str) -> list[str]:
    if BOARDS[make].serial:
        return ["# One port is one bus: its boards have different addresses, and the same baud."]
    if make == "sim":
        return ["# Served by: locker world --config FILE"]
    return []


def _camera(make: str) -> list[str]:
    if make == "sim":
        return ["[camera]", 'source = "world:/run/locker/world.sock"']
    return [
        "[camera]",
        f'source = ""  {FILL_IN} such as /dev/v4l/by-id/… of locker hardware scan; none: people type PINs',
    ]
