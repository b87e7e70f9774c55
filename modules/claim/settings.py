"""What a scheme may set: the table `[claim]`."""

from pydantic import Field

from core import ModuleSettings
from modules.claim.models import LONGEST_CODE
from modules.claim.rules import ClaimSettings
from modules.medical.rules import AGE_OF_MAJORITY, CareTypeRule


class Settings(ModuleSettings):
    """`filing_deadline_days`: within how many days after care a claim is filed; unset: any time. `referral_required`:
    facilities of other levels than `first_levels` need a referral. `entitlement_area`: care is given in the patient's
    district. `duplicates_reject`: a possible duplicate rejects the claim instead of only being shown (decision 26).

    `care_type_rule`: how strictly the care type of a line is read (claims spec 2.7 c). `age_of_majority`: completed
    years from which a patient counts as adult. `most_diagnoses`: secondary diagnoses of a claim, at most.
    `explain_repetition`: a service given more than once on a line needs an explanation (claims spec 2.5).
    `code_length`: characters of a claim's code, at most. `max_restores`: claims made from one rejected claim, at most;
    unset: any number. `attachment_hosts`: where attachments that are links may lead, such as `files.hospital.go.tz`.
    """

    filing_deadline_days: int | None = None
    referral_required: bool = False
    first_levels: tuple[str, ...] = ("D", "C")
    entitlement_area: bool = False
    duplicates_reject: bool = False
    care_type_rule: CareTypeRule = CareTypeRule.FACILITY
    age_of_majority: int = AGE_OF_MAJORITY
    most_diagnoses: int = 4
    explain_repetition: bool = True
    code_length: int = Field(default=20, ge=1, le=LONGEST_CODE)
    max_restores: int | None = Field(default=None, ge=0)
    attachment_hosts: tuple[str, ...] = ()

    @property
    def checks(self) -> ClaimSettings:
        """Those that the checks of a claim read."""
        return ClaimSettings(
            filing_deadline_days=self.filing_deadline_days,
            referral_required=self.referral_required,
            entitlement_area=self.entitlement_area,
            duplicates_reject=self.duplicates_reject,
        )
