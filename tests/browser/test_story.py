"""docs/story.webp, the moving picture of the README."""

from __future__ import annotations

import cv2

from tests.browser.story import FILE, STORY
from tests.kiosk.gallery import exhibits

MOST_BYTES = 500_000


def test_the_story_is_told_frame_by_frame_and_is_light() -> None:
    read, animation = cv2.imreadanimation(str(FILE))
    assert read
    assert list(animation.durations) == [frame.for_ms for frame in STORY]
    assert FILE.stat().st_size < MOST_BYTES


def test_the_story_shows_screens_that_there_are() -> None:
    assert {frame.screen for frame in STORY} <= {exhibit.name for exhibit in exhibits()}
