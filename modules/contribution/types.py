"""Contributions, payers and fundings in GraphQL."""

from datetime import date, datetime

from core import Lookup, Money, Node, column, lookup, mapped, reference
from modules.contribution import models
from modules.contribution.rules import FundingStatus
from modules.insuree.types import EnrolmentOfficer
from modules.location.types import Location
from modules.policy.types import Policy
from modules.product.types import Product


@mapped(models.Payer, search=("name",))
class Payer(Node):
    """Who pays for others: a co-operative, a donor, a government ..."""

    type: Lookup | None = lookup("payer_type", "What kind of payer.")
    name: str = column("What it is called.")
    location: Location | None = reference("The region or district it pays in; null for the whole country.")
    address: str | None = column("Where it is.")
    phone: str | None = column("Its telephone number.")
    fax: str | None = column("Its fax number.")
    email: str | None = column("Its e-mail address.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")
    ended_at: datetime | None = column("When it was removed.")


@mapped(models.Contribution, search=("receipt",))
class Contribution(Node):
    """Money paid for a policy."""

    policy: Policy | None = reference("The policy.")
    product: Product = reference("The policy's product.")
    officer: EnrolmentOfficer | None = reference("The enrolment officer who sold the policy.")
    payer: Payer | None = reference("Who paid it, if not the family.")
    amount: Money = column("How much was paid.")
    receipt: str = column("The receipt's number, unique for the product.")
    paid_on: date = column("The day it was paid.")
    recorded_at: datetime = column("When it was recorded, whatever the day it was paid.")
    payment_type: Lookup | None = lookup("payment_type", "How it was paid.")
    is_photo_fee: bool = column("Whether it pays for photos, not for the policy.")
    enforced: bool = column("Whether it activated the policy with less money than was due.")
    confirmed_at: datetime | None = column("When somebody saw that the money had arrived.")
    voided_at: datetime | None = column("When it was voided.")
    void_reason: str | None = column("Why it was voided.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When the record was made.")
    updated_at: datetime = column("When it was last changed.")


@mapped(models.Funding, search=("receipt",))
class Funding(Node):
    """Money that a payer gave for a product as a whole."""

    payer: Payer = reference("Who gave it.")
    product: Product = reference("The product.")
    amount: Money = column("How much was given.")
    receipt: str = column("The receipt's number, unique for the product.")
    paid_on: date = column("The day it was given.")
    status: FundingStatus = column("Where the money stands.")
    version: int = column("Counts the changes.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")
