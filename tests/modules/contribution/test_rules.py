from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.contribution.rules import (
    Activation,
    ActivationOption,
    Bill,
    Payment,
    activation,
    balance,
    bought_cover,
    completed_on,
    overpayment,
    paid,
    void_problem,
)
from modules.policy.rules import Newcomer, PolicyStatus, newcomer_from

CONTRIBUTION, READY, PAYMENT = ActivationOption.CONTRIBUTION, ActivationOption.READY, ActivationOption.PAYMENT
START, EXPIRY = date(2024, 1, 1), date(2024, 12, 31)
EARLY, LATE = date(2023, 12, 20), date(2024, 1, 10)
VALUE = Decimal(10_000)
BILL = Bill(value=VALUE, due=VALUE, starts_on=START, enrolled_on=date(2023, 12, 15))
IDLE = Activation(PolicyStatus.IDLE)


def pay(amount: int, day: date = LATE, *, photo: bool = False, by_payer: bool = False, seen: bool = False) -> Payment:
    return Payment(Decimal(amount), day, is_photo_fee=photo, by_payer=by_payer, confirmed=seen)


def active(day: date) -> Activation:
    return Activation(PolicyStatus.ACTIVE, day)


def test_the_value_paid_before_the_start_activates_from_the_start_c1() -> None:
    assert activation(BILL, [pay(10_000, EARLY)], CONTRIBUTION) == active(START)


def test_the_value_paid_after_the_start_activates_from_that_day_c2() -> None:
    assert activation(BILL, [pay(10_000)], CONTRIBUTION) == active(LATE)


def test_less_than_the_value_stays_idle_c3() -> None:
    assert activation(BILL, [pay(4_000)], CONTRIBUTION) == IDLE
    assert activation(BILL, [pay(9_999)], CONTRIBUTION) == IDLE


def test_less_than_the_value_enforced_activates_c5() -> None:
    assert activation(BILL, [pay(4_000)], CONTRIBUTION, enforced_on=LATE) == active(LATE)


def test_enforced_before_the_start_activates_from_the_start() -> None:
    assert activation(BILL, [pay(4_000, EARLY)], CONTRIBUTION, enforced_on=EARLY) == active(START)


def test_overpaid_before_the_start_activates_from_the_start_c7() -> None:
    assert activation(BILL, [pay(12_000, EARLY)], CONTRIBUTION) == active(START)


def test_recorded_money_makes_ready_without_an_effective_date_c9() -> None:
    assert activation(BILL, [pay(10_000)], READY) == Activation(PolicyStatus.READY)


def test_a_photo_fee_activates_nothing_c10() -> None:
    assert activation(BILL, [pay(10_000, photo=True)], CONTRIBUTION) == IDLE
    assert activation(BILL, [pay(6_000), pay(4_000, photo=True)], CONTRIBUTION) == IDLE


def test_an_added_member_stays_uncovered_until_the_new_value_is_paid_c11() -> None:
    payments = [pay(10_000, EARLY), pay(1_000, date(2024, 3, 5))]
    newcomer = Newcomer(date(1990, 1, 1), date(2024, 3, 1), owed=Decimal(12_000))
    assert activation(BILL, payments, CONTRIBUTION) == active(START)
    assert newcomer_from(newcomer, START, paid(payments)) is None
    assert balance(Decimal(12_000), payments) == 1_000
    payments.append(pay(1_000, date(2024, 4, 1)))
    assert activation(BILL, payments, CONTRIBUTION) == active(START)
    assert newcomer_from(newcomer, START, paid(payments)) == date(2024, 3, 1)


def test_the_instalment_that_completes_the_value_gives_the_effective_date_decision_17() -> None:
    payments = [pay(4_000, EARLY), pay(3_000, date(2024, 1, 5)), pay(3_000, date(2024, 2, 1)), pay(1, date(2024, 3, 1))]
    assert completed_on(BILL, payments) == date(2024, 2, 1)
    assert activation(BILL, payments, CONTRIBUTION) == active(date(2024, 2, 1))


@pytest.mark.parametrize("option", [READY, PAYMENT])
def test_confirmed_money_activates_from_the_day_it_was_paid(option: ActivationOption) -> None:
    assert activation(BILL, [pay(10_000, seen=True)], option) == active(LATE)


@pytest.mark.parametrize(("option", "status"), [(READY, PolicyStatus.READY), (PAYMENT, PolicyStatus.IDLE)])
def test_partly_confirmed_money_waits_for_the_rest(option: ActivationOption, status: PolicyStatus) -> None:
    assert activation(BILL, [pay(4_000, seen=True), pay(6_000)], option) == Activation(status)


@pytest.mark.parametrize("option", [READY, PAYMENT])
def test_less_than_the_value_is_idle_even_when_confirmed(option: ActivationOption) -> None:
    assert activation(BILL, [pay(4_000, seen=True)], option) == IDLE


@pytest.mark.parametrize("option", ActivationOption)
def test_enforcement_activates_under_every_option(option: ActivationOption) -> None:
    assert activation(BILL, [pay(4_000)], option, enforced_on=LATE) == active(LATE)


def test_of_money_and_enforcement_the_earlier_counts() -> None:
    assert activation(BILL, [pay(10_000)], CONTRIBUTION, enforced_on=date(2024, 2, 1)) == active(LATE)
    assert activation(BILL, [pay(10_000)], CONTRIBUTION, enforced_on=date(2024, 1, 5)) == active(date(2024, 1, 5))


@pytest.mark.parametrize("option", ActivationOption)
def test_where_nothing_is_due_enrolment_completes_it(option: ActivationOption) -> None:
    bill = replace(BILL, due=Decimal(0), enrolled_on=date(2024, 1, 31))
    assert activation(bill, [], option) == active(date(2024, 1, 31))
    assert activation(replace(bill, enrolled_on=EARLY), [], option) == active(START)


