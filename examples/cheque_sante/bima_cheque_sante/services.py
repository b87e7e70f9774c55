"""Selling vouchers: each buys its household a policy, which pays for what the product covers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bima_cheque_sante.errors import NO_PRODUCT, NOT_HEAD, SOLD
from bima_cheque_sante.models import Voucher
from bima_cheque_sante.settings import Settings
from core import REQUIRED, TOO_LONG, Context, Money, UserError, clock, find, new_id
from modules.contribution import services as contributions
from modules.contribution.inputs import RecordContributionInput
from modules.insuree.models import Insuree
from modules.policy import services as policies
from modules.policy.inputs import EnrolPolicyInput
from modules.policy.models import Policy
from modules.product.models import Product

LONGEST_NUMBER = 20


async def sell(ctx: Context, number: str, insuree_id: UUID) -> Voucher:
    """Sell a voucher: enrol the woman's household in the product of vouchers, and record what she paid.

    Raises:
        UserErrors: REQUIRED, TOO_LONG, NOT_FOUND, VOUCHER_SOLD, VOUCHER_NOT_HEAD, VOUCHER_PRODUCT, and what enrolling
            and paying refuse, such as ALREADY_ENROLLED while she has a voucher.
    """
    number = number.strip()
    if not number:
        raise UserError(REQUIRED, "number")
    if len(number) > LONGEST_NUMBER:
        raise UserError(TOO_LONG, "number", most=LONGEST_NUMBER)
    person = await find(ctx, Insuree, insuree_id, "insureeId")
    if not person.is_head or person.family_id is None:
        raise UserError(NOT_HEAD, "insureeId")
    voucher_id = await _take(ctx, number, person)
    policy = await _insure(ctx, number, person.family_id)
    voucher = await ctx.session.get_one(Voucher, voucher_id)
    voucher.policy_id, voucher.price, voucher.valid_to = policy.id, policy.value, policy.expires_on
    await ctx.session.flush()
    return voucher


async def _take(ctx: Context, number: str, person: Insuree) -> UUID:
    """Write the voucher down. Who sells the same number at the same moment waits here, and is told."""
    today, now = clock.today(), clock.now()
    values = {
        "id": new_id(), "number": number, "insuree_id": person.id, "price": 0, "sold_on": today, "valid_to": today,
        "created_at": now, "updated_at": now, "version": 1,
    }  # fmt: skip
    sold = insert(Voucher).values(values).on_conflict_do_nothing(index_elements=["number"]).returning(Voucher.id)
    voucher_id = await ctx.session.scalar(sold)
    if voucher_id is None:
        raise UserError(SOLD, "number", number=number)
    return voucher_id


async def _insure(ctx: Context, number: str, family_id: UUID) -> Policy:
    """The policy that a voucher buys, paid for with its number as the receipt."""
    settings = ctx.settings(Settings)
    of_vouchers = select(Product.id).where(Product.code == settings.product, Product.ended_at.is_(None))
    product_id = await ctx.session.scalar(of_vouchers)
    if product_id is None:
        raise UserError(NO_PRODUCT, product=settings.product)
    policy = await policies.enrol(ctx, EnrolPolicyInput(family_id=family_id, product_id=product_id))
    if policy.due > 0:
        paid = RecordContributionInput(
            policy_id=policy.id, amount=Money(policy.due), receipt=number, payment_type_code=settings.payment_type
        )
        await contributions.record(ctx, paid)
    return policy
