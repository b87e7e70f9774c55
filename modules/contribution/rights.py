"""What accounts may do with contributions, payers and fundings."""

from core import Right

READ = Right("contribution.contribution.read", "See contributions", roles=("ENROLMENT_OFFICER", "ACCOUNTANT", "CLERK"))
RECORD = Right("contribution.contribution.create", "Record contributions", roles=("ENROLMENT_OFFICER", "CLERK"))
UPDATE = Right("contribution.contribution.update", "Correct contributions", roles=("ENROLMENT_OFFICER", "CLERK"))
VOID = Right("contribution.contribution.delete", "Void contributions", roles=("ENROLMENT_OFFICER", "CLERK"))
BACKDATE = Right("contribution.contribution.backdate", "Record money paid further back than usual", roles=("MANAGER",))
CONFIRM = Right("contribution.payment.confirm", "Confirm that money arrived", roles=("ACCOUNTANT",))
PAYER_READ = Right(
    "contribution.payer.read",
    "See payers",
    roles=("SCHEME_ADMINISTRATOR", "ENROLMENT_OFFICER", "ACCOUNTANT", "CLERK"),
)
PAYER_CREATE = Right("contribution.payer.create", "Add payers", roles=("SCHEME_ADMINISTRATOR",))
PAYER_UPDATE = Right("contribution.payer.update", "Change payers", roles=("SCHEME_ADMINISTRATOR",))
PAYER_DELETE = Right("contribution.payer.delete", "Remove payers", roles=("SCHEME_ADMINISTRATOR",))
FUNDING_READ = Right("contribution.funding.read", "See fundings", roles=("SCHEME_ADMINISTRATOR", "ACCOUNTANT"))
FUNDING_RECORD = Right("contribution.funding.create", "Record fundings", roles=("SCHEME_ADMINISTRATOR",))
FUNDING_UPDATE = Right("contribution.funding.update", "Say where a payer's money stands", roles=("ACCOUNTANT",))

ALL = (
    READ, RECORD, UPDATE, VOID, BACKDATE, CONFIRM,
    PAYER_READ, PAYER_CREATE, PAYER_UPDATE, PAYER_DELETE,
    FUNDING_READ, FUNDING_RECORD, FUNDING_UPDATE,
)  # fmt: skip
