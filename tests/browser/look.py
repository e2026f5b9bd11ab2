"""What a screen looks like, and what is wrong with it.

python -m tests.browser.look --language de --panel 7in --theme large --out DIR [NAME…]

Draws the screens of the gallery whose names begin with NAME (all of them without one), writes a PNG of each into DIR
where one is given, and prints what was measured; `every` stands for every language, panel or theme.  Ends with 1 when
there are findings.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from kiosk_ui.words import LANGUAGES
from tests.browser.chromium import chromium
from tests.browser.exhibition import THEMES, Shot, shots
from tests.browser.studio import PANELS, Panel, Studio


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _arguments().parse_args(arguments)
    if not any(_wanted(each, wanted.names) for each in shots()):
        print("no such screen; there are: " + " ".join(each.name for each in shots()))
        return 2
    if wanted.out:
        wanted.out.mkdir(parents=True, exist_ok=True)
    count = 0
    with chromium() as browser:
        for panel in _chosen(wanted.panel, PANELS):
            for line in _drawn(browser, PANELS[panel], wanted):
                print(line)
                count += 1
    print(f"{count} findings")
    return 1 if count else 0


def _drawn(browser: Browser, panel: Panel, wanted: argparse.Namespace) -> Iterator[str]:
    with Studio(browser, panel) as studio:
        for language in _chosen(wanted.language, LANGUAGES):
            for theme in _chosen(wanted.theme, THEMES):
                for shot in shots(language, theme):
                    if _wanted(shot, wanted.names):
                        yield from _findings(studio, shot, f"{shot.name} {language} {panel.name} {theme}", wanted.out)
        yield from (f"{panel.name}: the page says: {error}" for error in studio.errors)


def _findings(studio: Studio, shot: Shot, where: str, folder: Path | None) -> Iterator[str]:
    studio.show(shot)
    if folder:
        (folder / f"{where.replace(' ', '_')}.png").write_bytes(studio.picture())
    yield from (f"{where}: {finding}" for finding in studio.measured())


def _wanted(shot: Shot, names: Sequence[str]) -> bool:
    return not names or shot.name.startswith(tuple(names))


def _chosen(name: str, of: Iterable[str]) -> list[str]:
    return list(of) if name == "every" else [name]


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.look", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--language", default="en", choices=[*LANGUAGES, "every"])
    parser.add_argument("--panel", default="7in", choices=[*PANELS, "every"])
    parser.add_argument("--theme", default="paper", choices=[*THEMES, "every"])
    parser.add_argument("--out", type=Path, metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
