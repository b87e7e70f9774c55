"""What accounts may do with the values of claims; reading them comes with the claim."""

from core import Right

PROCESS = Right("valuation.claim.process", "Process checked claims", roles=("MEDICAL_OFFICER",))

ALL = (PROCESS,)
