"""Officers and accounts, each seen from the other."""

from core import Where, one
from modules.insuree.models import EnrolmentOfficer as OfficerRow
from modules.insuree.types import EnrolmentOfficer
from modules.people.models import Account
from modules.people.rights import USER_READ
from modules.people.types import User


# Officers are a register that everybody reads, accounts are not.
@one(User, right=USER_READ)
def user(officer: type[OfficerRow], account: type[Account]) -> Where:
    """The account the officer signs in with, when you may see it."""
    yield account.id == officer.account_id


@one(EnrolmentOfficer)
def enrolment_officer(account: type[Account], officer: type[OfficerRow]) -> Where:
    """The enrolment officer who signs in with it."""
    yield officer.account_id == account.id
