"""At submission: which policy pays for each line, what a limit leaves of it, and what the claim will take."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, Prepared
from core.host import Host
from core.money import ZERO
from modules.claim.hooks import CheckedClaim, CheckedLine, LineVerdict, Verdict
from modules.claim.models import Claim
from modules.claim.rules import Finding, RejectionReason
from modules.claim.services import IDS, Provision, among, counted_claims, grouped, insert_rows, listed, provisions
from modules.medical.rules import PackageType, ServiceCategory
from modules.valuation import rules
from modules.valuation.models import LineValue, PolicyUsage
from modules.valuation.services.benefits import with_benefits
from modules.valuation.services.noting import amounts_of
from modules.valuation.services.policies import PlainPolicy, Policies, load_usage, lock_policies_of, usage_rows
from modules.valuation.services.terms import AllTerms, load_terms
from modules.valuation.settings import Settings


@dataclass
class CoverExaminer:
    """Finds cover for claims that are handed in together. Claims that pass count for those that follow."""

    host: Host
    session: AsyncSession
    settings: Settings
    policies: Policies
    terms: AllTerms
    given: defaultdict[tuple[UUID, UUID], list[Provision]]
    """What the patients were given, by patient and element."""

    visits: defaultdict[tuple[UUID, ServiceCategory], list[date]]
    """The days on which the patients' claims that count began, by patient and category."""

    usage: defaultdict[UUID, list[rules.Usage]]
    """What claims took, by policy."""

    lines: list[Mapping[str, Any]] = field(default_factory=list)
    taken: list[rules.Usage] = field(default_factory=list)

    def check(self, claim: CheckedClaim) -> Verdict:
        """Cover for the claim's lines (claims spec 2.7 f to i); without any the claim is refused with 21."""
        held = self.policies.covering(claim.insuree_id, claim.date_from)
        if not held:
            return Verdict((Finding(RejectionReason.NO_COVER, {"on": claim.date_from.isoformat()}),))
        visit = rules.CoverVisit(claim.target_date, claim.category, claim.visit_type, claim.adult)
        covers = rules.find_cover([self._cover_line(claim, line, held) for line in claim.lines], visit)
        by_no = {line.line_no: line for line in claim.lines}
        paid = [(by_no[cover.line_no], cover) for cover in covers if cover.candidate is not None]
        prices = self._note(claim, paid) if paid else {}
        return Verdict(
            lines={
                cover.line_no: LineVerdict(
                    _findings(by_no[cover.line_no], cover), cover.quantity, prices.get(cover.line_no)
                )
                for cover in covers
            }
        )

    async def write(self) -> None:
        """Write down who pays for the lines and what the claims take."""
        await insert_rows(self.session, LineValue, self.lines)
        await insert_rows(self.session, PolicyUsage, usage_rows(self.taken))

    def _cover_line(self, claim: CheckedClaim, line: CheckedLine, held: Sequence[PlainPolicy]) -> rules.CoverLine:
        candidates = (self._candidate(claim, line, policy) for policy in held)
        return rules.CoverLine(
            line_no=line.line_no,
            element=line.element_id,
            quantity=line.quantity,
            price=rules.claim_price(line.price_asked, None, line.listed or ZERO),
            candidates=tuple(candidate for candidate in candidates if candidate is not None),
            failed=line.failed or claim.failed,
            is_service=line.is_service,
        )

    def _candidate(self, claim: CheckedClaim, line: CheckedLine, policy: PlainPolicy) -> rules.Candidate | None:
        terms = self.terms.covers.get((policy.terms_id, line.element_id))
        if terms is None:
            return None
        member = self.policies.member(policy, claim.insuree_id)

        most = self.terms.products[policy.terms_id].category_limit(claim.category).max_number
        # What no limit asks for is not counted.
        counted = terms.limit_number(claim.adult) is not None
        given = self.given.get((claim.insuree_id, line.element_id), ()) if counted else ()
        visits = self.visits.get((claim.insuree_id, claim.category), ()) if most is not None else ()

        def within(day: date) -> bool:
            """Whether care that began on the day took of this policy: a stay belongs to that of its admission (27)."""
            return member.effective_on <= day <= member.expires_on

        return rules.Candidate(
            policy_id=policy.id,
            terms=terms,
            member=member,
            used=sum((each.quantity for each in given if within(each.date_from)), ZERO),
            category_limit=most,
            category_used=sum(map(within, visits)),
        )

    def _note(self, claim: CheckedClaim, paid: Sequence[tuple[CheckedLine, rules.LineCover]]) -> dict[int, Decimal]:
        """Note what an accepted claim takes; its unit prices by line number."""
        ids = dict.fromkeys(cover.candidate.policy_id for _, cover in paid if cover.candidate is not None)
        valued = valued_claim(claim, self.settings)
        lines = with_benefits(self.host, valued, [_valued_line(line, cover) for line, cover in paid])
        valuation = rules.valuate(
            valued,
            lines,
            {
                id: rules.ValuedPolicy(
                    self.terms.products[self.policies.rows[id].terms_id], self.policies.members(id, claim.target_date)
                )
                for id in ids
            },
            [row for id in ids for row in self.usage[id]],
            lower_of_asked_and_list=self.settings.pay_lower_of_asked_and_list,
        )
        for row in valuation.usage:
            self.usage[row.policy_id].append(row)
        self.taken += valuation.usage
        self.visits[claim.insuree_id, claim.category].append(claim.date_from)
        values = {value.line_no: value for value in valuation.lines}
        for (line, cover), on_terms in zip(paid, lines, strict=True):
            self.lines.append(self._line_value(claim, line, on_terms, values[line.line_no]))
            self.given[claim.insuree_id, line.element_id].append(
                Provision(claim.insuree_id, line.element_id, claim.date_from, claim.target_date, cover.quantity)
            )
        return {line_no: value.unit for line_no, value in values.items()}

    def _line_value(
        self, claim: CheckedClaim, line: CheckedLine, valued: rules.ValuedLine, value: rules.LineValue
    ) -> Mapping[str, Any]:
        terms, limit = valued.terms, valued.terms.limit(claim.visit_type)
        return {
            "claim_line_id": line.id,
            "claim_id": claim.id,
            "policy_id": valued.policy_id,
            "product_id": self.policies.rows[valued.policy_id].product_id,
            "price_origin": terms.price_origin,
            "limitation_type": limit.limitation_type,
            "limitation_value": limit.value(claim.adult),
            **amounts_of(value),
        }


