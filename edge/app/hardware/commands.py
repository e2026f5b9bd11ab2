"""`locker hardware …`: each command opens what it needs, runs, says what came of it, and keeps the result.

Exit code 0: everything is good; 1: something is not, and the page says what.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge.core.errors import BadInput, NotAllowed

if TYPE_CHECKING:
    from edge.app.configuration import Configuration
    from edge.app.hardware.rig import Rig
    from edge.app.hardware.technician import Technician

__all__ = ["add_config_new", "add_hardware"]

MAX_ADDRESSES: Final = 32  # of one make; a minute and a half on a port on which nothing hangs
STOP_AFTER: Final = 3  # failures; a wall that fails more often has something to be found first


def add_hardware(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    where: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
    configuration: Callable[[argparse.Namespace], Configuration],
) -> None:
    """Add `hardware` to the words of the command line."""
    told = "commission a wall: scan, learn, test, soak, report (docs/commissioning.md)"
    of = commands.add_parser("hardware", help=told, description=told).add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Callable[[argparse.Namespace], int], told: str, *more: Any) -> argparse.ArgumentParser:
        made = of.add_parser(name, help=told, description=f"{told[:1].upper()}{told[1:]}.", parents=more)
        made.set_defaults(command=command, configuration=configuration)
        return made

    scan = add("scan", _scan, "what hangs on this machine: ports, cameras, scales, scanners, buses", as_json)
    scan.add_argument("--ask", action="store_true", help="which lock boards answer, by status questions; opens no door")
    scan.add_argument("--port", action="append", default=[], metavar="PATH", help="ask on this one; may be repeated")
    told = "addresses of each make to ask, from its first (default: 4)"
    scan.add_argument("--addresses", type=int, default=4, metavar="N", help=told)
    learn = add("learn", _learn, "pulse each lock, see which contact moves, propose the map", where, as_json)
    _add_doors(learn)
    learn.add_argument("--write", metavar="FILE", help="a new configuration with what was learnt")
    test = add("test", _test, "light, one lock, all locks: seen by you and by the contacts", where, as_json)
    test.add_argument("--door", type=int, metavar="N", help="this door only")
    test.add_argument("--yes", action="store_true", help="ask nothing: judge only what contacts can tell")
    soak = add("soak", _soak, "open and shut again and again, and time it", where, as_json)
    soak.add_argument("--cycles", type=int, required=True, metavar="N", help="of each door")
    _add_doors(soak)
    soak.add_argument(
        "--stop-after",
        type=int,
        default=STOP_AFTER,
        metavar="N",
        help=f"end at so many failures (default: {STOP_AFTER})",
    )
    soak.add_argument("--self-closing", action="store_true", help="the doors shut themselves: nobody is told to")

    weighing = add("weigh", _weigh, "what load cells give; tare and span of one, with a known weight", where, as_json)
    weighing.add_argument("--door", type=int, metavar="N", help="weigh this one anew")
    weighing.add_argument("--load-g", type=int, metavar="G", help="with this weight")

    report = add("report", _report, "a signed text about this wall that you can send", where)
    report.add_argument("--out", required=True, metavar="FILE", help="a new file; no keys, codes or names are in it")
    verify = add("verify-report", _verify, "whether a report is as it was made")
    verify.add_argument("file", metavar="FILE")


def add_config_new(of: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `new` to the words of `locker config`."""
    new = of.add_parser("new", help="write a commented one for a new wall")
    makes = "ys, cu16, cu48, waveshare, wkly, winnsen, gpio, mcp23017 or sim"
    new.add_argument("--board", required=True, metavar="MAKE", help=f"what the locks hang on: {makes}")
    new.add_argument("--doors", type=int, required=True, metavar="N")
    new.add_argument("--port", default="/dev/ttyUSB0", metavar="PATH", help="of the boards (default: /dev/ttyUSB0)")
    new.add_argument("--out", metavar="FILE", help="a new file (default: print it)")
    new.set_defaults(command=_new)


def _new(wanted: argparse.Namespace) -> int:
    from edge.app.hardware.template import template, write_template

    if wanted.out is None:
        print(template(wanted.board, wanted.doors, wanted.port), end="")
        return 0
    write_template(wanted.board, wanted.doors, wanted.port, Path(wanted.out))
    print(f"{wanted.out}: written.  Look at the lines marked <<<, then: locker config check {wanted.out}")
    return 0


