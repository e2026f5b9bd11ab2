"""The screen of the site as a person has it: the page on loopback is looked at, typed into and tapped."""

from __future__ import annotations

import re
from typing import Final

import urllib3

from edge.core.errors import Broken

_STAGE: Final = re.compile(r'data-screen="([a-z_]+)"')
_NUMBER: Final = re.compile(r'data-number="([0-9]+)"')


class Page:
    """One browser before the page."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(retries=False)
        self._cookie = ""

    def name(self) -> str:
        """The message id of the present screen."""
        found = _STAGE.search(self._look())
        return found.group(1) if found else ""

    def type(self, text: str) -> None:
        self._post("typed", "text", text)

    def tap(self, choice: str) -> None:
        self._post("choice", "choice", choice)

    def _look(self) -> str:
        answer = self._pool.request("GET", self.url, timeout=5)
        self._cookie = answer.headers.get("Set-Cookie", self._cookie).partition(";")[0]
        return answer.data.decode()

    def _post(self, where: str, field: str, value: str) -> None:
        number = _NUMBER.search(self._look())
        answer = self._pool.request_encode_body(
            "POST",
            f"{self.url}/{where}",
            fields={field: value, "choices": number.group(1) if number else ""},
            headers={"Cookie": self._cookie, "Origin": self.url},
            encode_multipart=False,
        )
        if answer.status != 204:
            raise Broken(f"the page took {field} {value!r} with {answer.status}: {answer.data[:100]!r}")
