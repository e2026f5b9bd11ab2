"""`locker`: one command for everything.  Errors of the tree are one line on stderr and exit code 1; wrong usage is 2.

Each command imports what it needs when it is run: `locker status` must not wait for OpenCV.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge.app.hardware.commands import add_config_new, add_hardware
from edge.core.errors import ConfigurationError, LockerError, machine_says

if TYPE_CHECKING:
    from edge.app.configuration import Configuration

__all__ = ["CONFIGURATION_VARIABLE", "main"]

CONFIGURATION_VARIABLE: Final = "LOCKER_CONFIG"
_DEFAULT: Final = "/etc/locker/locker.toml"

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _one(arguments)
    except ConfigurationError as error:
        print("\n".join(error.lines), file=sys.stderr)
        return 1
    except LockerError as error:
        print(f"locker: {_one_line(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read along has gone
        return 1
    except OSError as error:  # of the machine: no room, no permission, no such device
        where = f"{error.filename}: " if error.filename else ""
        print(f"locker: {where}{_one_line(machine_says(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _one(arguments: Sequence[str]) -> int:
    for name, other in _WHOLE.items():
        if arguments[:1] == [name]:
            return other(arguments[1:])
    wanted = _parser().parse_args(arguments)
    command: Command = wanted.command
    return command(wanted)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# -- commands that read their own arguments ---------------------------------------------------------------------------


def _decode(arguments: Sequence[str]) -> int:
    from hal.camera.still import main as decode

    return decode(arguments)


def _demo(arguments: Sequence[str]) -> int:
    from edge.app.demo import main as demo

    return demo(arguments)


_WHOLE: Final[dict[str, Callable[[Sequence[str]], int]]] = {"decode": _decode, "demo": _demo}


# -- the locker itself ------------------------------------------------------------------------------------------------


def _run(wanted: argparse.Namespace) -> int:
    import asyncio

    from edge.app.assembly import run_locker

    asyncio.run(run_locker(_configuration(wanted)))
    return 0


def _safe(wanted: argparse.Namespace) -> int:
    from edge.app import safe

    return safe.run(wanted.config)


def _check(wanted: argparse.Namespace) -> int:
    from edge.app import configuration

    told = configuration.load(wanted.file)
    banks = ", ".join(f"{bank.name} ({bank.driver}, {len(bank.doors)} doors)" for bank in told.banks)
    print(f"{wanted.file}: good: site {told.site.number}, {len(told.compartments)} doors on {banks}")
    return 0


def _example(_: argparse.Namespace) -> int:
    from importlib.resources import files

    print((files("edge.app") / "example.toml").read_text(), end="")
    return 0


def _world(wanted: argparse.Namespace) -> int:
    from edge.app import world

    return world.run(wanted)


def _bench_top(wanted: argparse.Namespace) -> int:
    from edge.app import bench_top

    return bench_top.run(wanted)


def _driver_check(wanted: argparse.Namespace) -> int:
    from edge.app import driver_check

    return driver_check.run(wanted)


def _hub(wanted: argparse.Namespace) -> int:
    from edge.app import hub

    return hub.run(wanted)


def _enrol(wanted: argparse.Namespace) -> int:
    from edge.app import enrolling

    return enrolling.run(wanted, _configuration(wanted))


def _prompts(wanted: argparse.Namespace) -> int:
    from edge.app import prompts

    return prompts.run(wanted, _configuration(wanted))


def _boot_page(wanted: argparse.Namespace) -> int:
    from edge.app import boot_page

    return boot_page.run(wanted)


# -- technicians ------------------------------------------------------------------------------------------------------


def _ask(wanted: argparse.Namespace) -> int:
    from edge.app import asking

    return asking.run(wanted, _socket(wanted))


def _act(wanted: argparse.Namespace) -> int:
    from edge.app import asking

    return asking.act(wanted, _socket(wanted))


def _scale(wanted: argparse.Namespace) -> int:
    from edge.app import asking

    return asking.scale(wanted, _socket(wanted))


def _time_reset(wanted: argparse.Namespace) -> int:
    from edge.app import asking

    return asking.time_reset(wanted, _socket(wanted))


def _journal(wanted: argparse.Namespace) -> int:
    from edge.app import journals

    return journals.run(wanted, _configuration(wanted))


def _bundle(wanted: argparse.Namespace) -> int:
    from edge.app.incident import bundling

    return bundling.run(wanted, _configuration(wanted))


def _replay(wanted: argparse.Namespace) -> int:
    from edge.app.incident import replaying

    return replaying.run(wanted)


def _configuration(wanted: argparse.Namespace) -> Configuration:
    from edge.app import configuration

    return configuration.load(wanted.config)


def _socket(wanted: argparse.Namespace) -> Path:
    return Path(_configuration(wanted).control.socket)


# -- the words --------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="locker", description="The program inside a parcel locker.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--config",
        default=os.environ.get(CONFIGURATION_VARIABLE, _DEFAULT),
        metavar="FILE",
        help=f"the configuration (default: ${CONFIGURATION_VARIABLE}, else {_DEFAULT})",
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="for programs")

    def add(name: str, command: Command, told: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=told, description=told[:1].upper() + told[1:] + ".", parents=parents)
        made.set_defaults(command=command, name=name)
        return made

    add("run", _run, "run the locker", where)
    add("safe", _safe, "switch every lock output off, when the locker does not run", where)
    _add_config(commands)
    _add_world(add("world", _world, "serve a simulated wall and street on a Unix socket", where))
    _add_bench_top(add("bench-top", _bench_top, "a fake lock board on a pseudo-terminal, with a picture of its doors"))
    _add_driver(commands)
    _add_hub(add("hub", _hub, "run the reference cloud"))
    _add_enrol(add("enrol", _enrol, "exchange a claim code for what this site has to know", where))
    _add_prompts(add("prompts", _prompts, "record what the screen says aloud, in English and German", where))
    boot_page = add("boot-page", _boot_page, "write the page that the screen shows before the locker runs", where)
    boot_page.add_argument("--out", metavar="FILE", required=True, help="where the browser finds it")
    for name, told in _WHOLE_TOLD.items():
        add(name, _run, told)
    add_hardware(commands, where, as_json, _configuration)
    for name, told in (("status", "the locker on one page"), ("doors", "every door"), ("parcels", "every parcel")):
        add(name, _ask, told, where, as_json)
    _add_acts(add, where, as_json)
    _add_scale(add("scale", _scale, "what the courier's scale shows; zero or tare it", where, as_json))
    _add_journal(commands, where, as_json)
    bundle = add(
        "bundle", _bundle, "write what the locker knows to one file, for whoever looks into an incident", where
    )
    bundle.add_argument("file", metavar="FILE", help="a new file; it holds neither codes and PINs nor anybody's name")
    _add_replay(
        add("replay", _replay, "check a bundle or a journal, decide its inputs again, tell what happened", as_json)
    )
    return parser


_WHOLE_TOLD: Final = {
    "decode": "read the codes in pictures: locker decode --help",
    "demo": "a street, a cloud and a locker on this machine, to be played by hand",
}
_ACTS_TOLD: Final = {
    "open": "open a door",
    "out-of-service": "take a compartment out of service",
    "in-service": "put a compartment back into service",
    "empty": "a compartment in review was looked into, and is empty",
}


def _add_config(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("config", help="check a configuration, write a new one, or print an example")
    of = parser.add_subparsers(metavar="COMMAND", required=True)
    check = of.add_parser("check", help="say every line that is wrong")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(command=_check)
    of.add_parser("example", help="print one of 24 doors").set_defaults(command=_example)
    add_config_new(of)


def _add_world(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--socket", metavar="PATH", help="where to serve it (default: as the configuration says)")
    parser.add_argument("--doors", type=int, metavar="N", help="a plain wall of N doors instead of the configuration's")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the world's chance (default: 1)")
    told = "hang doors on a fake board: MAKE:LINK:ADDRESS:DOORS, such as ys:/tmp/board:1:1-24; may be repeated"
    parser.add_argument("--board", action="append", default=[], metavar="BOARD", help=told)


def _add_prompts(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", metavar="DIR", help="write the files there, a folder a language; what is there is kept")
    what.add_argument("--list", action="store_true", help="print every file's name and what is said in it")


def _add_bench_top(parser: argparse.ArgumentParser) -> None:
    makes, contacts = ("ys", "cu16", "cu48", "waveshare", "wkly", "winnsen"), ("closed_when_shut", "closed_when_open")
    parser.add_argument("--board", choices=makes, required=True, help="its make")
    parser.add_argument("--doors", type=int, default=24, metavar="N", help="as many boards as they need (default: 24)")
    parser.add_argument("--address", type=int, metavar="N", help="of the first board (default: the make's first)")
    parser.add_argument("--contact", choices=contacts, default=contacts[0], help="the feedback (default: %(default)s)")
    parser.add_argument("--echo", action="store_true", help="an adapter that hears itself")
    parser.add_argument("--link", default="", metavar="PATH", help="the device's name (default: a temporary folder)")
    parser.add_argument("--socket", default="", metavar="PATH", help="serve the world behind it as well")


def _add_driver(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "for whoever writes a driver (docs/drivers.md)"
    of = commands.add_parser("driver", help=told, description=told).add_subparsers(metavar="COMMAND", required=True)
    check = of.add_parser("check", help="whether a lock driver keeps what it promises, promise by promise")
    check.add_argument("rig", metavar="MODULE:RIG", help="a class of hal.conformance.Rig")
    check.set_defaults(command=_driver_check)


def _add_hub(parser: argparse.ArgumentParser) -> None:
    told = "where the cloud keeps its books and keys"
    parser.add_argument("--directory", type=Path, required=True, metavar="PATH", help=told)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8443, help="0: any that is free (default: 8443)")
    parser.add_argument("--certificate", default="", metavar="PEM", help="with --key: speak TLS")
    parser.add_argument("--key", default="", metavar="PEM", help="the certificate's private key")
    parser.add_argument("--carrier", action="append", default=[], help="issue codes for it; may be repeated")


def _add_enrol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("claim", metavar="CLAIM", help="as the cloud shows it: ABCD-EFGH")
    parser.add_argument("--url", default="", help="the hub (default: as the configuration says)")
    parser.add_argument("--replace", action="store_true", help="an enrolment that is there already")


def _add_acts(add: Callable[..., argparse.ArgumentParser], *parents: argparse.ArgumentParser) -> None:
    for name, told in _ACTS_TOLD.items():
        parser = add(name, _act, told, *parents)
        parser.add_argument("door", type=int, metavar="DOOR")
        parser.add_argument("--reason", required=True, help="why; it is journaled with your name")
    reset = add("time-reset", _time_reset, "lower the clock's floor by a document that the root signed", parents[0])
    reset.add_argument("file", metavar="FILE")
    reset.add_argument("--reason", required=True, help="why; it is journaled with your name")
    alarms = add("alarms", _act, "clear an alarm: alarms clear ALARM --reason …", *parents)
    alarms.add_argument("verb", choices=["clear"])
    alarms.add_argument("alarm", metavar="ALARM", help="as locker status shows it")
    alarms.add_argument("--reason", required=True, help="why; it is journaled with your name")


def _add_scale(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", nargs="?", choices=["zero", "tare"], default=None)
    parser.add_argument("--reason", default="", help="of zero or tare; it is journaled with your name")
    parser.add_argument("--live", action="store_true", help="every change, until Ctrl-C")


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="BUNDLE|JOURNAL", help="of locker bundle, or a journal at rest")
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--door", type=int, default=0, metavar="N", help="tell what happened at this door")
    about.add_argument("--parcel", default="", metavar="LABEL|ID", help="tell what happened to this parcel")


def _add_journal(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], *parents: argparse.ArgumentParser
) -> None:
    parser = commands.add_parser("journal", help="show, verify, export or set aside the journal")
    of = parser.add_subparsers(metavar="COMMAND", required=True)
    told = {
        "show": "rows, oldest first",
        "verify": "hashes, numbers and snapshots",
        "export": "JSON lines",
        "set-aside": "rename one that cannot be opened: the locker then starts as with a new card",
    }
    for name, what in told.items():
        made = of.add_parser(name, help=what, parents=parents)
        made.set_defaults(command=_journal, name=name)
        made.add_argument("--file", metavar="PATH", help="a journal at rest instead of the configuration's")
        if name == "show":
            made.add_argument("--after", type=int, default=0, metavar="N", help="rows above this number")
            made.add_argument("--last", type=int, default=0, metavar="N", help="only the newest N")


if __name__ == "__main__":
    sys.exit(main())
