"""The states of a policy and what moves it from one to another."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class PolicyStatus(StrEnum):
    """Where a policy stands.

    IDLE: recorded, not paid. READY: paid, the money not yet confirmed. ACTIVE: covers from its effective date.
    SUSPENDED: stopped by a user or overdue. EXPIRED: its last day has passed; nothing leads out of it.
    """

    IDLE = "IDLE"
    READY = "READY"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"


class PolicyNotice(StrEnum):
    """Something about a policy that the family should know.

    MEMBERS_ABOVE_MAXIMUM: the policy is full; somebody in the family has no place on it and is not covered.
    PRICED_BEFORE_CORRECTION: a member's birth date was corrected after cover began; the price stays as it was bought
    until the policy is renewed.
    """

    MEMBERS_ABOVE_MAXIMUM = "MEMBERS_ABOVE_MAXIMUM"
    PRICED_BEFORE_CORRECTION = "PRICED_BEFORE_CORRECTION"


class PolicyEvent(StrEnum):
    """What happens to a policy (decisions 16 and 21).

    RECORD: recorded money covers the value, to be confirmed. PAY: money that counts covers it. CONFIRM: confirmed money
    covers it. ENFORCE: activated with less money. REVISE: a contribution was edited or voided. SUSPEND: by a user.
    OVERDUE: not paid by the last payment date. RESUME: by a user. EXPIRE: past the last day.
    """

    RECORD = "RECORD"
    PAY = "PAY"
    CONFIRM = "CONFIRM"
    ENFORCE = "ENFORCE"
    REVISE = "REVISE"
    SUSPEND = "SUSPEND"
    OVERDUE = "OVERDUE"
    RESUME = "RESUME"
    EXPIRE = "EXPIRE"


class TransitionError(ValueError):
    """An event that a policy in this state does not allow; `to` is None if no target was named."""

    def __init__(self, status: PolicyStatus, event: PolicyEvent, to: PolicyStatus | None) -> None:
        super().__init__(f"{event} does not lead from {status} to {to or 'another state'}")
        self.status = status
        self.event = event
        self.to = to


_IDLE = frozenset({PolicyStatus.IDLE})
_READY = frozenset({PolicyStatus.READY})
_ACTIVE = frozenset({PolicyStatus.ACTIVE})
_SUSPENDED = frozenset({PolicyStatus.SUSPENDED})
_EXPIRED = frozenset({PolicyStatus.EXPIRED})

# From a suspension, money leads on only if the policy was overdue: see `after_money`.
TRANSITIONS: Mapping[PolicyEvent, Mapping[PolicyStatus, frozenset[PolicyStatus]]] = {
    PolicyEvent.RECORD: {PolicyStatus.IDLE: _READY, PolicyStatus.SUSPENDED: _READY},
    PolicyEvent.PAY: {PolicyStatus.IDLE: _ACTIVE, PolicyStatus.SUSPENDED: _ACTIVE},
    PolicyEvent.CONFIRM: {
        PolicyStatus.IDLE: _ACTIVE,
        PolicyStatus.READY: _ACTIVE,
        PolicyStatus.SUSPENDED: _ACTIVE,
    },
    PolicyEvent.ENFORCE: {
        PolicyStatus.IDLE: _ACTIVE,
        PolicyStatus.READY: _ACTIVE,
        PolicyStatus.SUSPENDED: _ACTIVE,
    },
    PolicyEvent.REVISE: {
        PolicyStatus.IDLE: _READY | _ACTIVE,
        PolicyStatus.READY: _IDLE | _ACTIVE,
        PolicyStatus.ACTIVE: _IDLE | _READY,
        PolicyStatus.SUSPENDED: _READY | _ACTIVE,
    },
    PolicyEvent.SUSPEND: {
        PolicyStatus.IDLE: _SUSPENDED,
        PolicyStatus.READY: _SUSPENDED,
        PolicyStatus.ACTIVE: _SUSPENDED,
    },
    PolicyEvent.OVERDUE: {PolicyStatus.IDLE: _SUSPENDED},
    PolicyEvent.RESUME: {PolicyStatus.SUSPENDED: _IDLE | _READY | _ACTIVE | _EXPIRED},
    PolicyEvent.EXPIRE: {
        PolicyStatus.IDLE: _EXPIRED,
        PolicyStatus.READY: _EXPIRED,
        PolicyStatus.ACTIVE: _EXPIRED,
        PolicyStatus.SUSPENDED: _EXPIRED,
    },
}


def transition(status: PolicyStatus, event: PolicyEvent, to: PolicyStatus | None = None) -> PolicyStatus:
    """The state that the event leads to; `to` names it where the event leads to several.

    Raises TransitionError if the table does not have it.
    """
    targets = TRANSITIONS[event].get(status, frozenset())
    if to is None and len(targets) == 1:
        (to,) = targets
    if to is None or to not in targets:
        raise TransitionError(status, event, to)
    return to


def is_expired(expires_on: date, today: date) -> bool:
    """Whether the last day has passed; the expiry date itself is still part of the policy."""
    return expires_on < today


def is_overdue(status: PolicyStatus, last_payment_on: date | None, today: date) -> bool:
    """Whether an idle policy missed its last payment date, so that it is to be suspended (decision 21)."""
    return status is PolicyStatus.IDLE and last_payment_on is not None and last_payment_on < today


def implied_status(money: PolicyStatus, expires_on: date, today: date) -> PolicyStatus:
    """The state that money, enforcement and dates imply: where a resumed policy returns to (decision 21).

    `money` is what contributions and enforcement alone say: IDLE, READY or ACTIVE.
    """
    return PolicyStatus.EXPIRED if is_expired(expires_on, today) else money


def after_money(status: PolicyStatus, money: PolicyStatus, *, overdue: bool = False) -> PolicyStatus:
    """The state after contributions changed, given what they now imply (IDLE, READY or ACTIVE) (decisions 20 and 21).

    A suspension for being `overdue` ends when the money is there; a user's suspension and an expiry stay: the money is
    recorded only.
    """
    if status is PolicyStatus.EXPIRED:
        return status
    if status is PolicyStatus.SUSPENDED and (not overdue or money is PolicyStatus.IDLE):
        return status
    return money
