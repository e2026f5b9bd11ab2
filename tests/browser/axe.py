"""axe-core, which judges a page by the rules of WCAG 2.2 A and AA and by its own good practice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

__all__ = ["violations"]

_SOURCE: Final = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
_OPTIONS: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_RUN: Final = """async (options) => {
  const told = await axe.run(document, options);
  return told.violations.map((each) => [each.id, each.help, each.nodes.map((node) => node.html.slice(0, 120))]);
}"""


def violations(page: Page) -> list[str]:
    """What breaks a rule on the page as it stands, in sentences."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_SOURCE + "\n//")
    told: list[tuple[str, str, list[Any]]] = page.evaluate(_RUN, _OPTIONS)
    return [f"{rule}: {meaning}: {json.dumps(nodes, ensure_ascii=False)}" for rule, meaning, nodes in told]
