"""Valuing claims: what the products pay of each line, and what the claims take from the policies."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from core import Context, UserError
from core.money import ZERO
from modules.claim.models import Claim, ClaimLine, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus, is_hospital_stay, target_date, transition
from modules.claim.services import (
    Order,
    Selection,
    advance,
    among,
    check_other_facility,
    grouped,
    in_chunks,
    insert_rows,
    is_adult_on,
    lines_of,
    lock_claims,
    select_claims,
    update_rows,
)
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility
from modules.medical.rules import ServiceCategory
from modules.valuation import rules
from modules.valuation.errors import COVER_NOT_EXAMINED
from modules.valuation.inputs import ProcessClaimsInput
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage
from modules.valuation.services.policies import Policies, load_usage, lock_policies, usage_rows
from modules.valuation.services.terms import AllTerms, load_terms
from modules.valuation.settings import Settings

PROCESS = "valuation.process"
"""The job's name."""
DUE = (ClaimStatus.CHECKED,)


@dataclass(frozen=True)
class Facts:
    """What valuing some claims needs, by id."""

    lines: Mapping[UUID, Sequence[ClaimLine]]
    values: Mapping[UUID, LineValue]
    """By the line of the claim."""

    patients: Mapping[UUID, Insuree]
    facilities: Mapping[UUID, HealthFacility]
    policies: Policies
    terms: AllTerms


async def process_claims(ctx: Context, input: ProcessClaimsInput) -> Selection:
    """Value checked claims. Each becomes VALUATED, or PROCESSED while lines at relative prices wait for a batch run.

    When a filter chooses more than go at a time, a job values them.

    Raises:
        UserError: REQUIRED, TOO_MANY_CLAIMS. What is wrong with one claim is told with that claim: NOT_FOUND,
            OWN_FACILITY, ILLEGAL_TRANSITION, COVER_NOT_EXAMINED.
    """
    selection = await select_claims(ctx, input.ids, input.filter, DUE, job=PROCESS)
    for claim in list(selection.claims):
        try:
            check_other_facility(ctx, claim)
            transition(claim.status, ClaimEvent.PROCESS)
        except UserError as error:
            selection.refuse(claim.id, error)
    if selection.claims:
        facts = await _load(ctx, selection.claims)
        for claim in list(selection.claims):
            if not _examined(claim, facts):
                selection.refuse(claim.id, UserError(COVER_NOT_EXAMINED, "ids", claim=claim.code))
        await _process(ctx, selection.claims, facts)
    return selection


async def process_ordered(ctx: Context, order: Order) -> None:
    """The job that values the claims of an order, chunk by chunk."""

    async def process(own: Context, ids: Sequence[UUID]) -> None:
        await process_claims(own, ProcessClaimsInput(ids=list(ids)))

    await in_chunks(ctx, order, DUE, process)


