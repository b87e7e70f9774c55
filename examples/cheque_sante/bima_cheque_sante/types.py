"""Vouchers in GraphQL."""

from datetime import date

from bima_cheque_sante import models
from core import Money, Node, column, mapped


@mapped(models.Voucher)
class Voucher(Node):
    """A health voucher that was sold."""

    number: str = column("The number on the paper.")
    price: Money = column("What was paid for it.")
    sold_on: date = column("The day it was sold.")
    valid_to: date = column("The last day it may be used.")
    used_on: date | None = column("The day it was used; null while it is not.")
    version: int = column("Counts the changes.")