async def examiner(ctx: Context, claims: Sequence[CheckedClaim]) -> CoverExaminer:
    """Read what finding cover for these claims needs. The policies are locked: their limits are used up one by one."""
    session = ctx.session
    insuree_ids = {claim.insuree_id for claim in claims}
    element_ids = {line.element_id for claim in claims for line in claim.lines}
    days = [claim.date_from for claim in claims]
    policies = await lock_policies_of(session, insuree_ids, min(days), max(days))
    terms = await load_terms(session, {policy.terms_id for policy in policies.rows.values()}, element_ids)
    # What no limit asks for is not read.
    given = await provisions(session, insuree_ids, terms.limited)
    return CoverExaminer(
        host=ctx.host,
        session=session,
        settings=ctx.settings(Settings),
        policies=policies,
        terms=terms,
        given=grouped(given, lambda each: (each.insuree_id, each.element_id)),
        visits=await visits_of(session, insuree_ids if terms.counts_visits else ()),
        usage=grouped(await load_usage(session, policies.rows), lambda row: row.policy_id),
    )


async def visits_of(
    session: AsyncSession, insuree_ids: Collection[UUID]
) -> defaultdict[tuple[UUID, ServiceCategory], list[date]]:
    """The days on which people's care began, of claims that count, by person and category; none is a visit (2.7 i)."""
    rows = await _visits().within(session, ids=listed(insuree_ids)) if insuree_ids else ()
    found: defaultdict[tuple[UUID, ServiceCategory], list[date]] = defaultdict(list)
    for insuree_id, category, date_from, _ in rows:
        found[insuree_id, category or ServiceCategory.VISIT].append(date_from)
    return found


@lru_cache(maxsize=1)
def _visits() -> Prepared:
    return Prepared("valuation.visits", counted_claims().where(among(Claim.insuree_id, IDS)))


def valued_claim(claim: CheckedClaim, settings: Settings) -> rules.ValuedClaim:
    """The claim as its valuation sees it."""
    return rules.ValuedClaim(
        claim_id=claim.id,
        insuree_id=claim.insuree_id,
        category=claim.category,
        adult=claim.adult,
        visit_type=claim.visit_type,
        hospital_stay=claim.hospital_stay,
        facility_is_hospital=claim.facility_level_code in settings.hospital_levels,
        age=claim.age,
    )


def _valued_line(line: CheckedLine, cover: rules.LineCover) -> rules.ValuedLine:
    assert cover.candidate is not None
    return rules.ValuedLine(
        line_no=line.line_no,
        is_service=line.is_service,
        policy_id=cover.candidate.policy_id,
        terms=cover.candidate.terms,
        quantity_provided=line.quantity,
        quantity_approved=cover.quantity,
        listed=line.listed or ZERO,
        price_asked=line.price_asked,
        bundle=_bundle(line),
    )


def _bundle(line: CheckedLine) -> rules.Bundle | None:
    """The bundle that a line is for; None of anything else."""
    if line.service is None or line.service.package_type is PackageType.SINGLE:
        return None
    defined, entered = line.defined.items(), line.parts.items()
    return rules.Bundle(line.service.package_type, line.service.price, dict(defined), dict(entered))


def _findings(line: CheckedLine, cover: rules.LineCover) -> tuple[Finding, ...]:
    """What was found of a line's cover, and that a bundle is worth nothing because its parts are others."""
    bundle = _bundle(line) if cover.candidate is not None else None
    if bundle is None or cover.candidate is None or not bundle.differs(cover.candidate.terms.price_origin):
        return cover.findings
    return (*cover.findings, Finding(RejectionReason.BUNDLE_DIFFERS, rejects=False))
