"""The host: which modules it takes, in which order it asks them, and what it refuses, in one clear sentence."""

import pytest

from core.hooks import every, first
from core.host import StartError
from core.loading import available
from tests.core.conftest import Workshop

GREETING = """
@hook
def rights():
    return [Right("{name}.greeting.send", "Greet", roles=("CLERK",))]
"""


def refusal(workshop: Workshop, *modules: str, **settings: object) -> str:
    with pytest.raises(StartError) as refused:
        _ = workshop.host(*modules, **settings).schema
    return str(refused.value)


def test_core_boots_alone(workshop: Workshop) -> None:
    host = workshop.host()
    assert [module.name for module in host.modules] == ["core"]
    assert "STALE" in [code.code for code in host.error_codes]


def test_modules_come_in_the_order_of_the_list_when_they_are_strangers(workshop: Workshop) -> None:
    for name in ("pear", "apple", "fig"):
        workshop.module(name)
    assert [module.name for module in workshop.host("pear", "apple", "fig").modules] == ["core", "pear", "apple", "fig"]


def test_what_a_module_needs_and_what_it_comes_after_goes_before_it(workshop: Workshop) -> None:
    workshop.module("roof", needs=("wall",), after=("lamp", "absent"))
    workshop.module("wall")
    workshop.module("lamp")
    assert [module.name for module in workshop.host("roof", "lamp", "wall").modules] == ["core", "lamp", "wall", "roof"]


def test_only_listed_modules_are_imported(workshop: Workshop) -> None:
    workshop.module("quiet")
    workshop.module("loud", 'raise RuntimeError("imported")')
    assert [module.name for module in workshop.host("quiet").modules] == ["core", "quiet"]


def test_a_module_tells_where_it_comes_from_and_why_it_is_enabled(workshop: Workshop) -> None:
    workshop.module("pear")
    [_, pear] = workshop.host("pear", sources={"modules": "bima.toml"}).modules
    assert (pear.source, pear.why) == ("the package tiny_pear", "bima.toml lists it")


def test_the_built_in_modules_are_offered_too() -> None:
    assert ("modules.location", "built in") in available()["location"]


def test_two_hosts_with_different_modules_live_in_one_process(workshop: Workshop) -> None:
    workshop.module("pear", GREETING.format(name="pear"))
    workshop.module("fig", GREETING.format(name="fig"))
    one, other = workshop.host("pear"), workshop.host("fig")
    names = [{right.name for right in host.rights} for host in (one, other)]
    assert names[0] - names[1] == {"pear.greeting.send"}
    assert names[1] - names[0] == {"fig.greeting.send"}


def test_what_modules_bring_is_collected_dependencies_first(workshop: Workshop) -> None:
    workshop.module("roof", GREETING.format(name="roof"), needs=("wall",))
    workshop.module("wall", GREETING.format(name="wall"))
    names = [right.name for right in workshop.host("roof", "wall").rights]
    assert names[-2:] == ["wall.greeting.send", "roof.greeting.send"]


BELL_HOOKS = """
from core import hookspec

@hookspec
async def ring(note: str) -> str | None:
    "Somebody rings."

@hookspec(firstresult=True)
def colour() -> str | None:
    "The first colour wins."
"""
BELL = """
from tiny_bell import bell_hooks

@hook
def hookspecs():
    return bell_hooks
"""


def bell_and_two_ears(workshop: Workshop) -> None:
    workshop.module("bell", BELL, bell_hooks=BELL_HOOKS)
    for name, needs in (("left", ("bell",)), ("right", ("bell", "left"))):
        code = f"""
        @hook
        async def ring(note): return None if note == "silent" else "{name} " + note

        @hook
        def colour(): return "{name}"
        """
        workshop.module(name, code, needs=needs)


async def test_every_awaits_in_manifest_order(workshop: Workshop) -> None:
    bell_and_two_ears(workshop)
    host = workshop.host("right", "left", "bell")
    assert await every(host, "ring", note="A") == ["left A", "right A"]
    assert await every(host, "ring", note="silent") == []


async def test_first_takes_the_first_answer_in_manifest_order(workshop: Workshop) -> None:
    bell_and_two_ears(workshop)
    host = workshop.host("right", "left", "bell")
    assert await first(host, "ring", note="A") == "left A"
    assert await first(host, "ring", note="silent") is None


