"""What the documentation says of checks and sabotages is what the code holds."""

from __future__ import annotations

import pytest

from tests.sim.book import DOCS, added, figures, met, put, standing


@pytest.mark.parametrize("section", standing())
def test_the_tables_of_the_documentation_are_the_code_s_own(section: str) -> None:
    page = (DOCS / "reliability.md").read_text(encoding="utf-8")
    assert put(page, section, standing()[section]) == page, "python -m tests.sim.book writes it"


def test_a_section_that_the_page_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="no section 'nowhere'"):
        put("text", "nowhere", "body")


def test_runs_of_one_length_stand_in_one_line_and_all_of_them_in_the_last() -> None:
    run = dict.fromkeys(("lives", "boots", "hours", "power_cuts", "events", "openings", "violations"), 1000)
    lines = figures([run | {"life_hours": 1.0}, run | {"life_hours": 24.0}, run | {"life_hours": 1.0}]).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| 24 h", "| 1 h", "| **together**"]
    assert [line.split(" | ")[1] for line in lines[2:]] == ["1,000", "2,000", "3,000"]


def test_what_was_never_hit_is_named() -> None:
    assert "Holes: `screen: pin`" in met(added([{"screen: take": 1}, {"screen: take": 2}]))
