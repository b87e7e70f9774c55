import pytest
from pydantic import ValidationError

from modules.insuree.rules import NumberRule
from modules.insuree.settings import Settings


def test_any_number_will_do_unless_the_scheme_says_more() -> None:
    assert Settings().number_rule == NumberRule()


def test_the_chf_number_has_nine_digits_the_last_of_them_a_check() -> None:
    assert Settings(number_length=9, number_check="mod7").number_rule == NumberRule(9, "mod7")


@pytest.mark.parametrize("wrong", [{"number_check": "mod11"}, {"number_length": -1}, {"number_pattern": "("}])
def test_settings_that_mean_nothing_stop_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="of insurance numbers"):
        Settings.model_validate(wrong)