async def test_tryfirst_goes_before_the_manifest_order_and_trylast_after_it(workshop: Workshop) -> None:
    bell_and_two_ears(workshop)
    for name, option in (("eager", "tryfirst"), ("shy", "trylast")):
        workshop.module(name, f"@hook({option}=True)\nasync def ring(note): return '{name}'", needs=("bell",))
    host = workshop.host("bell", "shy", "left", "right", "eager")
    assert await every(host, "ring", note="A") == ["eager", "left A", "right A", "shy"]


def test_a_firstresult_hook_lets_dependants_override_what_they_need(workshop: Workshop) -> None:
    bell_and_two_ears(workshop)
    assert workshop.host("bell", "left", "right").plugins.hook.colour() == "right"


def test_hooks_of_an_absent_module_may_be_implemented_when_marked_optional(workshop: Workshop) -> None:
    workshop.module("left", "@hook(optionalhook=True)\nasync def ring(note): return note")
    assert len(workshop.host("left").modules) == 2


# Refusals.


def test_an_unknown_module_is_refused_with_a_suggestion(workshop: Workshop) -> None:
    told = refusal(workshop, "locaton", sources={"modules": "bima.toml"})
    assert told == 'There is no module "locaton" (bima.toml lists it); did you mean "location"?'


def test_a_module_whose_package_is_not_installed_is_refused_with_what_to_type(workshop: Workshop) -> None:
    told = refusal(workshop, "savings", sources={"modules": "profile ours"}, packages={"savings": "bima-savings>=1,<2"})
    assert told == (
        "The module \"savings\" is not installed (profile ours lists it). Type: pip install 'bima-savings>=1,<2'"
    )


def test_a_missing_need_is_refused(workshop: Workshop) -> None:
    workshop.module("roof", needs=("wall",))
    told = refusal(workshop, "roof", sources={"modules": "bima.toml"})
    assert told == 'The module "roof" needs "wall": add it to the modules in bima.toml.'


def test_a_circle_is_refused_with_its_path(workshop: Workshop) -> None:
    workshop.module("hen", needs=("egg",))
    workshop.module("egg", after=("nest",))
    workshop.module("nest", needs=("hen",))
    workshop.module("farm", needs=("hen",))
    assert "circle: hen → egg → nest → hen;" in refusal(workshop, "farm", "hen", "egg", "nest")


def test_a_module_listed_twice_is_refused(workshop: Workshop) -> None:
    workshop.module("pear")
    assert refusal(workshop, "pear", "pear") == 'The module "pear" is listed twice in the settings: remove one.'


def test_two_modules_with_one_name_are_refused(workshop: Workshop) -> None:
    workshop.module("pear")
    workshop.module("pear", package="other_pear")
    told = refusal(workshop, "pear")
    assert told.startswith('Two modules are named "pear" (the package ')
    assert "tiny_pear" in told
    assert "other_pear" in told


def test_a_manifest_with_another_name_is_refused(workshop: Workshop) -> None:
    workshop.module("pear", offered_as="apple")
    assert 'The manifest of tiny_pear says "pear", but it is offered as "apple"' in refusal(workshop, "apple")


def test_a_package_without_a_manifest_is_refused(workshop: Workshop) -> None:
    (workshop.folder / "plain").mkdir()
    (workshop.folder / "plain" / "__init__.py").touch()
    workshop.offer("plain", "plain")
    assert "its __init__.py needs `manifest = Manifest(...)`" in refusal(workshop, "plain")


def test_a_misspelt_hook_is_refused_with_a_suggestion(workshop: Workshop) -> None:
    workshop.module("pear", "@hook\ndef rigths(): return ()")
    told = refusal(workshop, "pear")
    assert told == 'The module "pear" implements the hook "rigths", which nobody declares; did you mean "rights"?'


def test_a_wrong_hook_argument_is_refused(workshop: Workshop) -> None:
    workshop.module("pear", "@hook\nasync def started(hots): pass")
    told = refusal(workshop, "pear")
    assert told == (
        'The module "pear" gives the hook "started" an argument "hots" that it does not have; did you mean "host"?'
    )


def test_an_argument_of_a_collecting_hook_is_refused(workshop: Workshop) -> None:
    workshop.module("pear", "@hook\ndef rights(host): return ()")
    assert "that it does not have; it takes none." in refusal(workshop, "pear")


