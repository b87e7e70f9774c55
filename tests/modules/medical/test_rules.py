from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.location.rules import CareType
from modules.medical.rules import (
    CareTypeRule,
    PatientCategory,
    PriceLine,
    Validity,
    care_type_fits,
    categories_in,
    category_fits,
    category_mask,
    patient_mask,
    price_line_on,
    price_on,
)

IN, OUT, BOTH = CareType.IN_PATIENT, CareType.OUT_PATIENT, CareType.BOTH


@pytest.mark.parametrize(("gender", "mask"), [("M", 5), ("O", 5), ("F", 6), ("X", 6)])
def test_male_and_other_count_as_male_all_else_as_female(gender: str, mask: int) -> None:
    assert patient_mask(gender, date(1990, 1, 1), date(2024, 1, 1)) == mask


@pytest.mark.parametrize(
    ("on", "mask"), [(date(2024, 6, 14), 9), (date(2024, 6, 15), 5), (date(2024, 12, 31), 5), (date(2023, 12, 31), 9)]
)
def test_adults_have_completed_the_years_of_majority(on: date, mask: int) -> None:
    assert patient_mask("M", date(2006, 6, 15), on) == mask


def test_the_age_of_majority_can_be_set() -> None:
    assert patient_mask("F", date(2004, 1, 1), date(2024, 1, 1), age_of_majority=21) == 10


def test_something_for_men_is_refused_to_an_adult_woman_v09() -> None:
    assert not category_fits(1, 6)


@pytest.mark.parametrize(
    ("category", "mask", "fits"),
    [(0, 6, True), (15, 9, True), (6, 6, True), (2, 6, False), (14, 6, True), (13, 6, False), (5, 9, False)],
)
def test_every_bit_of_the_patient_must_be_in_the_category_and_0_is_everyone_rule_2_2(
    category: int, mask: int, fits: bool
) -> None:
    assert category_fits(category, mask) is fits


@given(st.sets(st.sampled_from(list(PatientCategory))))
def test_a_mask_holds_the_categories_it_was_made_of(categories: set[PatientCategory]) -> None:
    assert set(categories_in(category_mask(categories))) == categories


@pytest.mark.parametrize(
    ("line", "facility", "stay", "by_facility", "by_stay"),
    [
        (IN, OUT, False, False, False),
        (IN, OUT, True, False, False),
        (IN, IN, False, True, False),
        (IN, IN, True, True, True),
        (IN, BOTH, False, True, False),
        (OUT, IN, False, False, False),
        (OUT, OUT, False, True, True),
        (OUT, OUT, True, False, False),
        (OUT, BOTH, True, True, False),
        (OUT, None, False, True, True),
        (BOTH, OUT, True, False, True),
        (BOTH, IN, False, True, True),
        (BOTH, None, True, True, True),
    ],
)
def test_care_type_of_a_line(
    line: CareType, facility: CareType | None, stay: bool, by_facility: bool, by_stay: bool
) -> None:
    assert care_type_fits(line, facility, stay) is by_facility
    assert care_type_fits(line, facility, stay, CareTypeRule.STAY) is by_stay


def test_a_version_holds_on_its_first_and_last_day() -> None:
    validity = Validity(date(2024, 1, 1), date(2024, 1, 31))
    assert [validity.holds_on(date(2024, 1, day)) for day in (1, 31)] == [True, True]
    assert not validity.holds_on(date(2023, 12, 31))
    assert not validity.holds_on(date(2024, 2, 1))
    assert Validity(date(2024, 1, 1)).holds_on(date.max)


def test_the_overrule_stands_before_the_register_price() -> None:
    day = date(2024, 5, 1)
    assert price_on([PriceLine(date(2024, 1, 1), overrule=Decimal(80))], Decimal(100), day) == 80
    assert price_on([PriceLine(date(2024, 1, 1), overrule=Decimal(0))], Decimal(100), day) == 0
    assert price_on([PriceLine(date(2024, 1, 1))], Decimal(100), day) == 100


def test_what_is_not_on_the_list_that_day_has_no_price() -> None:
    assert price_on([], Decimal(100), date(2024, 5, 1)) is None
    assert price_on([PriceLine(date(2024, 5, 2))], Decimal(100), date(2024, 5, 1)) is None
    assert price_on([PriceLine(date(2024, 1, 1), date(2024, 4, 30))], Decimal(100), date(2024, 5, 1)) is None


def test_on_the_day_of_a_change_the_ending_price_wins() -> None:
    old = PriceLine(date(2024, 1, 1), date(2024, 3, 1), Decimal(70))
    newer = PriceLine(date(2024, 3, 1), date(2024, 6, 1), Decimal(80))
    newest = PriceLine(date(2024, 6, 1), None, Decimal(90))
    lines = [newest, newer, old]
    assert price_line_on(lines, date(2024, 2, 1)) is old
    assert price_line_on(lines, date(2024, 3, 1)) is old
    assert price_line_on(lines, date(2024, 3, 2)) is newer
    assert price_line_on(lines, date(2024, 6, 1)) is newer
    assert price_line_on(lines, date(2024, 6, 2)) is newest
