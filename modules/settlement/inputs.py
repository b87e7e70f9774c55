"""What the mutations of settlement take."""

from datetime import date
from typing import Annotated
from uuid import UUID

from core import Money, MutationInput, argument, input_type

Place = Annotated[UUID | None, argument("The region or district whose products are settled; null: national ones.")]
Year = Annotated[int, argument("The year.")]
Month = Annotated[int, argument("The month, 1 to 12.")]
BatchRun = Annotated[UUID, argument("The batch run.")]
Version = Annotated[int, argument("The version that the change is based on.")]
NewId = Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")]


@input_type
class RunBatchInput(MutationInput):
    """A month to settle for the products of a place."""

    id: NewId = None
    location_id: Place = None
    year: Year
    month: Month


@input_type
class ConfirmBatchRunInput(MutationInput):
    """A batch run that a colleague ran, to be paid."""

    id: BatchRun
    expected_version: Version


@input_type
class UndoBatchRunInput(MutationInput):
    """A batch run to undo; its claims can be settled by another."""

    id: BatchRun
    expected_version: Version


@input_type
class RecordFacilityPaymentInput(MutationInput):
    """Money that went to a facility."""

    id: NewId = None
    statement_id: Annotated[UUID, argument("The statement that it pays.")]
    amount: Annotated[Money | None, argument("How much; all that is left to pay when left out.")] = None
    paid_on: Annotated[date | None, argument("The day it was paid; today when left out.")] = None
    reference: Annotated[str, argument("The transfer's number, never used before; at most 50 characters.")]


@input_type
class RecordAdjustmentInput(MutationInput):
    """A correction of a claim that was paid."""

    id: NewId = None
    claim_id: Annotated[UUID, argument("The claim.")]
    amount: Annotated[Money, argument("How much more the facility gets; less, if negative.")]
    reason: Annotated[str, argument("Why; at most 200 characters.")]
