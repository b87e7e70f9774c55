"""Claims of health facilities: entered, checked, reviewed. What they are worth is another module's business."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Job, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook
from modules.claim import errors as errors_
from modules.claim import hooks as hooks_
from modules.claim import models, mutations, queries, services
from modules.claim import rights as rights_
from modules.claim import settings as settings_
from modules.insuree.hooks import Held
from modules.insuree.types import Insuree
from modules.location.types import HealthFacility

manifest = Manifest(name="claim", title="Claims", version="1.0", needs=("location", "insuree", "medical"))


@hook
def tables() -> Sequence[type[Base]]:
    return (
        models.ClaimAdministrator, models.Claim, models.ClaimDiagnosis, models.ClaimLine, models.ClaimPart,
        models.Finding, models.ClaimAttachment, models.FeedbackPrompt, models.Feedback,
        models.ClaimSample, models.SampledClaim,
    )  # fmt: skip


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors_.ALL


@hook
def jobs() -> Sequence[Job]:
    return (Job(services.SUBMIT, run=services.submit_ordered),)


@hook
def hookspecs() -> ModuleType:
    return hooks_


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(
            Query, queries.claims, queries.claim, queries.claim_administrators, queries.claim_administrator,
            queries.claim_feedback_prompts, queries.claim_samples, queries.claim_sample,
        ),
        extend(
            Mutation, mutations.create_claim, mutations.update_claim, mutations.delete_claim, mutations.submit_claims,
            mutations.review_claim, mutations.return_claim, mutations.reject_claim, mutations.restore_claim,
            mutations.add_claim_attachment, mutations.remove_claim_attachment, mutations.select_claims_for_review,
            mutations.select_claims_for_feedback, mutations.deliver_feedback, mutations.create_claim_sample,
            mutations.complete_claim_sample,
            mutations.create_claim_administrator, mutations.update_claim_administrator,
            mutations.delete_claim_administrator,
        ),
        extend(Insuree, queries.claims_of_insuree),
        extend(HealthFacility, queries.claims_of_facility),
    ]  # fmt: skip


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    return services.personal.held(insuree_ids)


@hook
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    return await services.personal.needed(ctx, insuree_ids)
