"""What can be done with accounts, and what other modules may ask of them."""

from modules.people.services.accounts import create_account
from modules.people.services.grants import Grants, check_grants

__all__ = ["Grants", "check_grants", "create_account"]