def test_only_the_familys_part_is_due_where_the_terms_say_so_decision_23() -> None:
    bill = replace(BILL, due=Decimal(2_500))
    assert activation(bill, [pay(2_499)], CONTRIBUTION) == IDLE
    assert activation(bill, [pay(2_500)], CONTRIBUTION) == active(LATE)


def test_the_payers_part_does_not_stand_in_for_the_familys() -> None:
    bill = replace(BILL, due=Decimal(2_500))
    assert activation(bill, [pay(7_500, by_payer=True)], CONTRIBUTION) == IDLE
    assert activation(bill, [pay(7_500, by_payer=True), pay(2_500)], CONTRIBUTION) == active(LATE)
    assert activation(bill, [pay(10_000, by_payer=True)], CONTRIBUTION) == active(LATE)


def test_a_payer_may_pay_everything_where_the_whole_value_is_due() -> None:
    assert activation(BILL, [pay(6_000, by_payer=True), pay(4_000)], CONTRIBUTION) == active(LATE)


def test_voiding_returns_the_policy_to_what_the_rest_is_worth() -> None:
    first, second = pay(6_000, EARLY), pay(4_000)
    assert activation(BILL, [first, second], CONTRIBUTION) == active(LATE)
    assert activation(BILL, [first], CONTRIBUTION) == IDLE
    assert activation(BILL, [first], CONTRIBUTION, enforced_on=LATE) == active(LATE)


def test_balance_leaves_photo_fees_out_and_shows_overpayment() -> None:
    assert balance(VALUE, [pay(4_000), pay(500, photo=True)]) == 6_000
    assert balance(VALUE, [pay(12_000)]) == -2_000


@pytest.mark.parametrize(
    ("others", "payment", "excess"),
    [
        ([], pay(10_000), 0),
        ([], pay(12_000), 2_000),
        ([pay(4_000)], pay(6_000), 0),
        ([pay(4_000)], pay(6_001), 1),
        ([pay(4_000, photo=True)], pay(10_000), 0),
        ([pay(11_000)], pay(100), 100),
        ([], pay(12_000, photo=True), 0),
    ],
)
def test_overpayment_is_what_exceeds_the_balance(others: list[Payment], payment: Payment, excess: int) -> None:
    assert overpayment(VALUE, others, payment) == excess


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (IDLE, IDLE, None),
        (active(START), active(START), None),
        (active(START), IDLE, (START, EXPIRY)),
        (active(START), active(LATE), (START, date(2024, 1, 9))),
        (active(START), active(date(2024, 1, 2)), (START, START)),
        (IDLE, active(LATE), None),
        (active(LATE), active(START), None),
    ],
)
def test_the_cover_a_contribution_bought_is_what_is_lost_without_it(
    before: Activation, after: Activation, lost: tuple[date, date] | None
) -> None:
    assert bought_cover(before, after, EXPIRY) == lost


@pytest.mark.parametrize(
    ("reason", "reconciled", "cover_used", "problem"),
    [
        ("Entered twice", False, False, None),
        ("  ", False, False, "VOID_REASON_MISSING"),
        ("Entered twice", True, False, "CONTRIBUTION_RECONCILED"),
        ("Entered twice", False, True, "CONTRIBUTION_USED"),
    ],
)
def test_what_stands_against_voiding_decision_20(
    reason: str, reconciled: bool, cover_used: bool, problem: str | None
) -> None:
    assert void_problem(reason, reconciled=reconciled, cover_used=cover_used) == problem


payment_lists = st.lists(
    st.builds(
        Payment,
        amount=st.decimals(Decimal("0.01"), 8_000, places=2),
        paid_on=st.dates(date(2023, 12, 1), date(2024, 3, 1)),
        is_photo_fee=st.booleans(),
        by_payer=st.booleans(),
        confirmed=st.booleans(),
    ),
    max_size=7,
)
bills = st.decimals(0, 10_000, places=2).map(lambda due: replace(BILL, due=due))
enforcements = st.none() | st.dates(date(2023, 12, 1), date(2024, 3, 1))


@given(bills, payment_lists, st.sampled_from(ActivationOption), enforcements, st.randoms(use_true_random=False))
def test_activation_does_not_depend_on_the_order_of_arrival_decision_17(
    bill: Bill, payments: list[Payment], option: ActivationOption, enforced_on: date | None, random: Random
) -> None:
    shuffled = random.sample(payments, len(payments))
    assert activation(bill, shuffled, option, enforced_on) == activation(bill, payments, option, enforced_on)


@given(bills, payment_lists, st.sampled_from(ActivationOption), enforcements)
def test_cover_is_effective_exactly_when_active_and_never_before_the_start(
    bill: Bill, payments: list[Payment], option: ActivationOption, enforced_on: date | None
) -> None:
    found = activation(bill, payments, option, enforced_on)
    assert (found.status is PolicyStatus.ACTIVE) is (found.effective_on is not None)
    assert found.effective_on is None or found.effective_on >= START


@given(bills, payment_lists, payment_lists, st.sampled_from(ActivationOption))
def test_more_money_never_makes_a_policy_worse(
    bill: Bill, payments: list[Payment], more: list[Payment], option: ActivationOption
) -> None:
    rank = [PolicyStatus.IDLE, PolicyStatus.READY, PolicyStatus.ACTIVE].index
    before, after = activation(bill, payments, option), activation(bill, payments + more, option)
    assert rank(before.status) <= rank(after.status)
    if before.effective_on and after.effective_on:
        assert after.effective_on <= before.effective_on
