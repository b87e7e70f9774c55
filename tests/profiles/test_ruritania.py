"""A country that nobody thought of, set up from docs/profiles.md alone, and what Bima says of slips in its file."""

import re
from pathlib import Path

import pytest

from core.host import Host
from core.migrate import upgrade
from core.settings import StartError, load_settings
from core.testing import actor, api_of

pytestmark = pytest.mark.profile("minimal")
PAGE = (Path(__file__).parent.parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")
[FILE] = re.findall(r"```toml\n(# ruritania\.toml\n.*?)```", PAGE, re.DOTALL)


def ruritania(folder: Path, text: str = FILE) -> Host:
    """The host of the page's profile in a folder of its own."""
    (folder / "bima.toml").write_text('profile = "ruritania.toml"\n', encoding="utf-8")
    (folder / "ruritania.toml").write_text(text, encoding="utf-8")
    return Host(load_settings(folder, {}))


async def test_it_has_its_cards_its_levels_and_no_policies(host: Host, empty_database_url: str, tmp_path: Path) -> None:
    ours = ruritania(tmp_path).on(empty_database_url)
    await upgrade(ours)
    await ours.start()
    try:
        api, clerk = api_of(ours), actor(rights=tuple(right.name for right in ours.rights))
        check = "query($n: String!) { insuranceNumberCheck(insuranceNumber: $n) { valid code } }"
        told = [
            (await api(check, {"n": number}, actor=clerk)).data["insuranceNumberCheck"]
            for number in ("79927398713", "79927398714", "123456782")
        ]
        assert [answer["code"] for answer in told] == [None, "INSURANCE_NUMBER_CHECK_DIGIT", "INSURANCE_NUMBER_LENGTH"]
        levels = (await api('{ lookups(kind: "facility_level") { code active } }', actor=clerk)).data["lookups"]
        assert {level["code"] for level in levels if level["active"]} == {"C", "H"}
    finally:
        await ours.stop()
    assert not [name for name in ours.schema.root_fields if "polic" in name.lower()]


@pytest.mark.parametrize(
    ("wrote", "instead", "told"),
    [
        ('"claim"', '"clam"', 'There is no module "clam" (profile ruritania.toml lists it); did you mean "claim"?'),
        ('"claim"', '"claim", "claim"', 'The module "claim" is listed twice in profile ruritania.toml: remove one.'),
        ('"location", ', "", 'The module "insuree" needs "location": add it to the modules in profile ruritania.toml.'),
        ("currency", "curency", '"curency" in profile ruritania.toml is no setting; did you mean "currency"?'),
        ('"RUR"', '"Rur"', 'currency in profile ruritania.toml is wrong: "Rur" is no ISO 4217 code: write three capital letters, such as TZS.'),
        ("Prague", "Strelsau", "timezone in profile ruritania.toml is wrong: there is no such time zone; name one such as Africa/Dar_es_Salaam."),
        ('["fr", "en"]', '"fr"', 'languages in profile ruritania.toml is wrong: write a list, such as ["en", "sw"].'),
        ('["fr", "en"]', '["de"]', 'languages in profile ruritania.toml is wrong: there are no messages in "de"; there is en, sw, fr.'),
        ("[location]", "[locaton]", 'The settings of "locaton" in profile ruritania.toml belong to no module; did you mean "location"?'),
        ("number_length", "number_lenght", '"number_lenght" in profile ruritania.toml is no setting of the module "insuree"; did you mean "number_length"?'),
        ("= 11", '= "eleven"', "insuree.number_length in profile ruritania.toml is wrong: write a whole number."),
    ],
)  # fmt: skip
def test_a_slip_is_told_in_one_sentence_that_says_what_to_change(
    wrote: str, instead: str, told: str, tmp_path: Path
) -> None:
    assert FILE.count(wrote) == 1
    with pytest.raises(StartError) as refused:
        ruritania(tmp_path, FILE.replace(wrote, instead))
    assert str(refused.value) == told
