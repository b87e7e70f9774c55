"""Valuing claims: what the products pay of each line, and what the claims take from the policies."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from core import Context, UserError, age_on
from core.money import ZERO
from modules.claim.models import LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus, is_hospital_stay, transition
from modules.claim.services import (
    Order,
    PlainClaim,
    PlainLine,
    Selection,
    advance,
    among,
    check_other_facility,
    columns_of,
    grouped,
    in_chunks,
    insert_rows,
    is_adult_on,
    lock_claims,
    plain_lines,
    read,
    select_claims,
)
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility
from modules.medical.rules import ServiceCategory
from modules.valuation import rules
from modules.valuation.errors import COVER_NOT_EXAMINED
from modules.valuation.inputs import ProcessClaimsInput
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage
from modules.valuation.services.benefits import with_benefits
from modules.valuation.services.noting import NotedLine, note_lines
from modules.valuation.services.policies import Policies, load_usage, lock_policies, usage_rows
from modules.valuation.services.terms import AllTerms, load_terms
from modules.valuation.settings import Settings

PROCESS = "valuation.process"
"""The job's name."""
DUE = (ClaimStatus.CHECKED,)


@dataclass(frozen=True)
class Facts:
    """What valuing some claims needs, by id."""

    lines: Mapping[UUID, Sequence[PlainLine]]
    payers: Mapping[UUID, NotedLine]
    """By the line of the claim."""

    births: Mapping[UUID, date]
    levels: Mapping[UUID, str]
    """The codes of the facilities' levels."""

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
    selection.check(lambda claim: check_other_facility(ctx, claim))
    selection.check(lambda claim: transition(claim.status, ClaimEvent.PROCESS))
    if selection.claims:
        facts = await _load(ctx, selection.claims)
        selection.check(lambda claim: _check_examined(claim, facts))
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
    await _valuate(ctx, [claim for claim in claims if _examined(claim, facts)], facts)