def _add_doors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--doors", default="", metavar="LIST", help='such as "1-4, 9" (default: all)')


def _scan(wanted: argparse.Namespace) -> int:
    import msgspec
    from serial.tools.list_ports import comports

    from edge.app.hardware.probing import Asked, ask
    from edge.app.hardware.scan import Places, scan
    from edge.app.hardware.technician import Technician
    from edge.app.hardware.telling import tell_asked, tell_scanned

    if not 1 <= wanted.addresses <= MAX_ADDRESSES:
        raise BadInput(f"--addresses {wanted.addresses}: must be 1 to {MAX_ADDRESSES}")
    if wanted.port and not (wanted.ask and all(wanted.port)):
        raise BadInput("--port PATH: only with --ask, and never empty")
    scanned = scan(Places(), comports)
    technician = Technician(sys.stdin, sys.stderr if wanted.json else sys.stdout)
    tell_scanned(technician, scanned)
    asked: list[Asked] = []
    if wanted.ask:
        technician.heading("Which boards answer")
        ports = wanted.port or [port.path for port in scanned.serial if not port.trouble]
        for port in ports:
            asked.append(ask(port, wanted.addresses))
            tell_asked(technician, asked[-1])
        if not ports:
            technician.say("There is no serial port that could be asked.")
    if wanted.json:
        print(msgspec.json.encode({"found": scanned, "asked": asked}).decode())
    in_vain = wanted.ask and not any(one.found for one in asked)
    return 1 if in_vain or (wanted.port and any(one.trouble for one in asked)) else 0


def _report(wanted: argparse.Namespace) -> int:
    import os
    from datetime import UTC, datetime

    from edge.app.hardware.report import report_of, signed, signing_key
    from edge.app.hardware.scan import Places, model_of
    from edge.app.hardware.standstill import running, standstill
    from edge.clock import SystemClock

    told: Configuration = wanted.configuration(wanted)
    why = running(told)
    wall_s, trust = SystemClock().read()
    made_at = f"{datetime.fromtimestamp(wall_s, UTC):%Y-%m-%d %H:%M} UTC, clock {trust}"
    with contextlib.nullcontext() if why else standstill(told, reading_only=True):
        report = report_of(told, model_of(Places()), made_at, why)
        key, of = signing_key(told.directory, os.urandom)
    try:
        with open(wanted.out, "x", encoding="utf-8") as file:
            file.write(signed(report, key, of))
    except FileExistsError:
        raise NotAllowed(f"{wanted.out}: is there already; a file is never overwritten") from None
    print(f"{wanted.out}: written.  Read it before you send it; its key is {of}.")
    for line in report.trouble:
        print(f"  missing in it: {line}")
    missing = [kind for kind, result in report.results.items() if result is None]
    if missing:
        print(f"  missing in it: results of {', '.join(missing)}; run locker hardware {missing[0]} first")
    return 0


def _verify(wanted: argparse.Namespace) -> int:
    from edge.app.hardware.report import FRESH, MAX_REPORT_BYTES, check
    from sync.keyfiles import read_limited

    checked = check(read_limited(Path(wanted.file), MAX_REPORT_BYTES).decode(errors="replace"))
    print(f"{wanted.file}: unchanged since it was made ({checked.made_at})")
    print(f"  key {checked.key}, {checked.of}")
    if checked.of == FRESH:
        print("  Such a key says nothing about who made it; the site's own key would.")
    return 0


def _weigh(wanted: argparse.Namespace) -> int:
    import msgspec

    from edge.app.hardware.standstill import standstill
    from edge.app.hardware.technician import Technician
    from edge.app.hardware.weigh import proposal, table, weigh, weigh_anew
    from hal.loadcell.wiring import open_cells

    told: Configuration = wanted.configuration(wanted)
    if (wanted.door is None) is not (wanted.load_g is None):
        raise BadInput("--door and --load-g: both or neither")
    plans = {plan.door: plan for plan in told.load_cells}
    if wanted.door is not None and wanted.door not in plans:
        having = ", ".join(map(str, sorted(plans))) or "none"
        raise BadInput(f"door {wanted.door}: has no load cell; those with one are {having}")
    technician = Technician(sys.stdin, sys.stderr if wanted.json else sys.stdout)
    if not plans:
        raise BadInput(f"{told.file}: no [[load_cell]]: there is nothing to weigh with")
    with standstill(told, reading_only=True), contextlib.closing(open_cells(told.load_cells)) as cells:
        if wanted.door is None:
            measured = weigh(cells, told.load_cells)
            technician.lines(table(measured))
            result, good = msgspec.json.encode(measured), not any(one.trouble for one in measured)
        else:
            found = weigh_anew(cells, plans[wanted.door], wanted.load_g, technician)
            technician.lines(proposal(found))
            result, good = msgspec.json.encode(found), not found.trouble
    if wanted.json:
        print(result.decode())
    return 0 if good else 1


