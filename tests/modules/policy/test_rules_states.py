from datetime import date, timedelta
from itertools import product

import pytest

from modules.policy.rules import (
    TRANSITIONS,
    PolicyEvent,
    PolicyStatus,
    TransitionError,
    after_money,
    implied_status,
    is_expired,
    is_overdue,
    transition,
)

IDLE, READY, ACTIVE = PolicyStatus.IDLE, PolicyStatus.READY, PolicyStatus.ACTIVE
SUSPENDED, EXPIRED = PolicyStatus.SUSPENDED, PolicyStatus.EXPIRED
TODAY = date(2024, 6, 30)

ALLOWED = {
    (PolicyEvent.RECORD, IDLE, READY),
    (PolicyEvent.RECORD, SUSPENDED, READY),
    (PolicyEvent.PAY, IDLE, ACTIVE),
    (PolicyEvent.PAY, SUSPENDED, ACTIVE),
    (PolicyEvent.CONFIRM, IDLE, ACTIVE),
    (PolicyEvent.CONFIRM, READY, ACTIVE),
    (PolicyEvent.CONFIRM, SUSPENDED, ACTIVE),
    (PolicyEvent.ENFORCE, IDLE, ACTIVE),
    (PolicyEvent.ENFORCE, READY, ACTIVE),
    (PolicyEvent.ENFORCE, SUSPENDED, ACTIVE),
    (PolicyEvent.REVISE, IDLE, READY),
    (PolicyEvent.REVISE, IDLE, ACTIVE),
    (PolicyEvent.REVISE, READY, IDLE),
    (PolicyEvent.REVISE, READY, ACTIVE),
    (PolicyEvent.REVISE, ACTIVE, IDLE),
    (PolicyEvent.REVISE, ACTIVE, READY),
    (PolicyEvent.REVISE, SUSPENDED, READY),
    (PolicyEvent.REVISE, SUSPENDED, ACTIVE),
    (PolicyEvent.SUSPEND, IDLE, SUSPENDED),
    (PolicyEvent.SUSPEND, READY, SUSPENDED),
    (PolicyEvent.SUSPEND, ACTIVE, SUSPENDED),
    (PolicyEvent.OVERDUE, IDLE, SUSPENDED),
    (PolicyEvent.RESUME, SUSPENDED, IDLE),
    (PolicyEvent.RESUME, SUSPENDED, READY),
    (PolicyEvent.RESUME, SUSPENDED, ACTIVE),
    (PolicyEvent.RESUME, SUSPENDED, EXPIRED),
    (PolicyEvent.EXPIRE, IDLE, EXPIRED),
    (PolicyEvent.EXPIRE, READY, EXPIRED),
    (PolicyEvent.EXPIRE, ACTIVE, EXPIRED),
    (PolicyEvent.EXPIRE, SUSPENDED, EXPIRED),
}


@pytest.mark.parametrize(("event", "status", "to"), list(product(PolicyEvent, PolicyStatus, PolicyStatus)))
def test_every_transition_is_the_tables_decision_21(event: PolicyEvent, status: PolicyStatus, to: PolicyStatus) -> None:
    if (event, status, to) in ALLOWED:
        assert transition(status, event, to) is to
    else:
        with pytest.raises(TransitionError, match=f"{event} does not lead from {status} to {to}"):
            transition(status, event, to)


@pytest.mark.parametrize("event", PolicyEvent)
def test_every_event_has_its_row(event: PolicyEvent) -> None:
    assert TRANSITIONS[event]


def test_an_event_with_one_target_needs_none_named() -> None:
    assert transition(ACTIVE, PolicyEvent.SUSPEND) is SUSPENDED
    assert transition(SUSPENDED, PolicyEvent.EXPIRE) is EXPIRED


def test_an_event_with_several_targets_needs_one_named() -> None:
    with pytest.raises(TransitionError) as refused:
        transition(SUSPENDED, PolicyEvent.RESUME)
    assert (refused.value.status, refused.value.event, refused.value.to) == (SUSPENDED, PolicyEvent.RESUME, None)


@pytest.mark.parametrize("event", PolicyEvent)
def test_nothing_leads_out_of_expired(event: PolicyEvent) -> None:
    with pytest.raises(TransitionError):
        transition(EXPIRED, event)


@pytest.mark.parametrize(
    ("expires_on", "status"),
    [(date(2019, 1, 1), EXPIRED), (TODAY + timedelta(days=5), ACTIVE), (TODAY, ACTIVE)],
)
def test_what_is_past_its_expiry_is_expired_b17(expires_on: date, status: PolicyStatus) -> None:
    assert is_expired(expires_on, TODAY) is (status is EXPIRED)
    assert implied_status(ACTIVE, expires_on, TODAY) is status


@pytest.mark.parametrize("money", [IDLE, READY, ACTIVE])
def test_a_resumed_policy_returns_to_what_money_implies_decision_21(money: PolicyStatus) -> None:
    implied = implied_status(money, TODAY, TODAY)
    assert transition(SUSPENDED, PolicyEvent.RESUME, implied) is money


def test_an_idle_policy_is_overdue_after_its_last_payment_date() -> None:
    assert is_overdue(IDLE, TODAY - timedelta(days=1), TODAY)
    assert not is_overdue(IDLE, TODAY, TODAY)
    assert not is_overdue(IDLE, None, TODAY)
    assert not is_overdue(READY, TODAY - timedelta(days=1), TODAY)


@pytest.mark.parametrize("money", [IDLE, READY, ACTIVE])
@pytest.mark.parametrize("status", [IDLE, READY, ACTIVE])
def test_money_moves_a_policy_that_nobody_stopped(status: PolicyStatus, money: PolicyStatus) -> None:
    assert after_money(status, money) is money


def test_money_ends_a_suspension_for_being_overdue_once_it_is_enough() -> None:
    assert after_money(SUSPENDED, ACTIVE, overdue=True) is ACTIVE
    assert after_money(SUSPENDED, READY, overdue=True) is READY
    assert after_money(SUSPENDED, IDLE, overdue=True) is SUSPENDED


def test_money_is_recorded_only_on_a_users_suspension_and_after_expiry_decision_21() -> None:
    assert after_money(SUSPENDED, ACTIVE) is SUSPENDED
    assert after_money(EXPIRED, ACTIVE) is EXPIRED
