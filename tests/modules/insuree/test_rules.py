from datetime import date, timedelta
from random import Random
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import add_months
from modules.insuree.rules import (
    CHF_NUMBER,
    NumberRule,
    birth_date_problem,
    check_digit,
    ends_in_check_digit,
    is_adult,
    is_newborn,
    number_problem,
    passes_luhn,
    person_sounds_like,
    photo_due,
    sounds_like_key,
    status_problem,
)

TODAY = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("digits", "number"), [("07070707", "070707070"), ("10000001", "100000014"), ("12345678", "123456782")]
)
def test_check_digit_of_a_chf_number_10_6(digits: str, number: str) -> None:
    assert digits + check_digit(digits) == number
    assert number_problem(number, CHF_NUMBER) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (None, "NUMBER_MISSING"),
        ("", "NUMBER_MISSING"),
        ("   ", "NUMBER_MISSING"),
        ("12345678", "NUMBER_LENGTH"),
        ("1234567820", "NUMBER_LENGTH"),
        ("123456789", "NUMBER_CHECK_DIGIT"),
        ("12345678x", "NUMBER_CHECK_DIGIT"),
        ("1234567٨2", "NUMBER_CHECK_DIGIT"),
        ("123456782", None),
    ],
)
def test_what_is_wrong_with_a_chf_number(number: str | None, problem: str | None) -> None:
    assert number_problem(number, CHF_NUMBER) == problem


@given(st.integers(0, 99_999_999), st.integers(1, 9))
def test_any_other_last_digit_is_refused(serial: int, step: int) -> None:
    digits = f"{serial:08}"
    right = check_digit(digits)
    wrong = str((int(right) + step) % 10)
    assert number_problem(digits + right, CHF_NUMBER) is None
    assert number_problem(digits + wrong, CHF_NUMBER) == "NUMBER_CHECK_DIGIT"


@pytest.mark.parametrize(("length", "number"), [(5, "12345"), (7, "1234567")])
def test_a_length_alone_b2(length: int, number: str) -> None:
    assert number_problem(number, NumberRule(length=length)) is None
    assert number_problem(number, NumberRule(length=length + 1)) == "NUMBER_LENGTH"


def test_length_and_check_digit_by_seven_b3() -> None:
    assert number_problem("12342", NumberRule(length=5, check="mod7")) is None


@pytest.mark.parametrize(
    ("number", "problem"), [("1234561", None), ("1234560", "NUMBER_CHECK_DIGIT"), ("12345", "NUMBER_LENGTH")]
)
def test_length_and_check_digit_by_five_b5(number: str, problem: str | None) -> None:
    assert number_problem(number, NumberRule(length=7, check="mod5")) == problem


@pytest.mark.parametrize("number", ["79927398713", "4539578763621486", "18", "059"])
def test_luhn_holds_for_odd_and_even_lengths(number: str) -> None:
    assert passes_luhn(number)
    assert number_problem(number, NumberRule(check="luhn")) is None


@pytest.mark.parametrize("number", ["79927398710", "4539578763621487", "17", "0", "7992739871a"])
def test_luhn_refuses(number: str) -> None:
    assert number_problem(number, NumberRule(check="luhn")) == "NUMBER_CHECK_DIGIT"


@given(st.text("0123456789", min_size=2, max_size=20), st.data())
def test_luhn_notices_one_wrong_digit(digits: str, data: st.DataObject) -> None:
    number = next(digits + last for last in "0123456789" if passes_luhn(digits + last))
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    assert not passes_luhn(number[:at] + other + number[at + 1 :])


def test_a_pattern_matches_the_whole_number() -> None:
    rule = NumberRule(pattern="[A-Z]{2}[0-9]{3}")
    assert number_problem("TZ123", rule) is None
    assert number_problem("TZ1234", rule) == "NUMBER_PATTERN"
    assert number_problem("xTZ123", rule) == "NUMBER_PATTERN"


def test_without_a_rule_any_number_will_do_but_none_will_not() -> None:
    assert number_problem("A 1", NumberRule()) is None
    assert number_problem("", NumberRule()) == "NUMBER_MISSING"


@pytest.mark.parametrize("number", ["", "5", "x5", "²5"])
def test_a_check_digit_needs_digits_before_it(number: str) -> None:
    assert not ends_in_check_digit(number)


@pytest.mark.parametrize(("divisor", "digit"), [(2, "1"), (10, "3")])
def test_a_check_digit_by_the_least_and_the_greatest_divisor(divisor: int, digit: str) -> None:
    assert check_digit("123", divisor) == digit


@pytest.mark.parametrize(("digits", "divisor"), [("", 7), ("12a", 7), ("12", 1), ("12", 11)])
def test_a_check_digit_of_nonsense_is_an_error(digits: str, divisor: int) -> None:
    with pytest.raises(ValueError, match="no check digit"):
        check_digit(digits, divisor)


@pytest.mark.parametrize(
    ("length", "check", "pattern"), [(-1, "", ""), (0, "mod10", ""), (0, "verhoeff", ""), (0, "", "(")]
)
def test_settings_that_mean_nothing_are_refused(length: int, check: str, pattern: str) -> None:
    with pytest.raises(ValueError, match="of insurance numbers"):
        NumberRule(length, check, pattern)


def test_nobody_is_born_after_today() -> None:
    assert birth_date_problem(TODAY, TODAY) is None
    assert birth_date_problem(TODAY + timedelta(days=1), TODAY) == "BIRTH_DATE_IN_FUTURE"


