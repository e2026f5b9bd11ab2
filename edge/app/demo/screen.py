"""The screen of the site as a person has it: the page on loopback is looked at, typed into and tapped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import urllib3
from msgspec import Struct

from edge.core.errors import Broken, LinkDown

__all__ = ["Page", "ScreenSeen", "read"]

_STAGE: Final = re.compile(r'data-screen="([a-z_]+)"')
_NUMBER: Final = re.compile(r'data-number="([0-9]+)"')
_TOKEN: Final = re.compile(r'data-page="([^"]+)"')


class ScreenSeen(Struct, frozen=True):
    """What the screen says.  name: message id, empty while there is no screen.  choices: as they are called."""

    name: str = ""
    headline: str = ""
    sentences: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def read(html: str) -> ScreenSeen:
    """The words of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    said = {kind: tuple(text for text in reader.texts[kind] if text) for kind in reader.texts}
    return ScreenSeen(reader.name, " ".join(said["headline"]), said["sentence"], said["choice"])


class Page:
    """One browser before the page.  Whoever types or taps shows the screen from then on; who only looks does not."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(retries=False)
        self._cookie = ""

    def name(self) -> str:
        """The message id of the present screen."""
        found = _STAGE.search(self._look())
        return found.group(1) if found else ""

    def seen(self) -> ScreenSeen:
        """The words of the present screen.  LinkDown when nobody serves it."""
        try:
            return read(self._look())
        except urllib3.exceptions.HTTPError as error:
            raise LinkDown(f"the screen at {self.url}: {type(error).__name__}") from None

    def type(self, text: str) -> None:
        self._post("typed", "text", text)

    def tap(self, choice: str) -> None:
        self._post("choice", "choice", choice)

    def _look(self) -> str:
        answer = self._pool.request("GET", self.url, timeout=5)
        self._cookie = answer.headers.get("Set-Cookie", self._cookie).partition(";")[0]
        return answer.data.decode()

    def _post(self, where: str, field: str, value: str) -> None:
        html = self._look()
        number, token = _NUMBER.search(html), _TOKEN.search(html)
        told = {field: value, "choices": number[1] if number else "", "page": token[1] if token else ""}
        answer = self._pool.request_encode_body(
            "POST",
            f"{self.url}/{where}",
            fields=told,
            headers={"Cookie": self._cookie, "Origin": self.url},
            encode_multipart=False,
        )
        if answer.status != 204:
            raise Broken(f"the page took {field} {value!r} with {answer.status}: {answer.data[:100]!r}")


class _Reader(HTMLParser):
    """Collects the headline, the sentences and the choices."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.texts: dict[str, list[str]] = {"headline": [], "sentence": [], "choice": []}
        self._within: list[tuple[str, str]] = []  # tag that began it, what it is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.name = self.name or given.get("data-screen") or ""
        kind = _kind(tag, given)
        if kind:
            self._within.append((tag, kind))
            self.texts[kind].append("")

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1][0] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within:
            texts = self.texts[self._within[-1][1]]
            texts[-1] = " ".join((texts[-1] + " " + data).split())


def _kind(tag: str, given: dict[str, str | None]) -> str:
    if tag == "h1":
        return "headline"
    if "sentence" in (given.get("class") or "").split():
        return "sentence"
    return "choice" if tag == "button" and given.get("name") == "choice" else ""
