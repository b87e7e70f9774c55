"""Mutations of batch runs, payments and adjustments: `services` does the work."""

from typing import Annotated

from core import Context, JobInfo, Payload, argument, mutation, output_type
from modules.settlement import inputs, models, rights, services
from modules.settlement.types import BatchRun, FacilityPayment, PaymentAdjustment


@output_type
class RunBatchPayload(Payload):
    """The settlement of a month, or the job that does it."""

    batch_run: Annotated[BatchRun | None, argument("The run; null while a job settles the month.")] = None
    job: Annotated[JobInfo | None, argument("Settles a month of very many claims; `batchRuns` has it then.")] = None


@mutation(RunBatchPayload, right=rights.BATCH_RUN_RUN)
async def run_batch(ctx: Context, input: inputs.RunBatchInput) -> RunBatchPayload:
    """Settle a month that is over for the products of a place. Another account confirms it before it is paid."""
    done = await services.run_batch(ctx, input)
    if isinstance(done, JobInfo):
        return RunBatchPayload(job=done)
    return RunBatchPayload(batch_run=done.id)  # type: ignore[arg-type] # a mapped type is given by its id


@mutation(BatchRun, right=rights.BATCH_RUN_CONFIRM)
async def confirm_batch_run(ctx: Context, input: inputs.ConfirmBatchRunInput) -> models.BatchRun:
    """Make what a colleague's batch run pays final."""
    return await services.confirm_batch_run(ctx, input)


@mutation(BatchRun, right=rights.BATCH_RUN_UNDO)
async def undo_batch_run(ctx: Context, input: inputs.UndoBatchRunInput) -> models.BatchRun:
    """Undo a batch run from which nobody was paid; its claims can be settled anew."""
    return await services.undo_batch_run(ctx, input)


@mutation(FacilityPayment, right=rights.PAYMENT_RECORD)
async def record_facility_payment(ctx: Context, input: inputs.RecordFacilityPaymentInput) -> models.Payment:
    """Record money that went to a facility. A statement paid in full makes its claims PAID."""
    return await services.record_facility_payment(ctx, input)


@mutation(PaymentAdjustment, right=rights.ADJUSTMENT_RECORD)
async def record_adjustment(ctx: Context, input: inputs.RecordAdjustmentInput) -> models.Adjustment:
    """Correct a claim that was paid: the next batch run of the place pays the difference."""
    return await services.record_adjustment(ctx, input)
