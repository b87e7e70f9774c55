from datetime import date

import pytest

from modules.location.rules import (
    CONTRACT_INCOMPLETE,
    CONTRACT_REVERSED,
    LocationLevel,
    contract_problem,
    level_above,
    levels_down_to,
)


def test_each_level_lies_in_the_one_before_it() -> None:
    assert [level_above(level) for level in LocationLevel] == [None, "REGION", "DISTRICT", "WARD"]


def test_a_ward_lies_in_a_region_and_a_district() -> None:
    assert levels_down_to(LocationLevel.WARD) == ("REGION", "DISTRICT", "WARD")


@pytest.mark.parametrize(
    ("start", "end", "mandatory", "problem"),
    [
        (None, None, False, None),
        (None, None, True, CONTRACT_INCOMPLETE),
        (date(2024, 1, 1), None, False, CONTRACT_INCOMPLETE),
        (None, date(2024, 1, 1), False, CONTRACT_INCOMPLETE),
        (date(2024, 1, 1), date(2024, 1, 1), False, CONTRACT_REVERSED),
        (date(2024, 1, 2), date(2024, 1, 1), True, CONTRACT_REVERSED),
        (date(2024, 1, 1), date(2024, 1, 2), True, None),
    ],
)
def test_a_contract_has_both_dates_or_neither_and_ends_after_it_starts(
    start: date | None, end: date | None, mandatory: bool, problem: str | None
) -> None:
    assert contract_problem(start, end, mandatory=mandatory) == problem
