"""Recordings made by the real espeak-ng."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import pytest

from edge.app.cli import main
from edge.app.prompts import VOICES, record
from kiosk_ui.prompts import prompt, recordings
from kiosk_ui.words import words_of

EXAMPLE = Path(__file__).parents[2] / "edge/app/example.toml"
DOORS = tuple(range(1, 25))
HUMAN = b"RIFF: somebody said it herself, in a studio, and it is longer than a header"


@pytest.mark.parametrize(("language", "text"), [("en", "Door 17"), ("de", "Bitte Paket nehmen, dann Tür schließen.")])
def test_a_text_becomes_a_sound(language: str, text: str, tmp_path: Path) -> None:
    assert record(language, [text], tmp_path) == 1
    assert [file.name for file in (tmp_path / language).iterdir()] == [f"{prompt(text)}.wav"]
    with wave.open(str(tmp_path / language / f"{prompt(text)}.wav")) as sound:
        assert sound.getnchannels() == 1
        assert 0.4 < sound.getnframes() / sound.getframerate() < 8
        assert any(sound.readframes(sound.getnframes()))


def test_a_voice_that_is_there_is_kept_and_a_broken_file_is_said_anew(tmp_path: Path) -> None:
    kept, broken = (tmp_path / "en" / f"{prompt(text)}.wav" for text in ("Done", "Back"))
    kept.parent.mkdir()
    kept.write_bytes(HUMAN)
    broken.write_bytes(b"")
    assert record("en", ["Done", "Back"], tmp_path) == 1
    assert kept.read_bytes() == HUMAN
    assert broken.stat().st_size > 1000
    assert record("en", ["Done", "Back"], tmp_path) == 0


def test_the_command_records_every_text_of_the_wall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {language: recordings(words_of(language), DOORS) for language in VOICES}
    for language, some in texts.items():
        (tmp_path / language).mkdir()
        for text in some[3:]:
            (tmp_path / language / f"{prompt(text)}.wav").write_bytes(HUMAN)
    assert main(["prompts", "--config", str(EXAMPLE), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{language}: {len(some)} recordings, 3 of them new" for language, some in texts.items()]


def test_the_list_is_for_who_records_them_in_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "--config", str(EXAMPLE), "--list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert f"en/{prompt('Door 17')}.wav\tDoor 17" in rows
    assert f"de/{prompt('Fach 17')}.wav\tFach 17" in rows


def test_without_the_speaker_it_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "edge.app.cli", "prompts", "--config", str(EXAMPLE), "--out", str(tmp_path)]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == "locker: prompts: espeak-ng is missing; as root: apt-get install espeak-ng\n"
