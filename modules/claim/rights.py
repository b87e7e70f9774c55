"""What accounts may do with claims. Whoever reviews claims does not enter them (claims spec 3)."""

from core import Right

READ = Right(
    "claim.claim.read",
    "See claims",
    roles=("ENROLMENT_OFFICER", "MEDICAL_OFFICER", "CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR", "ACCOUNTANT"),
)
DIAGNOSIS_READ = Right(
    "claim.diagnosis.read",
    "See what illness a claim is for",
    roles=("MEDICAL_OFFICER", "CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR"),
)
CREATE = Right("claim.claim.create", "Enter claims", roles=("CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR"))
UPDATE = Right(
    "claim.claim.update",
    "Change claims before they are submitted and when they are returned",
    roles=("CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR"),
)
DELETE = Right("claim.claim.delete", "Delete claims that were not submitted", roles=("CLAIM_ADMINISTRATOR",))
SUBMIT = Right("claim.claim.submit", "Submit claims", roles=("CLAIM_ADMINISTRATOR",))
REVIEW = Right("claim.claim.review", "Review, return and reject claims", roles=("MEDICAL_OFFICER",))
SELECT = Right("claim.claim.select", "Select claims for review and for feedback", roles=("MEDICAL_OFFICER",))
RESTORE = Right("claim.claim.restore", "Make new claims from rejected ones", roles=("CLAIM_ADMINISTRATOR",))
SAMPLE_READ = Right("claim.sample.read", "See samples of claims", roles=("MEDICAL_OFFICER",))
SAMPLE_WRITE = Right(
    "claim.sample.write", "Draw samples of claims and settle the others by them", roles=("MEDICAL_OFFICER",)
)
ATTACHMENT_WRITE = Right(
    "claim.attachment.write",
    "Add papers to claims and take them away",
    roles=("CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR"),
)
FEEDBACK_READ = Right(
    "claim.feedback.read",
    "See what patients say of their care, and who is to ask them",
    roles=("ENROLMENT_OFFICER", "MEDICAL_OFFICER"),
)
FEEDBACK_DELIVER = Right(
    "claim.feedback.deliver", "Record what patients say of their care", roles=("ENROLMENT_OFFICER", "MEDICAL_OFFICER")
)
ADMINISTRATOR_READ = Right(
    "claim.administrator.read",
    "See claim administrators",
    roles=(
        "MEDICAL_OFFICER", "SCHEME_ADMINISTRATOR", "CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR", "ACCOUNTANT",
    ),
)  # fmt: skip
ADMINISTRATOR_WRITE = Right(
    "claim.administrator.write", "Add, change and remove claim administrators", roles=("SCHEME_ADMINISTRATOR",)
)

ALL = (
    READ, DIAGNOSIS_READ, CREATE, UPDATE, DELETE, SUBMIT, REVIEW, SELECT, RESTORE, ATTACHMENT_WRITE,
    FEEDBACK_READ, FEEDBACK_DELIVER, ADMINISTRATOR_READ, ADMINISTRATOR_WRITE, SAMPLE_READ, SAMPLE_WRITE,
)  # fmt: skip