def _learn(wanted: argparse.Namespace) -> int:
    from edge.app.hardware.learn import Learned, learn
    from edge.app.hardware.proposal import proposed, write_new
    from edge.app.hardware.telling import tell_learned, tell_proposal

    def run(rig: Rig, technician: Technician, told: Configuration) -> tuple[Learned, bool]:
        learned = learn(rig, technician, _doors(wanted.doors, rig))
        tell_learned(technician, learned)
        proposal = proposed(told, learned.channels, learned.inverted)
        if wanted.write and proposal.tables:
            write_new(told, proposal, Path(wanted.write))
        tell_proposal(technician, proposal, told.file, wanted.write or "")
        good = not (learned.findings or learned.stopped or proposal.tables or proposal.mixed or proposal.without)
        return learned, good

    return _run(wanted, "learn", run)


def _test(wanted: argparse.Namespace) -> int:
    from edge.app.hardware.telling import tell_tried
    from edge.app.hardware.trial import Tried, trial

    def run(rig: Rig, technician: Technician, _: Configuration) -> tuple[Tried, bool]:
        doors = _doors("" if wanted.door is None else str(wanted.door), rig)
        tried = trial(rig, technician, doors, ask=not wanted.yes)
        tell_tried(technician, tried)
        return tried, tried.good

    return _run(wanted, "test", run)


def _soak(wanted: argparse.Namespace) -> int:
    from edge.app.hardware.soak import MAX_CYCLES, Soaked, soak
    from edge.app.hardware.telling import tell_soaked

    if not 1 <= wanted.cycles <= MAX_CYCLES:
        raise BadInput(f"--cycles {wanted.cycles}: must be 1 to {MAX_CYCLES}")
    if wanted.stop_after < 1:
        raise BadInput(f"--stop-after {wanted.stop_after}: must be at least 1")

    def run(rig: Rig, technician: Technician, _: Configuration) -> tuple[Soaked, bool]:
        doors = _doors(wanted.doors, rig)
        soaked = soak(
            rig, technician, doors, wanted.cycles, stop_after=wanted.stop_after, self_closing=wanted.self_closing
        )
        tell_soaked(technician, soaked)
        return soaked, soaked.good

    return _run(wanted, "soak", run)


def _run(
    wanted: argparse.Namespace, kind: str, run: Callable[[Rig, Technician, Configuration], tuple[Any, bool]]
) -> int:
    """With the locker at a standstill and the wall open: run, keep the result, print it for programs."""
    import msgspec

    from edge.app.hardware.kept import keep
    from edge.app.hardware.rig import rig_of
    from edge.app.hardware.standstill import standstill
    from edge.app.hardware.technician import Technician

    told: Configuration = wanted.configuration(wanted)
    technician = Technician(sys.stdin, sys.stderr if wanted.json else sys.stdout)
    with standstill(told), rig_of(told) as rig:
        rig.read()
        for bank, why in rig.troubles.items():
            technician.say(f"Bank {bank}: nothing can be read: {why}")
        result, good = run(rig, technician, told)
        keep(told.directory, kind, result)
    if wanted.json:
        print(msgspec.json.encode(result).decode())
    return 0 if good else 1


def _doors(text: str, rig: Rig) -> tuple[int, ...]:
    """The doors of the list; all of the wall where it is empty."""
    from edge.app.wall import numbers

    if not text:
        return rig.doors
    found = numbers(text)
    if found is None:
        raise BadInput(f'doors "{text}": must be door numbers such as "1-12, 17"')
    missing = sorted(set(found) - set(rig.doors))
    if missing:
        raise BadInput(f"door {missing[0]}: the wall has doors {rig.doors[0]} to {rig.doors[-1]}, not this one")
    return tuple(dict.fromkeys(found))