async def revalue(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Note anew what checked claims take, after a review changed them."""
    claims = await lock_claims(ctx, claim_ids)
    facts = await _load(ctx, claims)
    examined = [claim for claim in claims if _examined(claim, facts)]
    await _replace_usage(ctx, await _valuate(ctx, examined, facts))


async def forget(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Forget who was to pay for claims and what they take: they were returned or rejected (decision 29)."""
    for model in (PolicyUsage, LineValue, ClaimValue):
        await ctx.session.execute(delete(model).where(among(model.claim_id, claim_ids)))


def _examined(claim: Claim, facts: Facts) -> bool:
    """Whether somebody was found to pay for every line: not when the claim was handed in while valuation was off."""
    passed = (line for line in facts.lines[claim.id] if line.status is LineStatus.PASSED)
    return all(line.id in facts.values for line in passed)


async def _process(ctx: Context, claims: Sequence[Claim], facts: Facts) -> None:
    valuations = await _valuate(ctx, claims, facts)
    await _replace_usage(ctx, valuations)
    await update_rows(ctx.session, LineValue, _line_rows(facts, valuations))
    await insert_rows(ctx.session, ClaimValue, [_claim_row(id, value) for id, value in valuations.items()])
    events = {
        id: ClaimEvent.PROCESS if valuation.waits_for_index else ClaimEvent.VALUATE
        for id, valuation in valuations.items()
    }
    await advance(ctx, claims, events)


async def _load(ctx: Context, claims: Sequence[Claim]) -> Facts:
    session, ids = ctx.session, [claim.id for claim in claims]
    lines = await lines_of(session, ids)
    rows = await session.scalars(select(LineValue).where(among(LineValue.claim_id, ids)))
    values = {row.claim_line_id: row for row in rows}
    patients = await session.scalars(select(Insuree).where(among(Insuree.id, {claim.insuree_id for claim in claims})))
    facilities = await session.scalars(
        select(HealthFacility).where(among(HealthFacility.id, {claim.health_facility_id for claim in claims}))
    )
    policies = await lock_policies(session, {value.policy_id for value in values.values()})
    terms_ids = {policy.terms_id for policy in policies.rows.values()}
    return Facts(
        lines=lines,
        values=values,
        patients={patient.id: patient for patient in patients},
        facilities={facility.id: facility for facility in facilities},
        policies=policies,
        terms=await load_terms(session, terms_ids, {line.element_id for own in lines.values() for line in own}),
    )


async def _valuate(ctx: Context, claims: Sequence[Claim], facts: Facts) -> dict[UUID, rules.Valuation]:
    """The valuations by claim, one after the other: what one takes is taken before the next."""
    known = await load_usage(ctx.session, facts.policies.rows, apart=[claim.id for claim in claims])
    usage = grouped(known, lambda row: row.policy_id)
    valuations = {}
    for claim in claims:
        lines = [_valued_line(facts, line) for line in facts.lines[claim.id] if line.status is LineStatus.PASSED]
        day = target_date(claim.date_from, claim.date_to)
        policies = {
            id: rules.ValuedPolicy(facts.terms.products[policy.terms_id], facts.policies.members(id, day))
            for id in {line.policy_id for line in lines}
            if (policy := facts.policies.rows[id])
        }
        for id in {facts.values[line.id].policy_id for line in facts.lines[claim.id] if line.id in facts.values}:
            usage[id] = [row for row in usage[id] if row.claim_id != claim.id]
        before = [row for id in policies for row in usage[id]]
        valuation = rules.valuate(_valued_claim(ctx, claim, facts), lines, policies, before)
        for row in valuation.usage:
            usage[row.policy_id].append(row)
        valuations[claim.id] = valuation
    return valuations


async def _replace_usage(ctx: Context, valuations: Mapping[UUID, rules.Valuation]) -> None:
    old = delete(PolicyUsage).where(among(PolicyUsage.claim_id, valuations))
    await ctx.session.execute(old.execution_options(synchronize_session=False))
    taken = usage_rows(each for valuation in valuations.values() for each in valuation.usage)
    await insert_rows(ctx.session, PolicyUsage, taken)


def _valued_claim(ctx: Context, claim: Claim, facts: Facts) -> rules.ValuedClaim:
    day = target_date(claim.date_from, claim.date_to)
    level_code = facts.facilities[claim.health_facility_id].level_code
    return rules.ValuedClaim(
        claim_id=claim.id,
        insuree_id=claim.insuree_id,
        category=claim.category or ServiceCategory.VISIT,
        adult=is_adult_on(ctx, facts.patients[claim.insuree_id], day),
        visit_type=claim.visit_type,
        hospital_stay=is_hospital_stay(claim.date_from, claim.date_to),
        facility_is_hospital=level_code in ctx.settings(Settings).hospital_levels,
    )


def _valued_line(facts: Facts, line: ClaimLine) -> rules.ValuedLine:
    value = facts.values[line.id]
    # The price was settled at submission, whatever its origin: only a reviewer's replaces it.
    price = ZERO if line.price_adjusted is None else line.price_adjusted
    return rules.ValuedLine(
        line_no=line.line_no,
        is_service=line.service_id is not None,
        policy_id=value.policy_id,
        terms=facts.terms.covers[facts.policies.rows[value.policy_id].terms_id, line.element_id],
        quantity_provided=line.quantity_provided,
        quantity_approved=line.quantity_approved,
        listed=price,
        price_asked=price,
        price_approved=line.price_approved,
    )


def _claim_row(id: UUID, valuation: rules.Valuation) -> dict[str, object]:
    known = None if valuation.waits_for_index else valuation.valuated
    return {"claim_id": id, "valuated": valuation.valuated, "remunerated": known}


def _line_rows(facts: Facts, valuations: Mapping[UUID, rules.Valuation]) -> list[dict[str, object]]:
    ids = {(line.claim_id, line.line_no): line.id for own in facts.lines.values() for line in own}
    return [
        {
            "id": facts.values[ids[claim_id, line.line_no]].id,
            "price_valuated": line.valuated,
            "deducted": line.deducted,
            "insuree_share": line.insuree_share,
            "exceeded_category": line.exceeded_category,
            "exceeded_ceiling": line.exceeded_ceiling,
            "remunerated": line.remunerated,
        }
        for claim_id, valuation in valuations.items()
        for line in valuation.lines
    ]
