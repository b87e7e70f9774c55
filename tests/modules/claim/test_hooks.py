"""What other modules can add to the checks of claims, and what they are told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from core import Context, hook
from core.host import Host
from modules.claim.hooks import CheckedClaim, LineVerdict, StatusChange, Verdict
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus, Finding, RejectionReason
from modules.medical.services import Wanted
from modules.medical.testing import make_item
from tests.modules.claim.test_entry import create
from tests.modules.claim.world import World


@contextmanager
def plugged_in(host: Host, **hooks: Any) -> Iterator[None]:
    """A module with these hooks is enabled while the block runs."""
    plugin = SimpleNamespace(**{name: hook(function) for name, function in hooks.items()})
    host.plugins.register(plugin, "plugged")
    try:
        yield
    finally:
        host.plugins.unregister(plugin)


async def test_a_country_may_check_lines_further(world: World, host: Host) -> None:
    def check_claim_lines(claim: CheckedClaim) -> Mapping[int, Sequence[Finding]] | None:
        return {1: [Finding(RejectionReason.AI_EVALUATION)]}

    with plugged_in(host, check_claim_lines=check_claim_lines):
        claim = await world.submitted()
    assert claim["items"][0]["rejectionReason"] == "AI_EVALUATION"
    assert claim["status"] == "CHECKED"


async def test_a_country_may_set_prices_of_its_own(world: World, host: Host) -> None:
    drug, other = world.clinic.items[0], await make_item(world.session)
    await world.session.commit()
    seen: list[Any] = []

    async def line_prices(
        ctx: Context, wanted: Collection[Wanted], listed: Mapping[Wanted, Decimal]
    ) -> Mapping[Wanted, Decimal] | None:
        seen.append(len(listed))
        return {each: Decimal(750) for each in wanted if each.element_id in (drug.id, other.id)}

    given = [{"itemCode": item.code, "quantityProvided": "2"} for item in (*world.clinic.items[:2], other)]
    with plugged_in(host, line_prices=line_prices):
        created = (await create(world, items=given, services=[]))["claim"]
        assert [line["priceAsked"] for line in created["items"]] == ["750.00", "1000.00", "750.00"]
        claim = await world.session.get_one(Claim, UUID(created["id"]))
        [result] = await world.submit(claim)
    assert [line["priceAdjusted"] for line in result["claim"]["items"]] == ["750.00", "1000.00", "750.00"]
    assert (result["claim"]["status"], result["claim"]["approved"], seen) == ("CHECKED", "5000.00", [2, 2])


async def test_a_scheme_may_make_the_codes_of_claims(world: World, host: Host) -> None:
    async def claim_code(ctx: Context, claim: Claim) -> str | None:
        return f"{claim.date_from:%y%m%d}-1"

    with plugged_in(host, claim_code=claim_code):
        payload = await create(world, code=None)
    assert payload["claim"]["code"] == "260610-1"


async def test_an_examiner_adds_findings_cuts_quantities_and_settles_prices(world: World, host: Host) -> None:
    written = []

    class Examiner:
        def check(self, claim: CheckedClaim) -> Verdict:
            lines = {line.line_no: LineVerdict((), line.quantity) for line in claim.lines}
            return Verdict(
                lines={**lines, 1: LineVerdict((), claim.lines[0].quantity - 1, claim.lines[0].price_asked / 2)}
            )

        async def write(self) -> None:
            written.append(True)

    async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Any:
        return Examiner()

    with plugged_in(host, claims_submitted=claims_submitted):
        claim = await world.submitted((world.clinic.items[0], 3))
    [line] = claim["items"]
    assert (line["quantityApproved"], line["priceAdjusted"], claim["approved"]) == ("2.00", "500.00", "1000.00")
    assert written == [True]


async def test_an_examiner_may_refuse_the_claim(world: World, host: Host) -> None:
    class Examiner:
        def check(self, claim: CheckedClaim) -> Verdict:
            return Verdict((Finding(RejectionReason.NO_COVER, {"on": claim.date_from.isoformat()}),))

        async def write(self) -> None:
            pass

    async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Any:
        return Examiner()

    with plugged_in(host, claims_submitted=claims_submitted):
        claim = await world.submitted()
    assert claim["rejectionReason"] == "NO_COVER"
    assert {line["rejectionReason"] for line in claim["items"]} == {"PATIENT_OR_FAMILY_CLOSED"}


async def test_every_change_of_state_is_told(world: World, host: Host) -> None:
    told: list[tuple[ClaimStatus, ClaimStatus]] = []
    reviewed: list[UUID] = []
    undone: list[UUID] = []

    async def claims_changed_status(ctx: Context, changes: Sequence[StatusChange]) -> None:
        told.extend((change.before, change.after) for change in changes)

    async def claims_reviewed(ctx: Context, claim_ids: Sequence[UUID]) -> None:
        reviewed.extend(claim_ids)

    async def claims_undone(ctx: Context, claim_ids: Sequence[UUID]) -> None:
        undone.extend(claim_ids)

    hooks = {
        "claims_changed_status": claims_changed_status,
        "claims_reviewed": claims_reviewed,
        "claims_undone": claims_undone,
    }
    with plugged_in(host, **hooks):
        claim = await world.submitted()
        seen = (await world.change("reviewClaim", claim, world.doctor(), lines=[]))["claim"]
        await world.change("returnClaim", seen, world.doctor(), reason="Wrong date")
    assert told == [
        (ClaimStatus.ENTERED, ClaimStatus.CHECKED),
        (ClaimStatus.CHECKED, ClaimStatus.RETURNED),
    ]
    assert [str(id) for id in (*reviewed, *undone)] == [claim["id"], claim["id"]]
