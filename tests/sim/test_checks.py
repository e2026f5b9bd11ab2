"""The checks are the observer's own: they share no code with what they check, and each has a name and a sentence."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.credentials.known_keys import SITE
from tests.sim.checks import CHECKS, FAMILIES
from tests.sim.line import Hub

STREET = Path(__file__).parent
FAMILY_FILES = sorted((STREET / "checks").glob("*.py"))
PRODUCT = ("edge", "hal", "sync", "kiosk_ui")
DECODER = "sync.envelope"


def imports(tree: ast.AST) -> Iterator[str]:
    """Modules that are imported when the file is; what is imported for types alone is not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        yield from imports(node)


def found_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "find":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@pytest.mark.parametrize("path", FAMILY_FILES, ids=lambda path: path.stem)
def test_a_check_imports_nothing_of_what_it_checks(path: Path) -> None:
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        assert module == DECODER or module.split(".")[0] not in PRODUCT, f"{path.name} imports {module}"
        assert not module.startswith("tests.") or module.startswith(("tests.sim.checks", "tests.sim.card")), module


def test_every_name_that_is_found_is_registered_and_every_registered_one_can_be_found() -> None:
    files = [path for path in STREET.rglob("*.py") if not path.name.startswith("test_")]
    found = {name for path in files for name in found_names(path) if "_" in name}  # `find` of texts has other words
    assert found - set(CHECKS) == set()
    words = Counter(
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in CHECKS
    )
    assert [name for name in CHECKS if words[name] < 2] == [], "registered, and nobody finds it"


def test_each_check_has_one_name_and_a_sentence() -> None:
    names = [name for family in FAMILIES for name in family.CHECKS]
    assert len(names) == len(set(names)) == len(CHECKS)
    for name, sentence in CHECKS.items():
        assert name.replace("_", "").isalnum(), name
        assert sentence[0].isupper(), name
        assert sentence.endswith("."), name


@pytest.mark.parametrize("invariant", [f"i{number}_" for number in range(1, 12)])
def test_every_invariant_has_checks_of_its_name(invariant: str) -> None:
    assert any(name.startswith(invariant) for name in CHECKS)


def test_a_gap_is_declared_on_the_present_line_also_in_an_epoch_that_was_left_since(tmp_path: Path) -> None:
    hub = Hub(tmp_path, 1, lambda: 0.0)
    store = hub.desk.store
    epoch = (
        "INSERT INTO epochs (epoch, before_seq, seq, fork_epoch, fork_seq, site, before_hash, hash,"
        " began_at, how, anchor) VALUES (?, ?, ?, ?, ?, ?, x'', x'', 0, 'gap', x'')"
    )
    for life in ((b"old", 0, 143, None, None), (b"left", 78, 483, None, None), (b"new", 400, 578, b"left", 400)):
        store.run(epoch, *life, SITE)
    for gap in ((1, 10, 20), (2, 0, 78), (2, 390, 410), (2, 450, 470)):
        store.run("INSERT INTO gaps VALUES (?, ?, ?, x'', 0)", *gap)
    store.run("UPDATE sites SET epoch = 3, seq = 578 WHERE site = ?", SITE)
    assert sorted(hub.gaps()) == [(0, 78), (390, 400)]
    hub.close()