@pytest.mark.parametrize(
    ("code", "word"), [("def started(host): pass", "async def"), ("async def rights(): return ()", "def")]
)
def test_a_hook_that_is_async_on_one_side_only_is_refused(workshop: Workshop, code: str, word: str) -> None:
    workshop.module("pear", f"@hook\n{code}")
    assert refusal(workshop, "pear").endswith(f"with `{word}`.")


def test_an_async_hook_cannot_be_wrapped(workshop: Workshop) -> None:
    workshop.module("pear", "@hook(wrapper=True)\nasync def started(host): yield")
    assert 'wraps the hook "started", which is async' in refusal(workshop, "pear")


def test_an_async_firstresult_spec_is_refused(workshop: Workshop) -> None:
    specs = "from core import hookspec\n@hookspec(firstresult=True)\nasync def ring(): ..."
    workshop.module("bell", BELL, bell_hooks=specs)
    assert 'The hook "ring" of the module "bell" cannot be both async and firstresult' in refusal(workshop, "bell")


def test_a_hook_that_two_modules_declare_is_refused(workshop: Workshop) -> None:
    specs = "from core import hookspec\n@hookspec\ndef rights(): ..."
    workshop.module("bell", BELL, bell_hooks=specs)
    assert 'The hook "rights" of the module "bell" is declared by another module already' in refusal(workshop, "bell")


PEAR_IS_WRONG = "pear.backdating_days in bima.toml is wrong: Input should be greater than or equal to 0."
SETTINGS = """
from pydantic import Field

class Settings(ModuleSettings):
    backdating_days: int = Field(30, ge=0)

@hook
def settings(): return Settings
"""


def test_a_module_reads_its_settings_by_their_class(workshop: Workshop) -> None:
    workshop.module("pear", SETTINGS)
    host = workshop.host("pear", tables={"pear": {"backdating_days": 60}})
    kind = host.module("pear").package.Settings
    assert host.module_settings(kind).backdating_days == 60


def test_settings_that_no_module_declares_are_a_mistake_of_the_asking_code(workshop: Workshop) -> None:
    workshop.module("pear", SETTINGS)
    kind = workshop.host("pear").module("pear").package.Settings
    with pytest.raises(LookupError, match="no enabled module declares"):
        workshop.host().module_settings(kind)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            {"pear": {"backdatng_days": 1}},
            '"backdatng_days" in bima.toml is no setting of the module "pear"; did you mean "backdating_days"?',
        ),
        ({"pera": {}}, 'The settings of "pera" in bima.toml belong to no module; did you mean "pear"?'),
        ({"plum": {"x": 1}}, 'The module "plum" has no settings, but bima.toml has some: remove them.'),
        ({"pear": {"backdating_days": -1}}, PEAR_IS_WRONG),
    ],
)
def test_a_setting_that_nobody_declared_is_refused(workshop: Workshop, table: dict[str, object], told: str) -> None:
    workshop.module("pear", SETTINGS)
    workshop.module("plum")
    assert refusal(workshop, "pear", "plum", tables=table, sources={next(iter(table)): "bima.toml"}) == told


def test_settings_of_a_module_that_is_known_but_off_are_left_alone(workshop: Workshop) -> None:
    workshop.module("pear", SETTINGS)
    assert len(workshop.host(tables={"pear": {"backdating_days": 60}}).modules) == 1


FIELD = """
@query(right={right})
async def {field}(ctx: Context) -> str:
    "A word."
    return "word"

@hook
def graphql(): return [extend(Query, {field})]
"""


def test_two_modules_adding_one_field_are_refused_and_both_named(workshop: Workshop) -> None:
    for name in ("pear", "fig"):
        workshop.module(name, FIELD.format(field="fruit_word", right="PUBLIC"))
    told = refusal(workshop, "pear", "fig")
    assert "both pear and fig add Query.fruitWord" in told


def test_a_right_that_nobody_declared_is_refused(workshop: Workshop) -> None:
    right = 'Right("pear.word.read", "Read words")'
    workshop.module("pear", FIELD.format(field="fruit_word", right=right))
    told = refusal(workshop, "pear")
    assert told.startswith('Query.fruitWord asks for the right "pear.word.read", which no module declares')


def test_a_right_that_a_module_declares_may_be_asked_for(workshop: Workshop) -> None:
    right = 'Right("pear.greeting.send", "Greet", roles=("CLERK",))'
    workshop.module("pear", FIELD.format(field="fruit_word", right=right) + GREETING.format(name="pear"))
    assert "fruitWord" in workshop.host("pear").schema.sdl()


