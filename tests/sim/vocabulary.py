"""Which words the product can write into its events: read from its own source, so that nobody has to keep a list.

words() → {"opening_lapsed.reason": {"interrupted", "late", …}, …}

Followed are literals and members of enumerations in calls of event classes, names assigned in the same function,
look-ups in constant tables, and parameters that a function hands on to an event.  What is computed is not found.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import edge.core
from edge.core import documents, events, refusal
from edge.core import words as enumerations

ROUNDS: Final = 4  # how far a parameter is followed from function to function

Place = tuple[str, str]  # module and function


@dataclass
class _Module:
    name: str
    tree: ast.Module
    imports: dict[str, Place] = field(default_factory=dict)  # name here → where it is defined
    tables: dict[str, ast.Dict] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)


@dataclass
class _Found:
    words: dict[str, set[str]] = field(default_factory=dict)
    handed_on: dict[tuple[Place, str], set[str]] = field(default_factory=dict)  # parameter → fields it ends in


@cache
def words() -> dict[str, frozenset[str]]:
    """Field → every word that the source of the core puts there."""
    modules = [_read(path) for path in sorted(Path(str(edge.core.__file__)).parent.glob("*.py"))]
    found = _Found()
    for _ in range(ROUNDS):
        for module in modules:
            for function in module.functions.values():
                _follow(module, function, modules, found)
    return {name: frozenset(known) for name, known in sorted(found.words.items()) if known}


def _read(path: Path) -> _Module:
    module = _Module(path.stem, ast.parse(path.read_text(encoding="utf-8")))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                module.imports[name.asname or name.name] = (node.module.rpartition(".")[2], name.name)
        elif isinstance(node, ast.FunctionDef):
            module.functions[node.name] = node
    for statement in module.tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            module.tables[target.id] = value
    return module


def _follow(module: _Module, function: ast.FunctionDef, modules: list[_Module], found: _Found) -> None:
    local = _assigned(function)
    mine = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
        for fields, value in _written(module, call, modules, found):
            known, names = _values(value, local, module)
            for name in fields:
                found.words.setdefault(name, set()).update(known)
                for parameter in names & mine:
                    found.handed_on.setdefault(((module.name, function.name), parameter), set()).add(name)


def _assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    local: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            local.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            local.setdefault(node.target.id, []).append(node.iter)
    return local


def _written(module: _Module, call: ast.Call, modules: list[_Module], found: _Found) -> list[tuple[set[str], ast.expr]]:
    """Arguments of this call that end in fields of events, with those fields."""
    called = _called(module, call)
    if called is None:
        return []
    event = {kind.__name__: kind for kind in events.KINDS.values()}.get(called[1]) if called[0] == "events" else None
    if event is not None:
        names = event.__struct_fields__
        return [({f"{event.kind}.{name}"}, value) for name, value in _arguments(call, names)]
    defined = next((m.functions[called[1]] for m in modules if m.name == called[0] and called[1] in m.functions), None)
    if defined is None:
        return []
    parameters = tuple(argument.arg for argument in defined.args.args)
    if parameters[:1] == ("self",):
        parameters = parameters[1:]
    pairs = [(found.handed_on.get((called, name), set()), value) for name, value in _arguments(call, parameters)]
    return [(fields, value) for fields, value in pairs if fields]


def _called(module: _Module, call: ast.Call) -> Place | None:
    target = call.func
    if isinstance(target, ast.Name):
        return module.imports.get(target.id, (module.name, target.id))
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return (module.name if target.value.id == "self" else target.value.id, target.attr)
    return None


def _arguments(call: ast.Call, names: tuple[str, ...]) -> list[tuple[str, ast.expr]]:
    placed = list(zip(names, call.args, strict=False))
    return placed + [(word.arg, word.value) for word in call.keywords if word.arg]


def _values(
    value: ast.expr, local: dict[str, list[ast.expr]], module: _Module, deep: int = 0
) -> tuple[set[str], set[str]]:
    """Words that `value` may be, and names that it rests on."""
    if isinstance(value, ast.Constant):
        return ({value.value} if isinstance(value.value, str) and value.value else set()), set()
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return _member(value.value.id, value.attr), set()
    if isinstance(value, ast.Name):
        known, names = set[str](), {value.id}
        for assigned in local.get(value.id, []) if deep < ROUNDS else []:
            more, others = _values(assigned, local, module, deep + 1)
            known |= more
            names |= others
        return known, names
    parts: list[ast.expr] = []
    if isinstance(value, ast.IfExp):
        parts = [value.body, value.orelse]
    elif isinstance(value, ast.BoolOp):
        parts = value.values
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "get":
        table = module.tables.get(value.func.value.id) if isinstance(value.func.value, ast.Name) else None
        parts = [*(table.values if table is not None else []), *value.args[1:]]
    known, names = set[str](), set[str]()
    for part in parts:
        more, others = _values(part, local, module, deep)
        known |= more
        names |= others
    return known, names


def _member(enumeration: str, name: str) -> set[str]:
    homes: tuple[ModuleType, ...] = (enumerations, refusal, documents)
    kind = next((getattr(home, enumeration) for home in homes if hasattr(home, enumeration)), None)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and name in kind.__members__:
        return {str(kind[name])}
    return set()
