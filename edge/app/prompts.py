"""`locker prompts`: record what the screen says aloud, in one folder a language, with Debian's espeak-ng.

A recording that is there already is kept: a person's voice may take the place of the machine's, file by file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge.app.configuration import Configuration
from edge.core.errors import Broken, NotAllowed
from kiosk_ui.prompts import prompt, recordings
from kiosk_ui.words import words_of

__all__ = ["VOICES", "record", "run"]

SPEAKER: Final = "espeak-ng"
VOICES: Final = {"en": "en-gb", "de": "de"}
WORDS_A_MINUTE: Final = "145"  # slower than its 175: said once, in a street
SAID_WITHIN_S: Final = 20
HEADER_BYTES: Final = 44  # of a WAV file: what is no longer holds no sound


def run(wanted: argparse.Namespace, told: Configuration) -> int:
    doors = tuple(plan.door for plan in told.compartments)
    for language in VOICES:
        texts = recordings(words_of(language), doors)
        if wanted.list:
            for text in texts:
                print(f"{language}/{prompt(text)}.wav\t{text}")
            continue
        new = record(language, texts, Path(wanted.out))
        print(f"{language}: {len(texts)} recordings, {new} of them new")
    return 0


def record(language: str, texts: Sequence[str], directory: Path) -> int:
    """Say each text into its file; returns how many were not there before.

    NotAllowed when there is no espeak-ng; Broken when it does not do it.
    """
    speaker = shutil.which(SPEAKER)
    if speaker is None:
        raise NotAllowed(f"prompts: {SPEAKER} is missing; as root: apt-get install {SPEAKER}")
    folder = directory / language
    folder.mkdir(parents=True, exist_ok=True)
    missing = [text for text in texts if not _recorded(_file(folder, text))]
    for text in missing:
        _say(speaker, VOICES[language], text, _file(folder, text))
    return len(missing)


def _file(folder: Path, text: str) -> Path:
    return folder / f"{prompt(text)}.wav"


def _recorded(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > HEADER_BYTES


def _say(speaker: str, voice: str, text: str, file: Path) -> None:
    unfinished = file.with_suffix(".new")
    command = [speaker, "-v", voice, "-s", WORDS_A_MINUTE, "-w", str(unfinished), "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SAID_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise Broken(f"prompts: {SPEAKER} did not say {text!r} within {SAID_WITHIN_S} s") from None
    if done.returncode or not _recorded(unfinished):
        why = done.stderr.decode(errors="replace").strip()
        raise Broken(f"prompts: {SPEAKER} did not say {text!r}: {why or f'exit code {done.returncode}'}")
    os.replace(unfinished, file)
