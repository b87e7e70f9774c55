"""Root queries of claims, and the claims of other types."""

from typing import Annotated
from uuid import UUID

from sqlalchemy import exists, select

from core import BadRequest, Where, argument, one, page
from modules.claim import models, rights
from modules.claim.rules import SelectionStatus
from modules.claim.types import Claim, ClaimAdministrator, ClaimFeedbackPrompt, ClaimSample
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility


@page(Claim, order=("-date_from", "-id"), right=rights.READ)
def claims(claim: type[models.Claim]) -> Where:
    """Claims you may see, the latest care first."""
    yield claim.ended_at.is_(None)


@one(Claim, right=rights.READ)
def claim(
    claim: type[models.Claim],
    id: Annotated[UUID | None, argument("The claim's id.")] = None,
    code: Annotated[str | None, argument("The claim's code; give the facility's too.")] = None,
    health_facility_code: Annotated[str | None, argument("The code of the facility.")] = None,
) -> Where:
    """One claim, by its id or by its code and that of its facility."""
    if id is None and (code is None or health_facility_code is None):
        raise BadRequest("Give the claim's id, or its code and the code of its facility.")
    if id is not None:
        yield claim.id == id
    if code is not None:
        yield claim.code == code
    if health_facility_code is not None:
        facility = HealthFacility.__table__.alias()
        named = select(facility.c.id).where(facility.c.code == health_facility_code)
        yield claim.health_facility_id == named.scalar_subquery()


@page(ClaimAdministrator, order=("last_name", "other_names", "id"), right=rights.ADMINISTRATOR_READ)
def claim_administrators(
    administrator: type[models.ClaimAdministrator],
    health_facility_id: Annotated[UUID | None, argument("Only those of this facility.")] = None,
) -> Where:
    """Claim administrators, by name."""
    if health_facility_id is not None:
        yield administrator.health_facility_id == health_facility_id


@one(ClaimAdministrator, right=rights.ADMINISTRATOR_READ)
def claim_administrator(
    administrator: type[models.ClaimAdministrator],
    id: Annotated[UUID | None, argument("The administrator's id.")] = None,
    code: Annotated[str | None, argument("The administrator's code.")] = None,
) -> Where:
    """One claim administrator, by id or code."""
    if id is None and code is None:
        raise BadRequest("Give the claim administrator's id or code.")
    if id is not None:
        yield administrator.id == id
    if code is not None:
        yield administrator.code == code


@page(ClaimFeedbackPrompt, order=("prompted_on", "id"), right=rights.FEEDBACK_READ)
def claim_feedback_prompts(
    prompt: type[models.FeedbackPrompt],
    officer_id: Annotated[UUID | None, argument("Only those of this officer.")] = None,
) -> Where:
    """Patients to be asked about their care, in your villages or on claims that you may see, the oldest first."""
    claim = models.Claim.__table__.alias()
    awaited = exists().where(claim.c.id == prompt.claim_id, claim.c.feedback_status == SelectionStatus.SELECTED)
    yield awaited.correlate_except(claim)
    if officer_id is not None:
        yield prompt.officer_id == officer_id


@page(Claim, order=("-date_from", "-id"), right=rights.READ)
def claims_of_insuree(insuree: type[Insuree], claim: type[models.Claim]) -> Where:
    """The claims for the person's care that you may see, the latest care first."""
    yield claim.insuree_id == insuree.id


@page(Claim, order=("-date_from", "-id"), right=rights.READ)
def claims_of_facility(facility: type[HealthFacility], claim: type[models.Claim]) -> Where:
    """The facility's claims that you may see, the latest care first."""
    yield claim.health_facility_id == facility.id


claims_of_insuree.python_name = claims_of_facility.python_name = "claims"


@page(ClaimSample, order=("-created_at", "-id"), right=rights.SAMPLE_READ)
def claim_samples(sample: type[models.ClaimSample]) -> Where:
    """Samples of claims that you may see, the newest first."""
    yield from ()


@one(ClaimSample, right=rights.SAMPLE_READ)
def claim_sample(sample: type[models.ClaimSample], id: Annotated[UUID, argument("The sample's id.")]) -> Where:
    """One sample of claims."""
    yield sample.id == id
