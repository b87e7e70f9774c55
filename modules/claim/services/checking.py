"""The checks of claims that are handed in together, one after the other: no database, all facts are at hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from core.dates import age_on
from core.money import ZERO
from core.values import value
from modules.claim import rules
from modules.claim.hooks import CheckedClaim, CheckedLine, Examiner, LineVerdict
from modules.claim.rules import Finding, RejectionReason
from modules.claim.services.facts import CountedClaim, Facts, Provision
from modules.claim.services.plain import PlainClaim, PlainLine, PlainPatient
from modules.claim.settings import Settings
from modules.insuree.models import InsureeStatus
from modules.location.rules import FacilityStatus
from modules.medical.models import Item, Service
from modules.medical.rules import is_adult, patient_mask
from modules.medical.services import Wanted

NOTHING: Mapping[UUID, Decimal] = {}
ExtraChecks = Callable[[CheckedClaim], Sequence[Mapping[int, Sequence[Finding]] | None]]


class LineOutcome(NamedTuple):
    """What the checks make of a line. `reason` is ACCEPTED if it passed."""

    line: PlainLine
    findings: tuple[Finding, ...]
    reason: RejectionReason
    quantity: Decimal | None
    price: Decimal | None


@value
class Outcome:
    """What the checks make of a claim. `reason` is ACCEPTED if it passed."""

    claim: PlainClaim
    checked: CheckedClaim
    findings: tuple[Finding, ...]
    reason: RejectionReason
    lines: tuple[LineOutcome, ...]

    @property
    def accepted(self) -> bool:
        """Whether the claim is CHECKED; otherwise it is REJECTED."""
        return self.reason is RejectionReason.ACCEPTED

    @property
    def approved(self) -> Decimal:
        """What is accepted of it before the terms of a product are applied."""
        return rules.approved(
            rules.LineAmounts(
                quantity_provided=outcome.line.quantity_provided,
                price_asked=outcome.line.price_asked,
                quantity_approved=outcome.quantity,
                price_adjusted=outcome.price,
                passed=outcome.reason is RejectionReason.ACCEPTED,
            )
            for outcome in self.lines
        )


class RegisterEntry(NamedTuple):
    """What the register says of an item or a service; `ended_on` is the last day on which it holds."""

    facts: rules.RegisterFacts
    ended_on: date | None


@dataclass
class Checking:
    """One pass of the checks over claims in their order. A claim that passes counts for those that follow."""

    facts: Facts
    settings: Settings
    today: date
    zone: ZoneInfo
    extra: ExtraChecks
    examiners: Sequence[Examiner] = ()
    registered: dict[UUID, RegisterEntry] = field(default_factory=dict)
    """What the register says of items and services, by id, once it was asked for."""

    def checked(self, claim: PlainClaim) -> CheckedClaim:
        """The claim as it goes through the checks, with nothing found yet."""
        facts, day = self.facts, claim.target_date
        lines = tuple(self._line(claim, line, day) for line in facts.lines[claim.id])
        categories = [line.service.category for line in lines if line.service is not None]
        patient = facts.patients[claim.insuree_id]
        return CheckedClaim(
            id=claim.id,
            insuree_id=claim.insuree_id,
            health_facility_id=claim.health_facility_id,
            facility_level_code=facts.facilities[claim.health_facility_id].level_code,
            date_from=claim.date_from,
            date_to=claim.date_to,
            visit_type=claim.visit_type,
            category=rules.claim_category(categories, rules.is_hospital_stay(claim.date_from, claim.date_to)),
            adult=is_adult(patient.birth_date, day, self.settings.age_of_majority),
            age=age_on(patient.birth_date, day),
            lines=lines,
        )

    def run(self, claim: PlainClaim, checked: CheckedClaim) -> Outcome:
        """All checks of one claim (decisions 25 and 26)."""
        visit = self._visit(claim, checked)
        checked = replace(
            checked,
            findings=rules.check_claim(self._claim_facts(claim), self.settings.checks),
            lines=tuple(self._own_checks(claim, line, visit) for line in checked.lines),
        )
        for found in filter(None, self.extra(checked)):
            checked = _with(checked, (), found)
        settled: dict[int, LineVerdict] = {}
        for examiner in self.examiners:
            verdict = examiner.check(checked)
            checked = _with(checked, verdict.findings, {no: line.findings for no, line in verdict.lines.items()})
            settled.update(verdict.lines)
        outcome = self._outcome(claim, checked, settled)
        if outcome.accepted:
            self._count(outcome)
        return outcome

    def _line(self, claim: PlainClaim, line: PlainLine, day: date) -> CheckedLine:
        element = self.facts.elements[line.element_id]
        return CheckedLine(
            id=line.id,
            line_no=line.line_no,
            element_id=line.element_id,
            is_service=line.service_id is not None,
            quantity=line.quantity_provided,
            price_asked=line.price_asked,
            listed=self.facts.prices.get(Wanted(claim.health_facility_id, line.element_id, day)),
            service=element if isinstance(element, Service) else None,
            parts=self.facts.parts.get(line.id, NOTHING),
            defined=self.facts.defined.get(line.element_id, NOTHING),
        )

    def _visit(self, claim: PlainClaim, checked: CheckedClaim) -> rules.VisitFacts:
        day, patient = checked.target_date, self.facts.patients[claim.insuree_id]
        return rules.VisitFacts(
            target_date=day,
            hospital_stay=checked.hospital_stay,
            facility_care_type=self.facts.facilities[claim.health_facility_id].care_type,
            patient_mask=patient_mask(patient.gender_code, patient.birth_date, day, self.settings.age_of_majority),
            care_type_rule=self.settings.care_type_rule,
        )

    def _own_checks(self, claim: PlainClaim, line: CheckedLine, visit: rules.VisitFacts) -> CheckedLine:
        register = self._register(line.element_id, visit.target_date)
        limited = register is not None and register.frequency_days
        given = self.facts.provisions.get((claim.insuree_id, line.element_id), ()) if limited else ()
        facts = rules.LineFacts(
            quantity=line.quantity,
            register=register,
            listed=line.listed is not None,
            provisions=tuple(provision.target_date for provision in given),
        )
        findings = rules.check_line(facts, visit)
        return replace(line, findings=findings) if findings else line

    def _register(self, element_id: UUID, day: date) -> rules.RegisterFacts | None:
        entry = self.registered.get(element_id)
        if entry is None:
            entry = self.registered[element_id] = self._entry(self.facts.elements[element_id])
        return None if entry.ended_on is not None and entry.ended_on < day else entry.facts

    def _entry(self, element: Item | Service) -> RegisterEntry:
        facts = rules.RegisterFacts(
            care_type=element.care_type,
            patient_category=element.patient_mask,
            maximum_quantity=element.maximum_quantity,
            frequency_days=element.frequency_days,
        )
        return RegisterEntry(facts, None if element.ended_at is None else self._day(element.ended_at))

    def _claim_facts(self, claim: PlainClaim) -> rules.ClaimFacts:
        facility, patient = self.facts.facilities[claim.health_facility_id], self.facts.patients[claim.insuree_id]
        return rules.ClaimFacts(
            date_from=claim.date_from,
            date_to=claim.date_to,
            claimed_on=claim.claimed_on,
            filed_on=self._day(claim.submitted_at) if claim.submitted_at else self.today,
            today=self.today,
            facility=rules.FacilityFacts(
                active=facility.status is FacilityStatus.ACTIVE,
                contract_from=facility.contract_from,
                contract_to=facility.contract_to,
                first_level=facility.level_code in self.settings.first_levels,
                in_entitlement_area=patient.district_id == facility.location_id,
            ),
            patient=_patient_facts(patient),
            visit_type=claim.visit_type,
            referred=claim.referred_from_id is not None,
            similar=tuple(
                rules.SimilarClaim(other.code, other.date_from, other.date_to, other.status)
                for other in self.facts.counted.get(claim.insuree_id, ())
                if _alike(claim, other)
            ),
        )

    def _outcome(self, claim: PlainClaim, checked: CheckedClaim, settled: Mapping[int, LineVerdict]) -> Outcome:
        own = rules.first_reason(checked.findings)
        stamp = rules.stamped_reason(own)
        lines = []
        for row, line in zip(self.facts.lines[claim.id], checked.lines, strict=True):
            reason = rules.first_reason(line.findings) if own is RejectionReason.ACCEPTED else stamp
            passed, verdict = reason is RejectionReason.ACCEPTED, settled.get(line.line_no)
            trimmed = verdict is not None and verdict.quantity != line.quantity
            quantity = (verdict.quantity if verdict and trimmed else None) if passed else ZERO
            price = line.listed if verdict is None or verdict.price is None else verdict.price
            lines.append(LineOutcome(row, line.findings, reason, quantity, price))
        reason = rules.claim_reason(checked.findings, [line.reason for line in lines])
        return Outcome(claim, checked, checked.findings, reason, tuple(lines))

    def _count(self, outcome: Outcome) -> None:
        claim = outcome.claim
        self.facts.counted[claim.insuree_id].append(
            CountedClaim(
                claim.code,
                claim.insuree_id,
                claim.health_facility_id,
                claim.main_diagnosis_id,
                claim.date_from,
                claim.date_to,
                rules.ClaimStatus.CHECKED,
            )
        )
        for line in outcome.lines:
            if line.reason is RejectionReason.ACCEPTED:
                element_id, day = line.line.element_id, outcome.checked.target_date
                quantity = line.line.quantity_provided if line.quantity is None else line.quantity
                self.facts.provisions[claim.insuree_id, element_id].append(
                    Provision(claim.insuree_id, element_id, claim.date_from, day, quantity)
                )

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _with(claim: CheckedClaim, findings: Sequence[Finding], lines: Mapping[int, Sequence[Finding]]) -> CheckedClaim:
    """The claim with what somebody else found added to what was found before, in the order of the checks."""
    if not findings and not any(lines.values()):
        return claim
    return replace(
        claim,
        findings=rules.in_order([*claim.findings, *findings]),
        lines=tuple(
            replace(line, findings=rules.in_order([*line.findings, *lines[line.line_no]]))
            if lines.get(line.line_no)
            else line
            for line in claim.lines
        ),
    )


def _patient_facts(patient: PlainPatient) -> rules.PatientFacts:
    return rules.PatientFacts(
        registered=patient.ended_at is None,
        in_current_family=not patient.closed,
        inactive_on=patient.status_on if patient.status is InsureeStatus.INACTIVE else None,
        died_on=patient.status_on if patient.status is InsureeStatus.DEAD else None,
    )


def _alike(claim: PlainClaim, other: CountedClaim) -> bool:
    """Whether another claim of the patient has the same facility and main diagnosis."""
    same_facility = other.health_facility_id == claim.health_facility_id
    return same_facility and other.main_diagnosis_id == claim.main_diagnosis_id
