"""The camera process, as the runtime hears of it: a real process, on a real picture."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.app.eyes import Eyes
from edge.core.inputs import Health, Input, Scan, Unread
from tests.camera.test_eye import unread

WITHIN_S = 20.0


async def heard_before(picture: Path, wanted: type[Input]) -> list[Input]:
    """What is told until the first of the wanted kind."""
    told: list[Input] = []
    there = asyncio.Event()

    def tell(one: Input) -> None:
        told.append(one)
        if isinstance(one, wanted):
            there.set()

    seeing = asyncio.ensure_future(Eyes(str(picture), tell).run())
    try:
        async with asyncio.timeout(WITHIN_S):
            await there.wait()
    finally:
        seeing.cancel()
        await asyncio.wait([seeing])
    return told


@pytest.mark.parametrize(("module_px", "blur", "why"), [(6, 1.2, "blurred"), (1.8, 0.3, "too_far")])
def test_a_code_that_is_seen_and_not_read_is_told_with_its_reason(
    tmp_path: Path, module_px: float, blur: float, why: str
) -> None:
    picture = tmp_path / "seen.png"
    cv2.imwrite(str(picture), unread(module_px, blur))
    told = asyncio.run(heard_before(picture, Unread))
    assert told[-1] == Unread(why)
    assert Health("camera", "main", ok=True) in told
    assert not [one for one in told if isinstance(one, Scan)]


def test_a_picture_that_is_too_dark_is_told(tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    cv2.imwrite(str(picture), np.full((480, 640), 6, np.uint8))
    told = asyncio.run(heard_before(picture, Unread))
    assert told[-1] == Unread("too_dark")
