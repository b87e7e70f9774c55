"""What a scheme may set: the table `[policy]`."""

from pydantic import Field

from core import ModuleSettings
from modules.insuree.rules import ADULT_AGE, NEWBORN_DAYS
from modules.policy.rules import BACKDATING_DAYS, RENEWAL_PROMPT_DAYS


class Settings(ModuleSettings):
    """`adult_age`: from how many completed years a member is priced as an adult. `backdating_days`: how many days back
    an enrolment may lie without the right to backdate (decision 18). `newborn_days`: within how many days of birth an
    added child is covered from birth (decision 19). `renewal_prompt_days`: how many days before a policy's last one
    its renewal is prompted, 0 for no limit (enrolment spec 4.7). `verifications_per_minute`: how often an account
    may ask what somebody is covered for, 0 for as often as it likes (decision 4). `automatic_product`: the code of a
    product that every family is enrolled in without being asked, where it is sold; empty: none.
    `verifications_kept_days`: how long
    it is kept who asked, 0 for ever.
    """

    adult_age: int = ADULT_AGE
    backdating_days: int = BACKDATING_DAYS
    newborn_days: int = NEWBORN_DAYS
    renewal_prompt_days: int = Field(default=RENEWAL_PROMPT_DAYS, ge=0)
    verifications_per_minute: int = 60
    automatic_product: str = ""
    verifications_kept_days: int = Field(default=0, ge=0)
