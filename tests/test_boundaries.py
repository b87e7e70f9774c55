"""Who may import whom: read from the imports themselves, so that a module can always be taken out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db import Base
from core.host import Host
from core.settings import Settings

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.parent.name for path in (ROOT / "modules").glob("*/__init__.py"))
PUBLIC = {"models", "services", "inputs", "types", "rules", "hooks", "rights", "scopes", "testing"}
"""The files of a module that those who need it may use."""


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every dotted name that a file imports, and its line; `from a import b` counts as `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}:{node.lineno} imports relatively"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def needs(module: str) -> set[str]:
    """What a module's manifest says it needs, read without importing it."""
    for node in ast.walk(ast.parse((ROOT / "modules" / module / "__init__.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Manifest":
            words = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            return set(words.get("needs", ()))
    raise AssertionError(f"modules/{module}/__init__.py has no manifest")


def told(path: Path, line: int, name: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} imports {name}"


def test_the_schema_knows_neither_the_host_nor_a_module() -> None:
    wrong = [
        told(path, line, name)
        for path in files("schema")
        for name, line in imports(path)
        if name.split(".")[0] in ("core", "modules", "migrations")
    ]
    assert wrong == []


def test_the_host_knows_no_module() -> None:
    # The name of the package is all it knows: modules are found there, not named.
    wrong = [
        told(path, line, name)
        for folder in ("core", "migrations")
        for path in files(folder)
        for name, line in imports(path)
        if name.startswith("modules.")
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_uses_only_the_public_files_of_modules_it_needs_decision_1(module: str) -> None:
    allowed = needs(module)
    wrong = []
    for path in files(f"modules/{module}"):
        for name, line in imports(path):
            parts = name.split(".")
            if parts[0] != "modules" or parts[1:2] == [module]:
                continue
            if len(parts) < 3 or parts[1] not in allowed or parts[2] not in PUBLIC:
                wrong.append(told(path, line, name))
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_not_used_by_what_it_needs_decision_1(module: str) -> None:
    assert not [need for need in needs(module) if module in needs(need)]


def test_files_named_like_a_hook_are_not_taken_from_the_package() -> None:
    # `from modules.policy import rights` gives the hook's function; `from modules.policy.rights import ...` the file.
    hooks = {"rights", "settings", "jobs", "routes", "commands", "scopes"}
    wrong = [
        told(path, line, name)
        for path in (*files("modules"), *files("tests"))
        for name, line in imports(path)
        if name.startswith("modules.")
        and name.count(".") == 2
        and name.split(".")[2] in hooks
        and path.parts[len(ROOT.parts) : len(ROOT.parts) + 2] != ("modules", name.split(".")[1])
    ]
    assert wrong == []


def test_types_reach_strawberry_through_the_schema_only() -> None:
    wrong = [
        told(path, line, name)
        for path in files("modules")
        for name, line in imports(path)
        if name.split(".")[0] in ("strawberry", "graphql")
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def whole() -> Host:
    """A host of every module there is."""
    return Host(Settings(modules=tuple(MODULES)))


def owner(table: str) -> str:
    """The module that a table is named after."""
    return max((name for name in ("core", *MODULES) if table.startswith(f"{name}_")), key=len)


@pytest.mark.parametrize("module", MODULES)
def test_every_model_of_a_module_is_among_its_tables(module: str, whole: Host) -> None:
    declared = {table.name for table in whole.tables_of(module)}
    assert {name for name in Base.metadata.tables if name.startswith(f"{module}_")} == declared


@pytest.mark.parametrize("module", MODULES)
def test_foreign_keys_point_only_to_modules_that_are_needed(module: str, whole: Host) -> None:
    wrong = [
        str(key.parent)
        for table in whole.tables_of(module)
        for key in table.foreign_keys
        if owner(key.column.table.name) not in (module, "core", *needs(module))
    ]
    assert wrong == []
