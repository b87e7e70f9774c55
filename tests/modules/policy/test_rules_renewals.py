from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.rules import (
    LONGEST_CHAIN,
    Ending,
    Officer,
    Prompt,
    RenewalWarning,
    Sale,
    is_followed,
    prompt,
    prompted_until,
    renewal_date,
    renewal_officer,
    renewal_product,
    renewal_warnings,
)

IDS = [UUID(int=number) for number in range(30)]
A, B, C, D = IDS[:4]
DAY = timedelta(days=1)
EXPIRY = date(2026, 3, 24)
RENEWAL = date(2026, 3, 25)

products = st.sampled_from(IDS[:8])
conversions = st.dictionaries(products, st.none() | products).map(
    lambda found: {id: Sale(converts_to=found.get(id)) for id in IDS[:8]}
)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
officers_of_any_kind = st.lists(
    st.builds(Officer, works_to=st.none() | days, substitute_id=st.none() | products), min_size=8, max_size=8
).map(lambda found: dict(zip(IDS[:8], found, strict=True)))


def chain(length: int) -> dict[UUID, Sale]:
    """Products of which each is converted to the next."""
    return {id: Sale(converts_to=IDS[at + 1] if at + 1 < length else None) for at, id in enumerate(IDS[:length])}


def test_a_renewal_begins_the_day_after_the_expiry_rule_4_7_1() -> None:
    assert renewal_date(EXPIRY) == RENEWAL
    assert renewal_date(date(2024, 2, 28)) == date(2024, 2, 29)


def test_prompts_look_some_days_ahead_or_with_none_at_every_policy_rule_4_7() -> None:
    assert prompted_until(date(2026, 3, 10), 14) == date(2026, 3, 24)
    assert prompted_until(date(2026, 3, 10), 0) is None


def test_conversions_are_followed_to_the_end_of_their_chain_rule_4_7_2() -> None:
    assert renewal_product(A, chain(4)) == D
    assert renewal_product(C, chain(4)) == D
    assert renewal_product(D, chain(4)) == D


def test_conversions_that_lead_back_end_before_they_do() -> None:
    around = {A: Sale(converts_to=B), B: Sale(converts_to=C), C: Sale(converts_to=B)}
    assert renewal_product(A, around) == C
    assert renewal_product(C, around) == B


@pytest.mark.parametrize(("length", "end"), [(20, 19), (21, 20), (22, 20), (30, 20)])
def test_at_most_twenty_conversions_are_followed(length: int, end: int) -> None:
    assert LONGEST_CHAIN == 20
    assert renewal_product(A, chain(length)) == IDS[end]


@given(products, conversions)
def test_a_chain_ends_in_a_product_that_converts_no_further_or_back(start: UUID, sales: dict[UUID, Sale]) -> None:
    end = renewal_product(start, sales)
    walked = [start]
    while walked[-1] != end:
        then = sales[walked[-1]].converts_to
        assert then is not None
        assert then not in walked
        walked.append(then)
    assert sales[end].converts_to is None or sales[end].converts_to in walked


def test_an_officer_who_still_works_is_not_substituted() -> None:
    officers = {A: Officer(works_to=RENEWAL, substitute_id=B), B: Officer()}
    assert renewal_officer(A, officers, RENEWAL) == A
    assert renewal_officer(A, officers, RENEWAL + DAY) == B


def test_an_officer_without_a_last_day_works() -> None:
    assert renewal_officer(A, {A: Officer(substitute_id=B), B: Officer()}, RENEWAL) == A


def test_substitutes_are_followed_to_the_first_who_works_rule_4_7_3() -> None:
    officers = {
        A: Officer(EXPIRY, B), B: Officer(date(2025, 1, 1), C), C: Officer(RENEWAL, D), D: Officer(),
    }  # fmt: skip
    assert renewal_officer(A, officers, RENEWAL) == C


def test_where_nobody_who_stands_in_works_it_is_the_last_of_them() -> None:
    assert renewal_officer(A, {A: Officer(EXPIRY, B), B: Officer(EXPIRY)}, RENEWAL) == B
    assert renewal_officer(A, {A: Officer(EXPIRY, B), B: Officer(EXPIRY, A)}, RENEWAL) == B


