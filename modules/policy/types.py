"""Policies, quotes and eligibility in GraphQL."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Text, and_, case, cast, exists, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB, array

from core import (
    SQL,
    Lookup,
    Money,
    Node,
    Viewer,
    Where,
    argument,
    column,
    expression,
    lookup,
    many,
    mapped,
    output_type,
    reference,
)  # fmt: skip
from modules.insuree import models as insuree_models
from modules.insuree.types import KNOWN_BY, EnrolmentOfficer, Family, Insuree
from modules.location.types import Location
from modules.policy import errors, models
from modules.policy.models import SuspendedBy
from modules.policy.rules import (
    CoverEnd,
    LineLabel,
    PolicyNotice,
    PolicyStage,
    PolicyStatus,
    RenewalAnswer,
    RenewalWarning,
)
from modules.policy.services import EligibilityReason
from modules.product.models import Product as ProductRow
from modules.product.types import Product, ProductTerms

WARNINGS = {
    told.code: {"en": told.en, "sw": told.sw, "fr": told.fr}
    for told in (errors.PRODUCT_NOT_SOLD, errors.NO_OFFICER, errors.OFFICER_NOT_VALID)
}
"""What the warnings of prompts say, by code."""


def named(name: str, field: Any) -> Any:
    """A field whose name in the API is a word that Python keeps for itself."""
    field.graphql_name = name
    return field


@mapped(models.Cover)
class CoveredInsuree(Node):
    """Somebody covered by a policy, from one day to another."""

    insuree: Insuree = reference("Who is covered; of those who moved away what identifies.", seen_with_parent=KNOWN_BY)
    starts_on: date = named("from", column("The first day of cover."))
    ends_on: date = named("to", column("The last day of cover."))
    ended_by: CoverEnd | None = column("Why cover ended before the policy's expiry.")


@mapped(models.Policy)
class Policy(Node):
    """A family's enrolment in a product for a period."""

    family: Family | None = reference("The family.")
    product: Product = reference("The product.")
    terms: ProductTerms = reference("The product's terms that the policy rests on.")
    officer: EnrolmentOfficer | None = reference("The enrolment officer who sold it.")
    previous_policy: "Policy | None" = reference("The policy that this one renews.")
    membership_category: Lookup | None = lookup(
        "membership_category", "The family's category when it was priced.", by="category_code"
    )
    stage: PolicyStage = column("Whether it is a first policy or follows another one.")
    status: PolicyStatus = column("Where it stands.")
    suspended_by: SuspendedBy | None = column("Who suspended it.")
    value: Money = column("What it costs.")
    family_share: Money = column("The family's part of the value.")
    payer_share: Money = column("The part of the value that a payer bears.")
    due: Money = column("What must be paid before cover begins.")
    enrolled_on: date = column("The day of enrolment.")
    starts_on: date = column("The first day it is for.")
    effective_on: date | None = column("The first day of cover; null while it is not paid.")
    expires_on: date = column("The last day it is for.")
    pay_by: date | None = column("The last day to pay before it is suspended.")
    enforced_on: date | None = column("The day it was activated with less money than is due.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @expression
    def enforced(policy: type[models.Policy]) -> SQL[bool]:
        """Whether it was activated with less money than is due."""
        return policy.enforced_on.is_not(None)

    @expression
    def warnings(policy: type[models.Policy]) -> SQL[list[PolicyNotice]]:
        """What the family should know of it while it runs, such as that it is full."""
        person, place = insuree_models.Insuree.__table__.alias(), models.PricedMember.__table__.alias()
        seat = and_(place.c.policy_id == policy.id, place.c.insuree_id == person.c.id, place.c.left_on.is_(None))
        unseated = exists().where(
            person.c.family_id == policy.family_id,
            person.c.ended_at.is_(None),
            person.c.status == insuree_models.InsureeStatus.ACTIVE,
            ~exists().where(seat),
        )
        corrected = exists().where(seat, person.c.birth_date != place.c.birth_date)
        runs = policy.status.in_((PolicyStatus.IDLE, PolicyStatus.READY, PolicyStatus.ACTIVE))
        found = array(
            [
                case((and_(runs, unseated), PolicyNotice.MEMBERS_ABOVE_MAXIMUM.name)),
                case((and_(runs, corrected), PolicyNotice.PRICED_BEFORE_CORRECTION.name)),
            ]
        )
        return func.array_remove(found, null())

    @many(CoveredInsuree, order=("starts_on", "id"), seen_with_parent=True)
    def covered_insurees(policy: type[models.Policy], cover: type[models.Cover]) -> Where:
        """Who is or was covered, and on which days."""
        yield cover.policy_id == policy.id


@mapped(models.GivenWarning)
class PolicyRenewalWarning:
    """Something odd about a renewal, as things stood when it was prompted."""

    code: RenewalWarning = column("The code; the query errorCodes lists it too.")

    @expression
    def message(warning: type[models.GivenWarning], viewer: Viewer) -> SQL[str]:
        """What to do about it, in the language of Accept-Language."""
        texts = literal(WARNINGS, JSONB).op("->")(warning.code)
        message: Any = func.coalesce(
            texts.op("->>")(viewer.value("language", Text)), texts.op("->>")("en"), type_=Text()
        )
        product, officer = ProductRow.__table__.alias(), insuree_models.EnrolmentOfficer.__table__.alias()
        for name, value in (
            ("date", cast(warning.renewal_on, Text)),
            ("product", select(product.c.name).where(product.c.id == warning.product_id).scalar_subquery()),
            ("officer", select(officer.c.code).where(officer.c.id == warning.officer_id).scalar_subquery()),
        ):
            message = func.replace(message, f"{{{name}}}", func.coalesce(value, ""), type_=Text())
        return message  # type: ignore[no-any-return]


@mapped(models.Renewal)
class PolicyRenewal(Node):
    """A family is to be asked whether it renews a policy that ends."""

    policy: Policy = reference("The policy that ends.", seen_with_parent=True)
    head: Insuree = reference("The head of the family when it was prompted.", seen_with_parent=True)
    village: Location = reference("Where the family lives.")
    product: Product = reference("The product to renew into.")
    officer: EnrolmentOfficer | None = reference("The enrolment officer who is to ask the family.")
    renewal_on: date = column("The day on which the renewal begins.")
    prompted_on: date = column("The day of the prompt.")
    phone: str | None = column("The officer's telephone number on that day.")
    answer: RenewalAnswer = column("What became of it.")
    answered_on: date | None = column("The day of the answer.")
    answered_by: UUID | None = column("The account that gave the answer.")
    renewed_policy: Policy | None = reference("The policy that followed.", seen_with_parent=True)
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @many(PolicyRenewalWarning, order="code", seen_with_parent=True)
    def warnings(renewal: type[models.Renewal], warning: type[models.GivenWarning]) -> Where:
        """What is odd about it."""
        yield warning.id == renewal.id

    @many(Insuree, order=("recorded_at", "id"), seen_with_parent=True)
    def photos_due(renewal: type[models.Renewal], insuree: type[insuree_models.Insuree]) -> Where:
        """Whose photo is due on the day of the renewal, as things stood when it was prompted."""
        due = models.RenewalPhoto.__table__.alias()
        yield insuree.id.in_(select(due.c.insuree_id).where(due.c.renewal_id == renewal.id))


@output_type
class QuoteLine:
    """One line of a policy's value."""

    label: Annotated[LineLabel, argument("What it is for.")]
    quantity: Annotated[int, argument("How many of it.")]
    unit_amount: Annotated[Money, argument("What one costs.")]
    amount: Annotated[Money, argument("Quantity times unit amount; negative for a discount.")]


@output_type
class QuotedMember:
    """Somebody the quote is for."""

    birth_date: Annotated[date, argument("The day of birth.")]
    insuree: Annotated[Insuree | None, argument("Who it is, if registered.")] = None
    index: Annotated[int | None, argument("The place in the list of members that was sent, from 0.")] = None


@output_type
class PolicyWarning:
    """Something about a policy that the family should know."""

    code: Annotated[str, argument("The code; the query errorCodes lists them all.")]
    message: Annotated[str, argument("What is odd, in the language of Accept-Language.")]
    refuses: Annotated[bool, argument("Whether the enrolment would be refused for it.")]


@output_type
class PolicyQuote:
    """What a policy would cost, when it would run and whom it would cover."""

    product: Annotated[Product | None, argument("The product.")]
    terms: Annotated[ProductTerms | None, argument("The product's terms that the price follows.")]
    value: Annotated[Money, argument("What it would cost.")]
    family_share: Annotated[Money, argument("The family's part of the value.")]
    payer_share: Annotated[Money, argument("The part of the value that a payer would bear.")]
    due: Annotated[Money, argument("What would have to be paid before cover begins.")]
    starts_on: Annotated[date, argument("The first day it would be for.")]
    expires_on: Annotated[date, argument("The last day it would be for.")]
    lines: Annotated[list[QuoteLine], argument("What the value is the sum of.")]
    covered_members: Annotated[list[QuotedMember], argument("Who would be covered, in the order of pricing.")]
    uncovered_members: Annotated[list[QuotedMember], argument("Who would not be: beyond the product's maximum.")]
    warnings: Annotated[list[PolicyWarning], argument("What is odd.")]


@output_type
class EligiblePhoto:
    """The latest photo of somebody whose number was asked for."""

    url: Annotated[str, argument("Where the picture is, a JPEG. The link is good for ten minutes.")]
    taken_on: Annotated[date, argument("The day it was taken.")]


@output_type
class EligiblePerson:
    """Who a number belongs to, as far as a facility must know to recognise the person."""

    insurance_number: Annotated[str, argument("The number on the card.")]
    last_name: Annotated[str, argument("The family name.")]
    other_names: Annotated[str, argument("The other names.")]
    birth_date: Annotated[date, argument("The day of birth.")]
    gender: Annotated[Lookup | None, argument("Man, woman or other.")]
    photo: Annotated[EligiblePhoto | None, argument("What the person looks like; null where there is no photo.")]


@output_type
class EligibilityPolicy:
    """The policy that covers a person, or would."""

    product: Annotated[Product | None, argument("The product.")]
    expires_on: Annotated[date, argument("Its last day.")]
    status: Annotated[PolicyStatus, argument("Where it stands.")]


@output_type
class EligibilityElement:
    """Whether an item or a service is covered."""

    covered: Annotated[bool, argument("Whether it is, on the day asked for.")]
    reason: Annotated[EligibilityReason | None, argument("Why not.")] = None
    remaining: Annotated[Decimal | None, argument("How much of it is left; null if there is no limit.")] = None
    earliest_on: Annotated[date | None, argument("The first day it is covered.")] = None


@output_type
class EligibilityRemaining:
    """What earlier claims left of the cover. Null: no limit. All but the ceiling count claims."""

    ceiling: Annotated[Money | None, argument("Money up to which care is paid for.")] = None
    admissions: Annotated[int | None, argument("Stays in hospital.")] = None
    visits: Annotated[int | None, argument("Visits.")] = None
    consultations: Annotated[int | None, argument("Consultations.")] = None
    surgeries: Annotated[int | None, argument("Surgeries.")] = None
    deliveries: Annotated[int | None, argument("Deliveries.")] = None
    antenatal: Annotated[int | None, argument("Antenatal care.")] = None


@output_type
class Eligibility:
    """What the holder of an insurance number is covered for."""

    covered: Annotated[bool, argument("Whether the person is covered on the day asked for.")]
    reason: Annotated[EligibilityReason | None, argument("Why not.")] = None
    insuree: Annotated[EligiblePerson | None, argument("Whose number it is; null if nobody's.")] = None
    policy: Annotated[EligibilityPolicy | None, argument("The policy that covers the person, or would.")] = None
    service: Annotated[EligibilityElement | None, argument("The service asked for.")] = None
    item: Annotated[EligibilityElement | None, argument("The item asked for.")] = None
    remaining: Annotated[
        EligibilityRemaining | None, argument("What is left of the cover; null where no claims are valued.")
    ] = None
