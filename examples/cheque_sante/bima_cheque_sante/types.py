"""Vouchers in GraphQL."""

from datetime import date

from bima_cheque_sante import models
from core import Money, Node, column, mapped, reference
from modules.claim.types import Claim
from modules.location.types import HealthFacility
from modules.policy.types import Policy


@mapped(models.Voucher)
class Voucher(Node):
    """A health voucher that was sold."""

    number: str = column("The number on the paper.")
    price: Money = column("What was paid for it.")
    sold_on: date = column("The day it was sold.")
    valid_to: date = column("The last day on which it pays, unless the birth comes first.")
    policy: Policy | None = reference("The policy that it bought; null for one sold before version 1.1.")
    used_on: date | None = column("The day of the birth; null while there was none.")
    health_facility: HealthFacility | None = reference("Where the birth was.")
    claim: Claim | None = reference("The claim of the birth.")
    version: int = column("Counts the changes.")