@pytest.mark.parametrize(
    ("reason_status", "status_on", "problem"),
    [
        ("DEAD", TODAY, None),
        (None, TODAY, "STATUS_REASON_MISSING"),
        ("INACTIVE", TODAY, "STATUS_REASON_MISMATCH"),
        ("DEAD", None, "STATUS_DATE_MISSING"),
        ("DEAD", TODAY + timedelta(days=1), "STATUS_DATE_IN_FUTURE"),
    ],
)
def test_leaving_the_scheme_needs_its_reason_and_a_date(
    reason_status: str | None, status_on: date | None, problem: str | None
) -> None:
    found = status_problem("DEAD", is_active=False, reason_status=reason_status, status_on=status_on, today=TODAY)
    assert found == problem


def test_the_active_need_no_reason() -> None:
    assert status_problem("ACTIVE", is_active=True, reason_status=None, status_on=None, today=TODAY) is None


@pytest.mark.parametrize(
    ("birth_date", "day", "adult"),
    [
        (date(2000, 5, 5), date(2018, 5, 4), False),
        (date(2000, 5, 5), date(2018, 5, 5), True),
        (date(2000, 2, 29), date(2018, 2, 28), False),
        (date(2000, 2, 29), date(2018, 3, 1), True),
        (date(2024, 1, 1), date(2023, 1, 1), False),
    ],
)
def test_adults_have_had_their_eighteenth_birthday_rule_2_3_11(birth_date: date, day: date, adult: bool) -> None:
    assert is_adult(birth_date, day) is adult


def test_the_age_of_majority_is_the_schemes() -> None:
    assert is_adult(date(2008, 6, 30), TODAY, adult_age=16)


def test_newborn_is_within_ninety_days_of_birth() -> None:
    born = date(2024, 1, 1)
    assert is_newborn(born, born)
    assert is_newborn(born, born + timedelta(days=90))
    assert not is_newborn(born, born + timedelta(days=91))
    assert not is_newborn(born, born - timedelta(days=1))
    assert not is_newborn(born, born + timedelta(days=31), newborn_days=30)


def test_a_photo_of_thirty_days_ago_is_not_due_but_one_of_2010_is_b19() -> None:
    adult = date(1980, 1, 1)
    assert not photo_due(TODAY - timedelta(days=30), adult, TODAY)
    assert photo_due(date(2010, 1, 1), adult, TODAY)
    assert photo_due(None, adult, TODAY)


@pytest.mark.parametrize(("birth_date", "months"), [(date(1980, 1, 1), 60), (date(2015, 1, 1), 12)])
def test_photos_last_five_years_of_adults_and_one_of_minors(birth_date: date, months: int) -> None:
    taken = date(2019, 3, 15)
    last = add_months(taken, months)
    born = birth_date
    assert not photo_due(taken, born, last)
    assert photo_due(taken, born, last + timedelta(days=1))


ALIKE = (
    "Asha Aisha Aysha Esha", "Mohamed Muhammad Mohamedi Mohammed", "Hassan Hasan Hasani", "Hussein Huseni",
    "Ramadhani Ramazani Lamadhani", "Rashidi Rashid Lashidi", "Khadija Hadija Adija", "Khamis Hamisi Amisi",
    "Fatuma Fatma Fatima", "Said Saidi Sayed", "Idi Iddi Eid", "Ally Ali Alli", "Issa Isa", "Gharib Garibu",
    "Yusufu Yusuf Jusufu Joseph", "Yakobo Jacob Jakobo", "Stephen Steven Stefano", "Martha Marta", "Peter Petro",
    "Christina Kristina", "Charles Chalesi", "Cecilia Sesilia", "Elizabeth Elisabeti", "Grace Gresi", "Lucy Lusi",
    "Zaituni Saituni", "Emmanuel Imanueli", "Mwanaisha Mwanahisha", "Ng'wandu Ngwandu", "Jérôme Jerome", "Josephine Josefina",
)  # fmt: skip
UNLIKE = ("Asha Asia", "Hassan Hussein", "Juma Jamila", "Mushi Masha", "Kimaro Mushi", "Neema Zuhura", "Peter Paul")
LATIN = st.text(ascii_letters, min_size=1, max_size=30)


@pytest.mark.parametrize("names", ALIKE)
def test_names_that_sound_alike_have_one_key(names: str) -> None:
    assert len({sounds_like_key(name) for name in names.split()}) == 1


@pytest.mark.parametrize("names", UNLIKE)
def test_names_that_sound_different_have_different_keys(names: str) -> None:
    first, second = names.split()
    assert sounds_like_key(first) != sounds_like_key(second)


@given(st.lists(LATIN, min_size=1, max_size=4), st.randoms())
def test_neither_the_order_of_words_nor_capitals_and_blanks_change_a_key(words: list[str], random: Random) -> None:
    shuffled = random.sample(words, len(words))
    assert sounds_like_key(" ".join(words)) == sounds_like_key(f" {'  '.join(shuffled)} ".swapcase())


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=100))
def test_every_name_has_a_key_that_fits_its_column(name: str) -> None:
    assert 0 < len(sounds_like_key(name)) <= 60


def test_a_name_in_another_script_is_its_own_key() -> None:
    assert sounds_like_key("علي") != sounds_like_key("سعيد")


def test_a_person_is_known_by_the_last_name_and_the_first_of_the_others() -> None:
    assert person_sounds_like("Mushi", "Asha Neema") == person_sounds_like("Asha", "Mushi Juma") == "AX MUX"
