"""Write the wiring pictures: `python -m tests.wiring`."""

from __future__ import annotations

from pathlib import Path

from tests.wiring.pictures import PICTURES

FOLDER = Path(__file__).parents[2] / "docs" / "hardware"

if __name__ == "__main__":
    for name, picture in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(picture().svg(), encoding="utf-8")
