"""What the mutations of personal data take."""

from typing import Annotated
from uuid import UUID

from core import MutationInput, argument, input_type

Reason = Annotated[str, argument("Why: who asks for it and on what ground. It stays in the history.")]


@input_type
class ExportPersonalDataInput(MutationInput):
    """Whose data to export."""

    insuree_id: Annotated[UUID, argument("The person, registered or not any more.")]
    reason: Reason


@input_type
class PseudonymisePersonInput(MutationInput):
    """Whom to pseudonymise."""

    id: Annotated[UUID, argument("The person, whose registration has ended.")]
    expected_version: Annotated[int, argument("The version that the change is based on.")]
    reason: Reason
