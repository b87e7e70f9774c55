"""What the documentation says is what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, specified_scalar_types

from core.hook_page import hook_page
from core.host import Host
from core.settings import load_settings

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "modules").rglob("README.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
    ROOT / "clients/typescript/README.md",
]


def test_the_page_of_hooks_is_what_the_specs_say() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    assert page == hook_page(Host(load_settings(ROOT, {}))), "bima hooks > docs/hooks.md"


def test_every_hook_says_when_it_is_called() -> None:
    page = hook_page(Host(load_settings(ROOT, {})))
    for section in page.split("\n### ")[1:]:
        name, _, rest = section.partition("\n")
        described, _, asked = rest.split("```")[-1].partition("Asked in ")
        assert described.strip(), f"the hook {name} has no docstring"
        assert asked.startswith("`"), f"nobody asks the hook {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http", "<http")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("name", ["README.md"])
def test_settings_in_the_documentation_are_settings(name: str, tmp_path: Path) -> None:
    for toml in re.findall(r"```toml\n(# bima\.toml\n.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / "bima.toml").write_text(toml, encoding="utf-8")
        Host(load_settings(tmp_path, {"BIMA_SECRET": "x" * 40}))


def test_every_hook_is_used_in_a_test_or_by_a_module() -> None:
    page = hook_page(Host(load_settings(ROOT, {})))
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("tests", "modules", "core")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "hooks.py"
    )
    for name in re.findall(r"^### `(\w+)`$", page, re.MULTILINE):
        assert re.search(rf"\b{name}\b", used), f"nothing calls, implements or tests the hook {name}"


def test_every_promise_of_security_is_held_by_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| Promise")]
    assert rows
    for row in rows:
        promise, held_by = [cell.strip() for cell in row.strip("|").split(" | ")]
        named = re.findall(r"`([^`]+)`", held_by)
        assert named, f"nothing holds: {promise}"
        for name in named:
            _check_test_or_command(name)


def _check_test_or_command(name: str) -> None:
    if name.startswith("make "):
        target = name.removeprefix("make ").split()[0]
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), name
        return
    file, _, test = name.partition("::")
    assert (ROOT / file).exists(), f"{file} is not there"
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), name


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Everything of a schema that a front end may look up, and what the schema says about it."""
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or name in specified_scalar_types:
            continue
        yield name, type_.description
        for value, its in getattr(type_, "values", {}).items():
            yield f"{name}.{value}", its.description
        for field, its in getattr(type_, "fields", {}).items():
            yield f"{name}.{field}", its.description
            for argument, of in getattr(its, "args", {}).items():
                yield f"{name}.{field}({argument})", of.description


@pytest.mark.parametrize("sdl", sorted((ROOT / "schema/sdl").glob("*.graphql")), ids=lambda path: path.stem)
def test_every_type_field_argument_and_value_is_described(sdl: Path) -> None:
    schema = build_schema(sdl.read_text(encoding="utf-8"))
    assert [name for name, text in described(schema) if not text] == []
