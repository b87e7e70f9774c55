"""The story that `bima demo walk` tells, as data: who asks the API for what, and what must come back."""

from modules.demo.story import care, changes, enrolment, review, settlement
from modules.demo.story.steps import Chapter, Step

CHAPTERS: tuple[Chapter, ...] = (
    enrolment.A_YEAR_BEFORE,
    enrolment.ENROLMENT,
    changes.CHANGES,
    changes.RENEWAL,
    care.CARE,
    review.REVIEW,
    settlement.SETTLEMENT,
)
"""In the order in which they are told, and in that of their days."""

__all__ = ["CHAPTERS", "Chapter", "Step"]