@given(products, officers_of_any_kind, days)
def test_an_officer_found_works_whenever_anybody_in_the_chain_does(
    start: UUID, officers: dict[UUID, Officer], day: date
) -> None:
    def works(id: UUID) -> bool:
        last = officers[id].works_to
        return last is None or last >= day

    found = renewal_officer(start, officers, day)
    walked: list[UUID] = []
    at: UUID | None = start
    while at is not None and at not in walked:
        walked.append(at)
        at = officers[at].substitute_id
    at_work = [id for id in walked if works(id)]
    assert found == (at_work[0] if at_work else walked[-1])


@pytest.mark.parametrize(
    ("sale", "sold"),
    [
        (Sale(), True),
        (Sale(date_from=RENEWAL, date_to=RENEWAL), True),
        (Sale(date_to=EXPIRY), False),
        (Sale(date_from=RENEWAL + DAY), False),
        (Sale(date_from=date(2020, 1, 1), date_to=date(2030, 1, 1)), True),
        (Sale(deleted=True), False),
    ],
)
def test_a_product_outside_its_window_is_warned_of(sale: Sale, sold: bool) -> None:
    assert renewal_warnings(sale, Officer(), RENEWAL) == (() if sold else (RenewalWarning.PRODUCT_NOT_SOLD,))


@pytest.mark.parametrize(
    ("officer", "warnings"),
    [
        (None, (RenewalWarning.NO_OFFICER,)),
        (Officer(EXPIRY), (RenewalWarning.OFFICER_NOT_VALID,)),
        (Officer(RENEWAL), ()),
    ],
)
def test_a_renewal_without_an_officer_at_work_is_warned_of(
    officer: Officer | None, warnings: tuple[RenewalWarning, ...]
) -> None:
    assert renewal_warnings(Sale(), officer, RENEWAL) == warnings


@pytest.mark.parametrize(("held", "followed"), [((), False), ((A,), True), ((B,), True), ((C,), False), ((C, B), True)])
def test_who_holds_the_old_or_the_new_product_already_is_not_prompted_rule_4_7_4(
    held: tuple[UUID, ...], followed: bool
) -> None:
    ending = Ending(A, None, EXPIRY, held)
    assert is_followed(ending, B) is followed
    assert (prompt(ending, {A: Sale(converts_to=B), B: Sale()}, {}) is None) is followed


def test_a_prompt_names_product_officer_day_and_what_is_odd() -> None:
    sales = {A: Sale(converts_to=B), B: Sale(date_to=EXPIRY)}
    officers = {C: Officer(EXPIRY, D), D: Officer(EXPIRY)}
    assert prompt(Ending(A, C, EXPIRY), sales, officers) == Prompt(
        B, D, RENEWAL, (RenewalWarning.PRODUCT_NOT_SOLD, RenewalWarning.OFFICER_NOT_VALID)
    )
    assert prompt(Ending(B, None, EXPIRY - DAY), sales, officers) == Prompt(
        B, None, EXPIRY, (RenewalWarning.NO_OFFICER,)
    )


@given(products, st.none() | products, conversions, officers_of_any_kind, days, st.sets(products))
def test_a_prompt_is_odd_exactly_where_its_parts_are(
    product_id: UUID,
    officer_id: UUID | None,
    sales: dict[UUID, Sale],
    officers: dict[UUID, Officer],
    expires_on: date,
    held: set[UUID],
) -> None:
    found = prompt(Ending(product_id, officer_id, expires_on, held), sales, officers)
    into = renewal_product(product_id, sales)
    if found is None:
        assert {product_id, into} & held
        return
    assert not {product_id, into} & held
    assert (found.product_id, found.renewal_on) == (into, expires_on + DAY)
    assert (found.officer_id is None) is (officer_id is None) is (RenewalWarning.NO_OFFICER in found.warnings)
    assert len(set(found.warnings)) == len(found.warnings)
