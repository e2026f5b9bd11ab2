"""`python -m tests.picture`: plays the demo and keeps its words as docs/demo.svg."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from edge.app.demo.main import WIDTH, play

PICTURE = Path(__file__).parent.parent / "docs" / "demo.svg"
# The reader's own monospace letters: no font is fetched from anywhere.
PLAIN = re.sub(r"@font-face \{\{.*?\}\}|<!--.*?-->", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main() -> int:
    console = Console(record=True, width=WIDTH, highlight=False, force_terminal=True)
    code = play(console)
    if code == 0:
        console.save_svg(str(PICTURE), title="locker demo", code_format=PLAIN)
    return code


if __name__ == "__main__":
    sys.exit(main())
