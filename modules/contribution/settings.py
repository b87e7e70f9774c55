"""What a scheme may set: the table `[contribution]`."""

from core import ModuleSettings
from modules.contribution.rules import ActivationOption
from modules.policy.rules import BACKDATING_DAYS


class Settings(ModuleSettings):
    """`activation`: how money activates a policy (decision 16). `backdating_days`: how many days back the day of
    payment may lie without the right to backdate (decision 18).
    """

    activation: ActivationOption = ActivationOption.CONTRIBUTION
    backdating_days: int = BACKDATING_DAYS
