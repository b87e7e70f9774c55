"""Any set of modules that hold together makes a whole Bima, and leaves no trace of those that are absent."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from core.host import Host
from core.loading import available, load_modules
from core.migrate import drift, upgrade
from core.settings import load_settings

ROOT = Path(__file__).parent.parent
PROFILES = sorted(path.stem for path in (ROOT / "profiles").glob("*.toml"))
BUILT_IN = sorted(name for name, offers in available().items() if offers[0][1] == "built in")
NEEDS = {
    module.name: set(module.manifest.needs)
    for module in load_modules(load_settings(Path("/"), {}, modules=tuple(BUILT_IN)))[1:]
}


def with_needs(name: str) -> set[str]:
    """A module and all that it needs, and that needs."""
    return {name}.union(*(with_needs(need) for need in NEEDS[name]))


def without(name: str) -> set[str]:
    """All modules but one and its dependants."""
    return {other for other in NEEDS if name not in with_needs(other)}


SETS = {
    **{f"profile {name}": load_settings(ROOT, {}, profile=name).modules for name in PROFILES},
    **{f"{name} with its needs": tuple(sorted(with_needs(name))) for name in NEEDS},
    **{f"all without {name}": tuple(sorted(without(name))) for name in NEEDS},
}
UNIQUE = {frozenset(modules): name for name, modules in reversed(SETS.items())}
SETS_ONCE = {name: SETS[name] for name in UNIQUE.values()}


@pytest.fixture
def composed(request: pytest.FixtureRequest) -> Host:
    """The host of one set of modules, without a database."""
    return Host(load_settings(Path("/"), {}, modules=SETS_ONCE[request.param]))


def test_every_built_in_module_is_covered() -> None:
    assert set(NEEDS) == set(BUILT_IN)
    assert {name for modules in SETS_ONCE.values() for name in modules} >= set(BUILT_IN)


@pytest.mark.parametrize("composed", SETS_ONCE, indirect=True)
def test_it_migrates_an_empty_database_without_drift(composed: Host, empty_database_url: str) -> None:
    host = composed.on(empty_database_url)
    asyncio.run(upgrade(host))
    assert asyncio.run(drift(host)) == {}
    with psycopg.connect(empty_database_url) as connection:
        tables = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    enabled = {module.name for module in host.modules}
    owners = tuple(f"{name}_" for name in (*enabled, "procrastinate", "bima_version"))
    assert [table for table in tables if not f"{table}_".startswith(owners)] == [], "tables of absent modules"


@pytest.mark.parametrize("composed", SETS_ONCE, indirect=True)
def test_its_schema_names_nothing_of_absent_modules(composed: Host) -> None:
    types = composed.schema._schema.type_map
    enabled = {module.name for module in composed.modules}
    everything = Host(load_settings(Path("/"), {}, modules=tuple(BUILT_IN)))
    for module, part in everything.parts:
        target = types.get(part.target.__name__)
        if module not in enabled and target is not None:
            added = {everything.schema.config.name_converter.get_graphql_name(field) for field in part.fields}
            assert added.isdisjoint(target.fields), f"{module} is absent, and {target.name} has its fields"  # type: ignore[attr-defined]
    for type_ in types.values():
        origin = getattr(type_.extensions.get("strawberry-definition"), "origin", None)
        package, _, name = getattr(origin, "__module__", "").partition(".")
        assert package != "modules" or name.split(".")[0] in enabled, f"{type_.name} belongs to an absent module"
    assert {right.name.split(".")[0] for right in composed.rights} <= enabled


@pytest.mark.parametrize("name", SETS_ONCE)
def test_it_imports_no_code_of_absent_modules(name: str) -> None:
    modules = SETS_ONCE[name]
    program = (
        "import json, sys; from pathlib import Path; from core.host import Host; from core.settings import load_settings;"
        f"Host(load_settings(Path('/'), {{}}, modules={tuple(modules)!r})).schema;"
        "print(json.dumps(sorted({m.split('.')[1] for m in sys.modules if m.startswith('modules.')})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == set(modules) & set(BUILT_IN)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_schema_of_a_profile_is_the_reviewed_one(profile: str) -> None:
    reviewed = (ROOT / "schema" / "sdl" / f"{profile}.graphql").read_text(encoding="utf-8")
    now = Host(load_settings(ROOT, {}, profile=profile)).schema.sdl()
    assert now.rstrip() == reviewed.rstrip(), (
        f"when the change is meant: bima schema print > schema/sdl/{profile}.graphql"
    )


def test_without_claims_no_type_field_argument_or_right_is_named_after_them() -> None:
    host = Host(load_settings(Path("/"), {}, modules=tuple(sorted(without("claim")))))
    names = {
        name for type_ in host.schema._schema.type_map.values() for name in (type_.name, *getattr(type_, "fields", ()))
    }
    names |= {
        argument
        for type_ in host.schema._schema.type_map.values()
        for field in getattr(type_, "fields", {}).values()
        for argument in getattr(field, "args", ())
    }
    assert [name for name in names if "claim" in name.lower()] == []
    assert [right.name for right in host.rights if "claim" in right.name] == []
    assert [code.code for code in host.error_codes if "CLAIM" in code.code] == []
