"""Settings: a profile, `bima.toml` and variables, each beating the one before; unknown names are refused."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.settings import DEVELOPMENT_SECRET, PROFILES, Settings, StartError, load_settings

SECRET = "a-secret-of-forty-characters-at-the-least"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation with a profile of its own."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "village.toml").write_text(
        'title = "Village"\nmodules = ["people"]\ncurrency = "KES"\npool_size = 3\n[people]\ntries = 5\nminutes = 10\n'
    )
    return tmp_path


def load(folder: Path, toml: str = "", **variables: str) -> Settings:
    if toml:
        (folder / "bima.toml").write_text(toml)
    return load_settings(folder, {"BIMA_PROFILE": "village", **variables})


def refusal(folder: Path, toml: str = "", **variables: str) -> str:
    with pytest.raises(StartError) as refused:
        load(folder, toml, **variables)
    return str(refused.value)


def test_a_profile_gives_modules_and_settings(folder: Path) -> None:
    settings = load(folder)
    assert (settings.title, settings.modules, settings.currency, settings.pool_size) == (
        "Village",
        ("people",),
        "KES",
        3,
    )
    assert settings.tables == {"people": {"tries": 5, "minutes": 10}}


def test_bima_toml_beats_the_profile_and_variables_beat_both(folder: Path) -> None:
    assert load(folder, "pool_size = 4").pool_size == 4
    assert load(folder, "pool_size = 4", BIMA_POOL_SIZE="5").pool_size == 5


def test_options_of_a_command_beat_everything(folder: Path) -> None:
    settings = load_settings(folder, {"BIMA_PROFILE": "village", "BIMA_POOL_SIZE": "5"}, pool_size=6)
    assert settings.pool_size == 6


def test_a_modules_settings_are_merged_name_by_name(folder: Path) -> None:
    settings = load(folder, "[people]\ntries = 6", BIMA_PEOPLE__MINUTES="15")
    assert settings.tables == {"people": {"tries": 6, "minutes": "15"}}


def test_every_value_remembers_where_it_was_set(folder: Path) -> None:
    settings = load(folder, "currency = 'UGX'", BIMA_POOL_SIZE="5")
    assert settings.sources["modules"] == "profile village"
    assert settings.sources["currency"] == "bima.toml"
    assert settings.sources["pool_size"] == "BIMA_POOL_SIZE"


def test_bima_toml_may_name_the_profile(folder: Path) -> None:
    (folder / "bima.toml").write_text('profile = "village"')
    assert load_settings(folder, {}).title == "Village"


def test_a_profile_may_be_a_path(folder: Path) -> None:
    assert load_settings(folder, {"BIMA_PROFILE": "profiles/village.toml"}).title == "Village"


def test_without_a_profile_it_is_tanzania(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings.profile == "tanzania-chf"
    assert settings.timezone == ZoneInfo("Africa/Dar_es_Salaam")
    assert settings.currency == "TZS"


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_profiles_of_the_house_can_be_read(path: Path, tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"BIMA_PROFILE": path.stem})
    assert settings.title
    assert settings.modules


def test_lists_in_variables_are_separated_by_commas(folder: Path) -> None:
    settings = load(folder, BIMA_MODULES="people, location", BIMA_LANGUAGES="sw,en")
    assert settings.modules == ("people", "location")
    assert settings.languages == ("sw", "en")


def test_a_modules_list_in_a_variable_is_json(folder: Path) -> None:
    assert load(folder, BIMA_PEOPLE__ROLES='["CLERK"]').tables["people"]["roles"] == ["CLERK"]
    assert "BIMA_PEOPLE__ROLES is not valid JSON" in refusal(folder, BIMA_PEOPLE__ROLES='["CLERK"')


def test_prepared_statements_can_be_switched_off(folder: Path) -> None:
    assert load(folder).prepare_statements is True
    assert load(folder, BIMA_PREPARE_STATEMENTS="off").prepare_statements is False


def test_an_old_postgres_address_means_the_same(folder: Path) -> None:
    assert load(folder, BIMA_DATABASE_URL="postgres://db/bima").database_url == "postgresql://db/bima"


# Refusals.


@pytest.mark.parametrize(
    ("toml", "variables", "told"),
    [
        ("pool_sice = 4", {}, '"pool_sice" in bima.toml is no setting; did you mean "pool_size"?'),
        ("", {"BIMA_SECRTE": "x"}, 'BIMA_SECRTE is no setting; did you mean "BIMA_SECRET"?'),
        ("", {"BIMA_SOURCES": "x"}, "BIMA_SOURCES is no setting"),
        ("", {"BIMA_PROFILE": "tanzania"}, 'There is no profile "tanzania"; did you mean "tanzania-chf"?'),
        ("", {"BIMA_PROFILE": "away.toml"}, "away.toml cannot be read: No such file or directory."),
        ("pool_size = 0", {}, "pool_size in bima.toml is wrong: Input should be greater than or equal to 1."),
        ("", {"BIMA_POOL_SIZE": "many"}, "BIMA_POOL_SIZE is wrong"),
        (
            "timezone = 'Africa/Dodoma'",
            {},
            "timezone in bima.toml is wrong: there is no such time zone; name one such as Africa/Dar_es_Salaam.",
        ),
        ("currency = 'shilling'", {}, "currency in bima.toml is wrong"),
        ("languages = ['sw', 'de']", {}, 'there are no messages in "de"; there is en, sw, fr.'),
        ("database_url = 'mysql://x'", {}, "Bima runs on PostgreSQL only"),
        ("mode = 'prod'", {}, "mode in bima.toml is wrong: Input should be 'development' or 'production'."),
        ("pool_size = ", {}, "bima.toml is not valid TOML"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(folder: Path, toml: str, variables: dict[str, str], told: str) -> None:
    message = refusal(folder, toml, **variables)
    assert told in message
    assert "\n" not in message


@pytest.mark.parametrize("secret", [DEVELOPMENT_SECRET, "short"])
def test_production_refuses_a_secret_that_is_known_or_short(folder: Path, secret: str) -> None:
    told = refusal(folder, BIMA_MODE="production", BIMA_SECRET=secret)
    assert told == "Production needs a secret of its own: set BIMA_SECRET to 32 or more random characters."


def test_production_starts_on_a_secret_of_its_own(folder: Path) -> None:
    assert load(folder, BIMA_MODE="production", BIMA_SECRET=SECRET).secret.get_secret_value() == SECRET


def test_the_secret_is_not_shown(folder: Path) -> None:
    assert SECRET not in repr(load(folder, BIMA_SECRET=SECRET))
