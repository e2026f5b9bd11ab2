"""What a screen says aloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from kiosk_ui.options import KioskOptions
from kiosk_ui.prompts import prompt, recordings
from kiosk_ui.words import words_of
from tests.kiosk.house import House


def silence(length_s: float = 0.05, rate: int = 8000) -> bytes:
    """A WAV file in which nothing is heard."""
    samples = bytes([128]) * int(length_s * rate)
    form = (
        b"fmt "
        + (16).to_bytes(4, "little")
        + bytes([1, 0, 1, 0])
        + rate.to_bytes(4, "little") * 2
        + bytes([1, 0, 8, 0])
    )
    data = b"data" + len(samples).to_bytes(4, "little") + samples
    return b"RIFF" + (4 + len(form) + len(data)).to_bytes(4, "little") + b"WAVE" + form + data


def test_prompts_are_played_one_after_the_other_when_sound_is_on(
    opened: Callable[[House], Page], tmp_path: Path
) -> None:
    (tmp_path / "en").mkdir()
    for text in recordings(words_of("en"), ())[::2]:  # what is missing is silence, and the others are heard
        (tmp_path / f"en/{prompt(text)}.wav").write_bytes(silence())
    with House(options=KioskOptions(prompts=tmp_path)) as house:
        page = opened(house)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        page.tap("form.comfort button")
        page.tap("form:has([value=sound]) button")
        named = str(page.get_attribute("html.sound [data-say]", "data-say")).split()
        page.wait_for_selector("html.sound:not(.speaking)")
    assert len(named) > 3
    assert [name for name in dict.fromkeys(asked) if name.endswith(".wav")] == [
        f"{name}.wav" for name in dict.fromkeys(named)
    ]
