"""The host: which modules it takes, in which order it asks them, and what it lets them read."""

import pytest

from core.hooks import every, first
from core.host import StartError
from core.loading import available
from tests.core.conftest import Workshop
from tests.core.modules_of_test import BELL, FIELD, SETTINGS

GREETING = """
@hook
def rights():
    return [Right("{name}.greeting.send", "Greet", roles=("CLERK",))]
"""


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


def test_settings_of_a_module_that_is_known_but_off_are_left_alone(workshop: Workshop) -> None:
    workshop.module("pear", SETTINGS)
    assert len(workshop.host(tables={"pear": {"backdating_days": 60}}).modules) == 1


def test_a_right_that_a_module_declares_may_be_asked_for(workshop: Workshop) -> None:
    right = 'Right("pear.greeting.send", "Greet", roles=("CLERK",))'
    workshop.module("pear", FIELD.format(field="fruit_word", right=right) + GREETING.format(name="pear"))
    assert "fruitWord" in workshop.host("pear").schema.sdl()


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
