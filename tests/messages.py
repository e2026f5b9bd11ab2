"""`python -m tests.messages`: bring the catalogs in step with the English of `kiosk_ui.sentences`.

A new message is added without a translation, one that is gone is removed, a changed one is both: nothing is guessed.
A catalog says nothing about who wrote it when and with what, so that the same words are always the same file.
Prints what is not translated yet.  Exit code 0.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import kiosk_ui
from kiosk_ui.sentences import CHOICES, LABELS, SENTENCES
from kiosk_ui.words import LANGUAGES

CATALOGS: Final = Path(kiosk_ui.__file__).with_name("languages")
MOST_PLACES: Final = 3  # named with a message: where it is said

_HEADER: Final = """\
# {name}: the words of the kiosk, by their English. How to correct them: docs/languages.md
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def path_of(language: str) -> Path:
    return CATALOGS / language / "LC_MESSAGES" / "kiosk.po"


def catalog_of(language: str) -> Catalog:
    """As it is in its file; empty where there is none."""
    path = path_of(language)
    return read_po(io.BytesIO(path.read_bytes()), language) if path.exists() else Catalog(language)


def template() -> Catalog:
    """Every English message once, in the order of `kiosk_ui.sentences`, with where it is said."""
    catalog = Catalog()
    for (words, context), places in _messages().items():
        more = ["…"] if len(places) > MOST_PLACES else []
        catalog.add(words, context=context, auto_comments=[*places[:MOST_PLACES], *more])
    return catalog


def in_step(language: str) -> str:
    """The text that the file of a language has when nothing is missing in it and nothing too much."""
    catalog = catalog_of(language)
    catalog.update(template(), no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True, ignore_obsolete=True)
    header = _HEADER.format(name=LANGUAGES[language].name, code=language)
    return header + written.getvalue().decode().strip() + "\n"


def untranslated(language: str) -> list[Message]:
    """What is said in English, because there is nothing else."""
    return [message for message in catalog_of(language) if message.id and (message.fuzzy or not message.string)]


def _messages() -> dict[tuple[str, str | None], list[str]]:
    messages: dict[tuple[str, str | None], list[str]] = {}
    for words, context, place in _said():
        messages.setdefault((words, context), []).append(place)
    return messages


def _said() -> Iterator[tuple[str, str | None, str]]:
    for name, sentences in SENTENCES.items():
        for sentence in sentences:
            yield sentence, None, name
    for name, words in CHOICES.items():
        yield words, "choice", name
    for name, words in LABELS.items():
        yield words, "label", name


def main() -> None:
    for language in LANGUAGES:
        if language == "en":
            continue
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(in_step(language), encoding="utf-8")
        missing = untranslated(language)
        print(f"{language}: {len(catalog_of(language)) - len(missing)} translated, {len(missing)} not")
        for message in missing:
            print(f"    {message.id}" + (f"  ({message.context})" if message.context else ""))


if __name__ == "__main__":
    main()
