"""What accounts may do with policies."""

from core import Right

READ = Right(
    "policy.policy.read",
    "See policies and ask what one would cost",
    roles=("ENROLMENT_OFFICER", "ACCOUNTANT", "CLERK", "RECEPTIONIST", "CLAIM_ADMINISTRATOR"),
)
ENROL = Right("policy.policy.create", "Enrol families in a product", roles=("ENROLMENT_OFFICER", "CLERK"))
RENEW = Right("policy.policy.renew", "Renew policies", roles=("ENROLMENT_OFFICER", "CLERK"))
SUSPEND = Right("policy.policy.suspend", "Suspend and resume policies", roles=("ENROLMENT_OFFICER", "CLERK"))
DELETE = Right("policy.policy.delete", "Delete policies nobody used", roles=("ENROLMENT_OFFICER", "CLERK"))
BACKDATE = Right("policy.policy.backdate", "Enrol for a day further back than usual", roles=("MANAGER",))
RENEWAL_READ = Right(
    "policy.renewal.read",
    "See which policies are to be renewed",
    roles=("ENROLMENT_OFFICER", "MANAGER", "CLERK"),
)
ELIGIBILITY = Right(
    "policy.eligibility.read",
    "Verify by insurance number what a person is covered for",
    roles=("ENROLMENT_OFFICER", "MANAGER", "ACCOUNTANT", "CLERK", "RECEPTIONIST", "CLAIM_ADMINISTRATOR"),
)

ALL = (READ, ENROL, RENEW, SUSPEND, DELETE, BACKDATE, RENEWAL_READ, ELIGIBILITY)
