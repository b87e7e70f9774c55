"""A region's scheme: a clinic, an insured family, its claims, and the accountants who pay for them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.testing import Api, actor
from modules.claim.models import Claim
from modules.claim.testing import Clinic, make_clinic
from modules.contribution.testing import make_contribution
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import make_family
from modules.location.models import Location
from modules.location.testing import make_district, make_region, make_village, make_ward
from modules.policy.models import Policy
from modules.policy.testing import make_policy
from modules.product.models import Product
from modules.product.testing import make_product
from modules.settlement.testing import Valued, make_valued_claim

YEAR, MONTH = 2026, 5
CARE_ON = date(2026, 5, 12)
START = date(2026, 1, 1)

FIGURES = "claimCount claimed approved valuated remunerated capitation adjustments amountToPay"
INDEX = "careType period startsOn endsOn allocatedPremium distributionPercent denominator value product { code }"
RUN = (
    "id version year month status runBy confirmedBy confirmedAt undoneAt claimCount remunerated capitation adjustments "
    f"amountToPay paid location {{ code }} indices {{ {INDEX} }} "
    f"statements {{ nodes {{ id {FIGURES} paid paidOn healthFacility {{ code }} }} }}"
)
PREVIEW = (
    "query($location: ID, $year: Int!, $month: Int!) { batchRunPreview(locationId: $location, year: $year, month: "
    f"$month) {{ claimCount remunerated capitation adjustments amountToPay indices {{ {INDEX} }} "
    f"statements {{ {FIGURES} healthFacility {{ code }} }} }} }}"
)
CLAIM = "query($id: ID!) { claim(id: $id) { status remunerated paidOn batchRun { id } } }"


@dataclass
class Scheme:
    """A region with a district, a clinic and a family with a policy of the region's product."""

    session: AsyncSession
    api: Api
    region: Location
    district: Location
    clinic: Clinic
    family: Family
    patient: Insuree
    product: Product
    policy: Policy
    accountant: Actor = field(init=False)
    colleague: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.accountant = self.somebody()
        self.colleague = self.somebody()

    def somebody(self, *districts: Location, role: str = "ACCOUNTANT") -> Actor:
        """An accountant of the districts, by default of the scheme's own."""
        return actor(role, district=[place.id for place in districts or (self.district,)])

    def nurse(self) -> Actor:
        """The claim administrator of the clinic."""
        return actor("CLAIM_ADMINISTRATOR", facility=[self.clinic.facility.id])

    async def claim(self, *lines: Valued, on: date = CARE_ON, **fields: Any) -> Claim:
        """A valued claim of the clinic."""
        clinic, policy = fields.pop("clinic", self.clinic), fields.pop("policy", self.policy)
        claim = await make_valued_claim(self.session, clinic, self.patient, policy, *lines, on=on, **fields)
        await self.session.commit()
        return claim

    async def pay_premium(self, amount: int, on: date = START, policy: Policy | None = None) -> None:
        """A contribution for the family's policy."""
        await make_contribution(self.session, policy or self.policy, Decimal(amount), paid_on=on)
        await self.session.commit()

    async def send(self, mutation: str, returned: str, who: Actor | None = None, **input: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {returned} errors {{ code path message }} }} }}"
        )
        answer = await self.api(document, {"input": input}, actor=who or self.accountant)
        assert answer.errors == [], answer
        payload: dict[str, Any] = answer.data[mutation]
        return payload

    async def run(self, month: int = MONTH, who: Actor | None = None, **input: Any) -> dict[str, Any]:
        """A fresh run of May 2026 for the region."""
        payload = await self.try_run(month, who, **input)
        assert payload["errors"] == [], payload
        run: dict[str, Any] = payload["batchRun"]
        return run

    async def try_run(self, month: int = MONTH, who: Actor | None = None, **input: Any) -> dict[str, Any]:
        """The payload of running a month of 2026 for the region."""
        place = {"locationId": self.region.id, "year": YEAR, "month": month}
        return await self.send("runBatch", f"batchRun {{ {RUN} }}", who, **{**place, **input})

    async def confirm(self, run: dict[str, Any], who: Actor | None = None) -> dict[str, Any]:
        """The payload of confirming a run, by the colleague of who ran it."""
        return await self._change("confirmBatchRun", run, who or self.colleague)

    async def undo(self, run: dict[str, Any], who: Actor | None = None) -> dict[str, Any]:
        """The payload of undoing a run."""
        return await self._change("undoBatchRun", run, who)

    async def confirmed(self, **input: Any) -> dict[str, Any]:
        """A run of May that the colleague has confirmed."""
        payload = await self.confirm(await self.run(**input))
        assert payload["errors"] == [], payload
        run: dict[str, Any] = payload["batchRun"]
        return run

    async def pay(self, statement: dict[str, Any], reference: str = "T1", **input: Any) -> dict[str, Any]:
        """The payload of recording a payment."""
        returned = "facilityPayment { id amount paidOn reference statement { paid paidOn batchRun { status } } }"
        given = {"statementId": statement["id"], "reference": reference, **input}
        return await self.send("recordFacilityPayment", returned, given.pop("who", None), **given)

    async def preview(self, month: int = MONTH, who: Actor | None = None, **variables: Any) -> dict[str, Any]:
        """The preview of a month of 2026 for the region."""
        place = {"location": self.region.id, "year": YEAR, "month": month, **variables}
        answer = await self.api(PREVIEW, place, actor=who or self.accountant)
        assert answer.errors == [], answer
        preview: dict[str, Any] = answer.data["batchRunPreview"]
        return preview

    async def look(self, claim: Claim, who: Actor | None = None) -> dict[str, Any]:
        """What somebody sees of a claim."""
        answer = await self.api(CLAIM, {"id": claim.id}, actor=who or self.accountant)
        assert answer.errors == [], answer
        seen: dict[str, Any] = answer.data["claim"]
        return seen

    async def _change(self, mutation: str, run: dict[str, Any], who: Actor | None) -> dict[str, Any]:
        version = {"id": run["id"], "expectedVersion": run["version"]}
        return await self.send(mutation, f"batchRun {{ {RUN} }}", who, **version)


async def make_scheme(session: AsyncSession, api: Api, **terms: Any) -> Scheme:
    """A scheme whose product has these terms; the policy is of 2026."""
    region = await make_region(session)
    district = await make_district(session, region)
    clinic = await make_clinic(session, district)
    family = await make_family(session, await make_village(session, await make_ward(session, district)))
    patient = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
    product = await make_product(session, region, covers=[*clinic.items, *clinic.services], **terms)
    policy = await make_policy(session, family, product, starts_on=START)
    await session.commit()
    return Scheme(session, api, region, district, clinic, family, patient, product, policy)


def codes(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """The codes of a payload's errors and where they lie."""
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]


def nodes(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of a run."""
    found: list[dict[str, Any]] = run["statements"]["nodes"]
    return found
