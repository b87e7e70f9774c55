"""What a scheme may set: the table `[policy]`."""

from core import ModuleSettings
from modules.insuree.rules import ADULT_AGE, NEWBORN_DAYS
from modules.policy.rules import BACKDATING_DAYS


class Settings(ModuleSettings):
    """`adult_age`: from how many completed years a member is priced as an adult. `backdating_days`: how many days back
    an enrolment may lie without the right to backdate (decision 18). `newborn_days`: within how many days of birth an
    added child is covered from birth (decision 19). `verifications_per_minute`: how often an account may ask what
    somebody is covered for, 0 for as often as it likes (decision 4).
    """

    adult_age: int = ADULT_AGE
    backdating_days: int = BACKDATING_DAYS
    newborn_days: int = NEWBORN_DAYS
    verifications_per_minute: int = 60
