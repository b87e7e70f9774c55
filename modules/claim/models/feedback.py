"""Whom to ask about the care of a claim, and what patients said."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, exists, false, or_
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Row, Viewer, Where
from modules.claim.models.claims import Claim, current
from modules.location.scopes import in_places

_of_villages = in_places()


def _asked_about(row: Any, viewer: Viewer) -> Where:
    """Who is to ask a patient is seen in the patient's village and district, by the facility and in its district."""
    if not viewer.unbounded:
        columns = {
            "village": (row.village_id,),
            "district": (row.district_id, row.claim_district_id),
            "facility": (row.health_facility_id,),
        }
        seen = [viewer.among(name, column) for name in columns if viewer.has(name) for column in columns[name]]
        yield or_(*seen) if seen else false()


class FeedbackPrompt(Row):
    """An officer is to ask the patient of a claim how the care was. It is open while the claim waits for feedback.

    `village_id` is the officer's village where the patient stays, or where the family lives; `phone` is the officer's
    number on the day of the prompt. Without an officer the patient is to be telephoned. `health_facility_id` and
    `claim_district_id` are the claim's; it keeps them while it waits.
    """

    __tablename__ = "claim_feedback_prompt"
    __scope__ = _asked_about
    __found_by__ = ("claim_id", "officer_id", "village_id")

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"), unique=True)
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    district_id: Mapped[UUID]
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    claim_district_id: Mapped[UUID]
    phone: Mapped[str | None] = mapped_column(String(50))
    prompted_on: Mapped[date]

    __table_args__ = (
        Index(None, "officer_id"),
        Index(None, "prompted_on", "id"),
        Index(None, "village_id", "prompted_on", "id"),
        Index(None, "district_id", "prompted_on", "id"),
        Index(None, "health_facility_id", "prompted_on", "id"),
        Index(None, "claim_district_id", "prompted_on", "id"),
    )


def _of_asked(row: Any, viewer: Viewer) -> Where:
    """What a patient said is seen by whoever sees the claim, or was to ask."""
    if not viewer.unbounded:
        claim, prompt = aliased(Claim), aliased(FeedbackPrompt)
        yield or_(
            exists().where(claim.id == row.claim_id, *current(claim, viewer)),
            exists().where(prompt.claim_id == row.claim_id, *_of_villages(prompt, viewer)),
        )


class Feedback(Row):
    """What the patient of a claim says of the care. `assessment`: from 0, bad, to 5, good."""

    __tablename__ = "claim_feedback"
    __scope__ = _of_asked

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"), unique=True)
    care_rendered: Mapped[bool]
    payment_asked: Mapped[bool]
    drug_prescribed: Mapped[bool]
    drug_received: Mapped[bool]
    assessment: Mapped[int]
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    given_on: Mapped[date]

    __table_args__ = (CheckConstraint("assessment BETWEEN 0 AND 5", name="assessment"), Index(None, "officer_id"))