@pytest.mark.parametrize(
    ("hook", "thing", "what"),
    [
        ("rights", 'Right("fruit.eat", "Eat")', 'the right "fruit.eat"'),
        ("jobs", 'Job("fruit.ripen", run=print)', 'the job "fruit.ripen"'),
        ("error_codes", 'ErrorCode("STALE", "", "", "")', 'the error code "STALE"'),
    ],
)
def test_what_has_a_name_is_declared_once(workshop: Workshop, hook: str, thing: str, what: str) -> None:
    for name in ("pear", "fig"):
        workshop.module(name, f"@hook\ndef {hook}(): return [{thing}]")
    told = refusal(workshop, "pear", "fig")
    assert told.endswith(f"declare {what}: rename one.")


def test_a_table_that_does_not_carry_its_modules_name_is_refused(workshop: Workshop) -> None:
    code = """
    import sqlalchemy as sa

    @hook
    def tables(): return [sa.Table("plum_tree", sa.MetaData())]
    """
    workshop.module("pear", code)
    assert refusal(workshop, "pear") == 'The table "plum_tree" of the module "pear" must be named "pear_...".'


# The host's life.


LIFE = """
@hook
async def started(host): host.settings.tables["log"]["steps"].append("{name} up")

@hook
async def stopped(host): host.settings.tables["log"]["steps"].append("{name} down")
"""


async def test_modules_start_in_order_and_stop_in_reverse(workshop: Workshop, database_url: str) -> None:
    steps: list[str] = []
    workshop.module("roof", LIFE.format(name="roof"), needs=("wall",))
    workshop.module("wall", LIFE.format(name="wall"))
    workshop.module("log")
    host = workshop.host("roof", "wall", database_url=database_url)
    host.settings.tables["log"] = {"steps": steps}
    await host.start()
    async with host.db.session() as session:
        assert session.is_active
    await host.stop()
    assert steps == ["wall up", "roof up", "roof down", "wall down"]


async def test_when_a_module_fails_to_start_those_before_it_are_stopped(workshop: Workshop, database_url: str) -> None:
    steps: list[str] = []
    workshop.module("wall", LIFE.format(name="wall"))
    workshop.module("roof", "@hook\nasync def started(host): raise RuntimeError('no nails')", needs=("wall",))
    host = workshop.host("roof", "wall", database_url=database_url)
    host.settings.tables["log"] = {"steps": steps}
    with pytest.raises(RuntimeError, match="no nails"):
        await host.start()
    assert steps == ["wall up", "wall down"]


async def test_a_start_that_failed_can_be_tried_again(workshop: Workshop, database_url: str) -> None:
    code = """
    tries = []

    @hook
    async def started():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")
    """
    workshop.module("wall", code)
    host = workshop.host("wall", database_url=database_url)
    with pytest.raises(RuntimeError, match="not yet"):
        await host.start()
    await host.start()
    async with host.db.pool.connection() as connection:
        assert connection.info.dbname in database_url
    await host.stop()


async def test_a_stopped_host_can_be_started_again(workshop: Workshop, database_url: str) -> None:
    host = workshop.host(database_url=database_url)
    for _ in range(2):
        await host.start()
        async with host.db.session() as session:
            assert session.is_active
        await host.stop()


def test_a_module_is_found_by_its_name_or_refused(workshop: Workshop) -> None:
    assert workshop.host().module("core").name == "core"
    with pytest.raises(StartError, match=r'The module "kore" is not enabled; did you mean "core"\?'):
        workshop.host().module("kore")


def test_a_module_that_is_read_only_keeps_its_queries_and_has_no_mutations(workshop: Workshop) -> None:
    for read_only, there in (((), True), (("location",), False)):
        root = workshop.host("location", read_only=read_only).schema._schema
        assert root.mutation_type is not None
        assert root.query_type is not None
        assert ("createLocation" in root.mutation_type.fields) is there
        assert {"createLookup"} <= root.mutation_type.fields.keys()
        assert "locations" in root.query_type.fields


def test_only_modules_that_there_are_can_be_read_only(workshop: Workshop) -> None:
    workshop.module("pear")
    assert refusal(workshop, "pear", read_only=("paer",)).startswith(
        'There is no module "paer" to be read_only; did you'
    )
