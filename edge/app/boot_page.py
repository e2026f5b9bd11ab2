"""`locker boot-page`: write the page from disk for this site, which the browser begins with (docs/kiosk-machine.md).

A configuration that cannot be read is no reason for a dark screen: then the page is written without the site's name,
and the command fails with what is wrong.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from edge.app.configuration import KioskTable, load
from edge.core.errors import LockerError
from kiosk_ui.boot import boot_page

__all__ = ["run"]


def run(wanted: argparse.Namespace) -> int:
    try:
        told = load(wanted.config)
    except (LockerError, OSError):
        _write(Path(wanted.out), boot_page(KioskTable().port))
        raise
    site, kiosk = told.site, told.kiosk
    page = boot_page(
        kiosk.port, language=kiosk.languages[0], number=site.number, name=site.name, telephone=site.telephone
    )
    _write(Path(wanted.out), page)
    return 0


def _write(file: Path, page: str) -> None:
    """All of it or nothing; readable for the browser's user.  What is there already is not written again."""
    if file.is_file() and file.read_text() == page:
        return
    new = file.with_suffix(".new")
    new.write_text(page)
    new.chmod(0o644)
    os.replace(new, file)
