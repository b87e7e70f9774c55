"""What personal data add to the types of others."""

from datetime import datetime

from core import SQL, expression
from modules.insuree import models


@expression
def pseudonymised_at(insuree: type[models.Insuree]) -> SQL[datetime | None]:
    """When what told who the person is was taken away, for good."""
    return insuree.pseudonymised_at  # type: ignore[return-value] # the column of a row of a statement
