"""What the matrix of scopes is to try of this module."""

from core.matrix import Corner
from modules.insuree.models import EnrolmentOfficer
from modules.people.models import Account


async def populate(corner: Corner) -> None:
    """The officer of the corner signs in with the account of the corner."""
    corner.one(EnrolmentOfficer).account_id = corner.one(Account).id
