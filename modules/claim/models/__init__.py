"""Claims, their lines and papers, what the checks found and what patients say. Only this module writes these tables."""

from modules.claim.models.administrators import ClaimAdministrator
from modules.claim.models.claims import LONGEST_CODE, LONGEST_TEXT, Claim, ClaimDiagnosis
from modules.claim.models.feedback import Feedback, FeedbackPrompt
from modules.claim.models.lines import ClaimLine, ClaimPart, Finding, LineStatus
from modules.claim.models.papers import ClaimAttachment
from modules.claim.models.samples import ClaimSample, SampledClaim, SampleStatus

__all__ = [
    "LONGEST_CODE", "LONGEST_TEXT", "Claim", "ClaimAdministrator", "ClaimAttachment", "ClaimDiagnosis", "ClaimLine",
    "ClaimPart", "ClaimSample", "Feedback", "FeedbackPrompt", "Finding", "LineStatus", "SampleStatus", "SampledClaim",
]  # fmt: skip
