"""The page from disk: what the screen shows while the program does not answer yet, or not any more.

The browser begins with it, so that it never stands before an address that does not answer; there it would try again
after a minute and a half, and then ever more seldom.
"""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from kiosk_ui.words import words_of

__all__ = ["boot_page"]

# In the page itself: from disk there is nowhere to fetch them from, and the machine may have none.
_LETTERS: Final = ("atkinson-next-latin-700", "atkinson-next-latin-ext-700", "noto-arabic-700")


def boot_page(port: int, *, language: str = "en", number: int = 0, name: str = "", telephone: str = "") -> str:
    """The page, whole: style and script are in it.  It asks 127.0.0.1 at `port` every second, and goes there once it
    answers.

    language: the site's own.  number, name, telephone: the site's, as far as they are known; 0 and empty: not.
    """
    words = words_of(language)
    pages = Environment(loader=PackageLoader("kiosk_ui"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return pages.get_template("boot.html").render(
        language=words.language,
        labels=words.labels,
        locker=words.label("locker", {"site_number": number}) if number else "",
        site_name=name,
        telephone=words.label("telephone", {"telephone": telephone}) if telephone else "",
        fonts=[b64encode((files("kiosk_ui") / f"static/{name}.woff2").read_bytes()).decode() for name in _LETTERS],
        address=f"http://127.0.0.1:{port}/",
    )
