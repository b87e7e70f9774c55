"""What the mutations of valuation take."""

from typing import Annotated
from uuid import UUID

from core import MutationInput, argument, input_type
from modules.claim.types import ClaimSelectionInput


@input_type
class ProcessClaimsInput(MutationInput):
    """Claims to value: these, or those checked that the filter names."""

    ids: Annotated[list[UUID] | None, argument("The claims.")] = None
    filter: Annotated[ClaimSelectionInput | None, argument("Which claims, instead of ids.")] = None
