"""A clinic, a family, and the API calls of a claim's life."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.testing import Api, actor
from modules.claim.models import Claim
from modules.claim.testing import Clinic, make_claim
from modules.insuree.models import Family, Insuree
from modules.location.models import Location

CARE_ON = date(2026, 6, 10)

LINE = """
    lineNo quantityProvided quantityApproved priceAsked priceAdjusted priceApproved status rejectionReason justification
    findings { code number parameters rejects message } item { code } service { code }
"""
CLAIM = f"""
    id code version status claimed approved rejectionReason category careType reviewStatus returnReason adjustment
    findings {{ code number parameters rejects message }} items {{ {LINE} }} services {{ {LINE} }}
"""
SUBMIT = (
    "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) {"
    f" results {{ id claim {{ {CLAIM} }} errors {{ code path }} }} errors {{ code path }} }} }}"
)


@dataclass
class World:
    """A clinic in a district, and a family of four of a village there."""

    session: AsyncSession
    api: Api
    district: Location
    clinic: Clinic
    family: Family
    patient: Insuree

    @property
    def facility_id(self) -> UUID:
        """The clinic's facility."""
        return self.clinic.facility.id

    def nurse(self) -> Actor:
        """The claim administrator of the clinic."""
        return actor("CLAIM_ADMINISTRATOR", facility=[self.facility_id])

    def doctor(self) -> Actor:
        """The medical officer of the district."""
        return actor("MEDICAL_OFFICER", district=[self.district.id])

    async def claim(self, *given: Any, **fields: Any) -> Claim:
        """An entered claim of the clinic for care on 10 June 2026."""
        clinic, patient = fields.pop("clinic", self.clinic), fields.pop("patient", self.patient)
        claim = await make_claim(self.session, clinic, patient, *given, on=fields.pop("on", CARE_ON), **fields)
        await self.session.commit()
        return claim

    async def submit(self, *claims: Claim, by: Actor | None = None) -> list[dict[str, Any]]:
        """The results of submitting claims."""
        answer = await self.api(SUBMIT, {"input": {"ids": [claim.id for claim in claims]}}, actor=by or self.nurse())
        assert not answer.errors, answer
        assert not answer.data["submitClaims"]["errors"], answer
        results: list[dict[str, Any]] = answer.data["submitClaims"]["results"]
        return results

    async def submitted(self, *given: Any, **fields: Any) -> dict[str, Any]:
        """A claim as it is after its submission."""
        [result] = await self.submit(await self.claim(*given, **fields))
        assert not result["errors"]
        claim: dict[str, Any] = result["claim"]
        return claim

    async def change(self, mutation: str, claim: dict[str, Any], by: Actor, **input: Any) -> dict[str, Any]:
        """The payload of a mutation of a claim at the version given."""
        name = mutation[0].upper() + mutation[1:]
        payload = f"claim {{ {CLAIM} }} errors {{ code path message }}"
        answer = await self.api(
            f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {payload} }} }}",
            {"input": {"id": claim["id"], "expectedVersion": claim["version"], **input}},
            actor=by,
        )
        assert not answer.errors, answer
        told: dict[str, Any] = answer.data[mutation]
        return told
