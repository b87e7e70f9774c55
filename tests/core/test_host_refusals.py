"""What the host refuses, in one clear sentence, before anything starts."""

import pytest

from core.host import StartError
from tests.core.conftest import Workshop
from tests.core.modules_of_test import BELL, FIELD, SETTINGS


def refusal(workshop: Workshop, *modules: str, **settings: object) -> str:
    with pytest.raises(StartError) as refused:
        _ = workshop.host(*modules, **settings).schema
    return str(refused.value)


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


def test_only_modules_that_there_are_can_be_read_only(workshop: Workshop) -> None:
    workshop.module("pear")
    assert refusal(workshop, "pear", read_only=("paer",)).startswith(
        'There is no module "paer" to be read_only; did you'
    )
