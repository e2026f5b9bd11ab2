"""docs/screens/ has a picture of every screen."""

from __future__ import annotations

import cv2

from tests.browser.album import FOLDER, index, pictures
from tests.kiosk.gallery import exhibits

MOST_BYTES = 3_000_000


def test_every_screen_has_its_picture() -> None:
    assert {each.screen.name for each in exhibits()} <= {each.shot.present.screen.name for each in pictures()}


def test_the_folder_holds_the_pictures_and_nothing_else() -> None:
    files = [each.file for each in pictures()]
    assert len(set(files)) == len(files)
    assert {each.name for each in FOLDER.iterdir()} == {"README.md", *files}
    assert sum(each.stat().st_size for each in FOLDER.iterdir()) < MOST_BYTES


def test_a_picture_is_one_of_a_panel_of_seven_inches() -> None:
    for each in pictures():
        image = cv2.imread(str(FOLDER / each.file))
        assert image is not None, each.file
        assert image.shape == (600, 1024, 3), each.file


def test_the_page_shows_them_all() -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()