async def value(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Value checked claims that a sample settled."""
    claims = await lock_claims(ctx, claim_ids)
    facts = await _load(ctx, claims)
    await _process(ctx, [claim for claim in claims if _examined(claim, facts)], facts)


async def forget(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Forget who was to pay for claims and what they take: they were returned or rejected (decision 29)."""
    for model in (PolicyUsage, LineValue, ClaimValue):
        await ctx.session.execute(delete(model).where(among(model.claim_id, claim_ids)))


def _examined(claim: PlainClaim, facts: Facts) -> bool:
    """Whether somebody was found to pay for every line: not when the claim was handed in while valuation was off."""
    passed = (line for line in facts.lines[claim.id] if line.status is LineStatus.PASSED)
    return all(line.id in facts.payers for line in passed)


def _check_examined(claim: PlainClaim, facts: Facts) -> None:
    if not _examined(claim, facts):
        raise UserError(COVER_NOT_EXAMINED, "ids", claim=claim.code)


async def _process(ctx: Context, claims: Sequence[PlainClaim], facts: Facts) -> None:
    valuations = await _valuate(ctx, claims, facts)
    await insert_rows(ctx.session, ClaimValue, [_claim_row(id, value) for id, value in valuations.items()])
    events = {
        id: ClaimEvent.PROCESS if valuation.waits_for_index else ClaimEvent.VALUATE
        for id, valuation in valuations.items()
    }
    await advance(ctx, claims, events)


async def _load(ctx: Context, claims: Sequence[PlainClaim]) -> Facts:
    session, ids = ctx.session, [claim.id for claim in claims]
    lines = await plain_lines(session, ids)
    paid = select(*columns_of(LineValue, NotedLine)).where(among(LineValue.claim_id, ids))
    payers = {payer.claim_line_id: payer for payer in await read(session, paid, NotedLine)}
    patients = select(Insuree.id, Insuree.birth_date).where(among(Insuree.id, {claim.insuree_id for claim in claims}))
    facility_ids = {claim.health_facility_id for claim in claims}
    facilities = select(HealthFacility.id, HealthFacility.level_code).where(among(HealthFacility.id, facility_ids))
    policies = await lock_policies(session, {payer.policy_id for payer in payers.values()})
    terms_ids = {policy.terms_id for policy in policies.rows.values()}
    return Facts(
        lines=lines,
        payers=payers,
        births=dict((await session.execute(patients)).all()),
        levels=dict((await session.execute(facilities)).all()),
        policies=policies,
        terms=await load_terms(session, terms_ids, {line.element_id for own in lines.values() for line in own}),
    )


async def _valuate(ctx: Context, claims: Sequence[PlainClaim], facts: Facts) -> dict[UUID, rules.Valuation]:
    """The valuations by claim, one after the other: what one takes is taken before the next. They are noted anew."""
    known = await load_usage(ctx.session, facts.policies.rows, apart=[claim.id for claim in claims])
    usage: defaultdict[UUID, dict[UUID, rules.Usage]] = defaultdict(dict)
    """By policy and claim; what other claims took, by policy and person."""
    for row in known:
        usage[row.policy_id][row.claim_id or row.insuree_id] = row
    valuations = {}
    for claim in claims:
        lines = [_valued_line(facts, line) for line in facts.lines[claim.id] if line.status is LineStatus.PASSED]
        policies = {
            id: rules.ValuedPolicy(
                facts.terms.products[facts.policies.rows[id].terms_id], facts.policies.members(id, claim.target_date)
            )
            for id in {line.policy_id for line in lines}
        }
        for id in {facts.payers[line.id].policy_id for line in facts.lines[claim.id] if line.id in facts.payers}:
            usage[id].pop(claim.id, None)
        before = [row for id in policies for row in usage[id].values()]
        valued = _valued_claim(ctx, claim, facts)
        valuation = rules.valuate(valued, with_benefits(ctx.host, valued, lines), policies, before)
        for row in valuation.usage:
            usage[row.policy_id][claim.id] = row
        valuations[claim.id] = valuation
    await _replace_usage(ctx, [row for row in known if row.claim_id is not None], valuations)
    await note_lines(ctx.session, facts.payers, facts.lines, valuations)
    return valuations


async def _replace_usage(
    ctx: Context, noted: Iterable[rules.Usage], valuations: Mapping[UUID, rules.Valuation]
) -> None:
    """Write down what claims take where it differs from what is noted: seldom, for submission valued it already."""
    before = grouped(noted, lambda row: row.claim_id)
    changed = {id: valuation.usage for id, valuation in valuations.items() if rules.differ(before[id], valuation.usage)}
    if changed:
        await ctx.session.execute(delete(PolicyUsage).where(among(PolicyUsage.claim_id, changed)))
        await insert_rows(ctx.session, PolicyUsage, usage_rows(each for taken in changed.values() for each in taken))


def _valued_claim(ctx: Context, claim: PlainClaim, facts: Facts) -> rules.ValuedClaim:
    level_code = facts.levels[claim.health_facility_id]
    return rules.ValuedClaim(
        claim_id=claim.id,
        insuree_id=claim.insuree_id,
        category=claim.category or ServiceCategory.VISIT,
        adult=is_adult_on(ctx, facts.births[claim.insuree_id], claim.target_date),
        visit_type=claim.visit_type,
        hospital_stay=is_hospital_stay(claim.date_from, claim.date_to),
        facility_is_hospital=level_code in ctx.settings(Settings).hospital_levels,
        age=age_on(facts.births[claim.insuree_id], claim.target_date),
    )


def _valued_line(facts: Facts, line: PlainLine) -> rules.ValuedLine:
    policy_id = facts.payers[line.id].policy_id
    # The price was settled at submission, whatever its origin: only a reviewer's replaces it.
    price = ZERO if line.price_adjusted is None else line.price_adjusted
    return rules.ValuedLine(
        line_no=line.line_no,
        is_service=line.service_id is not None,
        policy_id=policy_id,
        terms=facts.terms.covers[facts.policies.rows[policy_id].terms_id, line.element_id],
        quantity_provided=line.quantity_provided,
        quantity_approved=line.quantity_approved,
        listed=price,
        price_asked=price,
        price_approved=line.price_approved,
    )


def _claim_row(id: UUID, valuation: rules.Valuation) -> dict[str, object]:
    known = None if valuation.waits_for_index else valuation.valuated
    return {"claim_id": id, "valuated": valuation.valuated, "remunerated": known}
