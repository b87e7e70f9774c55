"""When money makes a policy active, what is still owed, and what may be taken back: pure functions over plain data."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.money import ZERO, total
from modules.policy.rules import PolicyStatus

VOID_REASON_MISSING = "VOID_REASON_MISSING"
CONTRIBUTION_RECONCILED = "CONTRIBUTION_RECONCILED"
CONTRIBUTION_USED = "CONTRIBUTION_USED"


class FundingStatus(StrEnum):
    """Where a payer's money stands (enrolment spec 6).

    PENDING: promised. PAID: received. AWAITING_RECONCILIATION: with the accountant. RECONCILED: found on the account;
    nothing leads out of it.
    """

    PENDING = "PENDING"
    PAID = "PAID"
    AWAITING_RECONCILIATION = "AWAITING_RECONCILIATION"
    RECONCILED = "RECONCILED"


FUNDING_TRANSITIONS: Mapping[FundingStatus, frozenset[FundingStatus]] = {
    FundingStatus.PENDING: frozenset({FundingStatus.PAID}),
    FundingStatus.PAID: frozenset({FundingStatus.AWAITING_RECONCILIATION, FundingStatus.RECONCILED}),
    FundingStatus.AWAITING_RECONCILIATION: frozenset({FundingStatus.PAID, FundingStatus.RECONCILED}),
    FundingStatus.RECONCILED: frozenset(),
}
"""Where a payer's money may go from where it stands; back from the accountant if it was not found."""


class ActivationOption(StrEnum):
    """How money activates a policy (decision 16).

    CONTRIBUTION: active when the recorded contributions cover what is due. READY: then ready, and active once the money
    is confirmed. PAYMENT: idle until confirmed money covers what is due.
    """

    CONTRIBUTION = "CONTRIBUTION"
    READY = "READY"
    PAYMENT = "PAYMENT"


@dataclass(frozen=True)
class Bill:
    """What a policy costs: its value, and the part of it that is due before cover begins (decision 23).

    For a policy that was activated before members joined, both are those without them: what the cover of the others
    was bought with. `starts_on` and `enrolled_on` are the policy's.
    """

    value: Decimal
    due: Decimal
    starts_on: date
    enrolled_on: date


@dataclass(frozen=True)
class Payment:
    """A contribution as the rules see it; voided ones are left out.

    `by_payer`: paid by a payer, not by the family. `confirmed`: an accountant or the gateway has seen the money.
    """

    amount: Decimal
    paid_on: date
    is_photo_fee: bool = False
    by_payer: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class Activation:
    """The state that money and enforcement imply, IDLE, READY or ACTIVE, and the effective date of an active policy."""

    status: PolicyStatus
    effective_on: date | None = None


def activation(
    bill: Bill, payments: Collection[Payment], option: ActivationOption, enforced_on: date | None = None
) -> Activation:
    """What all contributions of a policy, this one included, make of it (decisions 16, 17 and 20).

    The effective date is the later of the start and the day on which the money due was complete or the policy was
    enforced, whichever came first. It depends on the days of payment, not on the order in which payments arrive.
    `enforced_on` is the paid date of the contribution that enforced the policy; voiding that one does not undo it.
    """
    complete = completed_on(bill, counting(payments, option))
    days = [day for day in (complete, enforced_on) if day is not None]
    if days:
        return Activation(PolicyStatus.ACTIVE, max(bill.starts_on, min(days)))
    if option is ActivationOption.READY and completed_on(bill, payments) is not None:
        return Activation(PolicyStatus.READY)
    return Activation(PolicyStatus.IDLE)


def completed_on(bill: Bill, payments: Iterable[Payment]) -> date | None:
    """The day of the payment with which the running total reached what is due; None while it has not.

    Payments are walked by paid date (decision 17). If nothing is due, it is complete on the day of enrolment.
    """
    if bill.due <= 0:
        return bill.enrolled_on
    walked: list[Payment] = []
    for payment in sorted(payments, key=lambda payment: payment.paid_on):
        walked.append(payment)
        if credit(bill, walked) >= bill.due:
            return payment.paid_on
    return None


def counting(payments: Iterable[Payment], option: ActivationOption) -> list[Payment]:
    """The payments that can make a policy active: all of them, or only confirmed ones (decision 16)."""
    return [payment for payment in payments if option is ActivationOption.CONTRIBUTION or payment.confirmed]


def credit(bill: Bill, payments: Collection[Payment]) -> Decimal:
    """The money that counts towards what is due.

    A payer's money goes to the payer's part first; only what exceeds it stands in for the family's (decision 23).
    """
    family = paid(payment for payment in payments if not payment.by_payer)
    payers = paid(payment for payment in payments if payment.by_payer)
    return family + max(ZERO, payers - (bill.value - bill.due))


def paid(payments: Iterable[Payment]) -> Decimal:
    """The sum of the payments; photo fees count for nothing (decision 17)."""
    return total(payment.amount for payment in payments if not payment.is_photo_fee)


def balance(value: Decimal, payments: Iterable[Payment]) -> Decimal:
    """What is still to be paid of the value; negative when overpaid (enrolment spec 5.2)."""
    return value - paid(payments)


def overpayment(value: Decimal, others: Iterable[Payment], payment: Payment) -> Decimal:
    """By how much a payment exceeds what was left to pay after the others; zero for a photo fee (decision 20)."""
    if payment.is_photo_fee:
        return ZERO
    return max(ZERO, payment.amount - max(ZERO, balance(value, others)))


def bought_cover(before: Activation, after: Activation, expires_on: date) -> tuple[date, date] | None:
    """The first and last day of the policy's cover that only a voided or edited contribution had bought.

    `before` and `after` are the activations with and without the change; None if no cover is lost.
    """
    if before.effective_on is None:
        return None
    last = expires_on
    if after.effective_on is not None:
        last = min(last, after.effective_on - timedelta(days=1))
    return (before.effective_on, last) if before.effective_on <= last else None


def void_problem(reason: str, *, reconciled: bool, cover_used: bool) -> str | None:
    """Why a contribution may not be voided (decision 20): no reason, reconciled, or claims used the cover it bought."""
    if not reason.strip():
        return VOID_REASON_MISSING
    if reconciled:
        return CONTRIBUTION_RECONCILED
    return CONTRIBUTION_USED if cover_used else None
