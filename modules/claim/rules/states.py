"""The states of a claim and of its selection for review and feedback, and what may follow what."""

from collections.abc import Mapping
from enum import StrEnum

from core.errors import ILLEGAL_TRANSITION, UserError


class ClaimStatus(StrEnum):
    """Where a claim stands (decision 32).

    ENTERED: the facility is still writing it. CHECKED: handed in, and at least one line passed the checks.
    RETURNED: back at the facility for correction. PROCESSED: valued, but some prices wait for the index of a batch
    run. VALUATED: every amount is known. PAID: part of a confirmed batch run. REJECTED: refused as a whole.
    """

    ENTERED = "ENTERED"
    CHECKED = "CHECKED"
    RETURNED = "RETURNED"
    PROCESSED = "PROCESSED"
    VALUATED = "VALUATED"
    PAID = "PAID"
    REJECTED = "REJECTED"


class ClaimEvent(StrEnum):
    """What happens to a claim. Each event leads to one state."""

    SUBMIT = "SUBMIT"
    """The facility hands it in and at least one line passes the checks."""

    REJECT = "REJECT"
    """A check or the medical officer refuses it."""

    RETURN = "RETURN"
    """It goes back to the facility for correction."""

    PROCESS = "PROCESS"
    """It is valued, but lines at relative prices wait for the index of a batch run."""

    VALUATE = "VALUATE"
    """Every amount is known: at processing without relative prices, or by a batch run."""

    UNDO_RUN = "UNDO_RUN"
    """The batch run that set its relative prices is undone."""

    PAY = "PAY"
    """The facility has been paid."""

    UNDO_PAYMENT = "UNDO_PAYMENT"
    """The payment is taken back."""


class SelectionStatus(StrEnum):
    """Whether a claim was picked for review, or for feedback, and what came of it (claims spec 1.7).

    IDLE: no draw has looked at it. NOT_SELECTED: a draw passed it over. SELECTED: it waits for the review, or for
    the feedback. DELIVERED: that was done. BYPASSED: it went on without.
    """

    IDLE = "IDLE"
    NOT_SELECTED = "NOT_SELECTED"
    SELECTED = "SELECTED"
    DELIVERED = "DELIVERED"
    BYPASSED = "BYPASSED"


class SelectionEvent(StrEnum):
    """What happens to the selection of a claim (claims spec 2.13)."""

    SELECT = "SELECT"
    SKIP = "SKIP"
    DELIVER = "DELIVER"
    BYPASS = "BYPASS"


TRANSITIONS: Mapping[ClaimEvent, tuple[frozenset[ClaimStatus], ClaimStatus]] = {
    ClaimEvent.SUBMIT: (frozenset({ClaimStatus.ENTERED, ClaimStatus.RETURNED}), ClaimStatus.CHECKED),
    ClaimEvent.REJECT: (
        frozenset({ClaimStatus.ENTERED, ClaimStatus.RETURNED, ClaimStatus.CHECKED}),
        ClaimStatus.REJECTED,
    ),
    ClaimEvent.RETURN: (frozenset({ClaimStatus.CHECKED}), ClaimStatus.RETURNED),
    ClaimEvent.PROCESS: (frozenset({ClaimStatus.CHECKED}), ClaimStatus.PROCESSED),
    ClaimEvent.VALUATE: (frozenset({ClaimStatus.CHECKED, ClaimStatus.PROCESSED}), ClaimStatus.VALUATED),
    ClaimEvent.UNDO_RUN: (frozenset({ClaimStatus.VALUATED}), ClaimStatus.PROCESSED),
    ClaimEvent.PAY: (frozenset({ClaimStatus.VALUATED}), ClaimStatus.PAID),
    ClaimEvent.UNDO_PAYMENT: (frozenset({ClaimStatus.PAID}), ClaimStatus.VALUATED),
}

SELECTIONS: Mapping[SelectionEvent, tuple[frozenset[SelectionStatus], SelectionStatus]] = {
    SelectionEvent.SELECT: (
        frozenset({SelectionStatus.IDLE, SelectionStatus.NOT_SELECTED}),
        SelectionStatus.SELECTED,
    ),
    SelectionEvent.SKIP: (
        frozenset({SelectionStatus.IDLE, SelectionStatus.SELECTED}),
        SelectionStatus.NOT_SELECTED,
    ),
    SelectionEvent.DELIVER: (frozenset({SelectionStatus.SELECTED}), SelectionStatus.DELIVERED),
    SelectionEvent.BYPASS: (frozenset({SelectionStatus.SELECTED}), SelectionStatus.BYPASSED),
}

EDITABLE = frozenset({ClaimStatus.ENTERED, ClaimStatus.RETURNED})
"""The facility may change the claim (claims spec 2.5, decision 32)."""

COUNTED = frozenset({ClaimStatus.CHECKED, ClaimStatus.PROCESSED, ClaimStatus.VALUATED, ClaimStatus.PAID})
"""The claim counts towards frequencies, limits and duplicates: handed in, not returned, not rejected (decision 29)."""


def transition(status: ClaimStatus, event: ClaimEvent) -> ClaimStatus:
    """The state after the event. An event that the state does not allow is ILLEGAL_TRANSITION, naming both states."""
    sources, target = TRANSITIONS[event]
    if status not in sources:
        raise UserError(ILLEGAL_TRANSITION, state=status.value, target=target.value)
    return target


def select(status: SelectionStatus, event: SelectionEvent) -> SelectionStatus:
    """The selection after the event. What the state does not allow is ILLEGAL_TRANSITION, naming both states."""
    sources, target = SELECTIONS[event]
    if status not in sources:
        raise UserError(ILLEGAL_TRANSITION, state=status.value, target=target.value)
    return target


def selection_after_processing(status: SelectionStatus) -> SelectionStatus:
    """Processing or rejecting a claim that waits for review or feedback passes them by (claims spec 2.12)."""
    return SelectionStatus.BYPASSED if status == SelectionStatus.SELECTED else status


def selection_after_return(status: SelectionStatus) -> SelectionStatus:
    """Nobody is asked about a claim that goes back to the facility; it may be selected again afterwards."""
    return SelectionStatus.NOT_SELECTED if status == SelectionStatus.SELECTED else status
