"""Who sees and changes what: every type, every way of reaching it, every kind of account."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.matrix import World, check_scope
from core.matrix.corners import is_scoped

SEES = {
    "BatchRun": "region, district",
    "CapitationShare": "region, district, paid facility",
    "Claim": "region, district, clinic, paid facility",
    "ClaimAdministrator": "region, district, clinic",
    "ClaimAttachment": "region, district, clinic",
    "ClaimFeedback": "region, district, ward, village, clinic",
    "ClaimFeedbackPrompt": "region, district, ward, village, clinic",
    "ClaimFinding": "region, district, clinic",
    "ClaimLine": "region, district, clinic, paid facility",
    "ClaimPart": "region, district, clinic",
    "Contribution": "region, district, ward, village",
    "CoveredInsuree": "region, district, ward, village",
    "Device": "own account",
    "FacilityPayment": "region, district, paid facility",
    "FacilityStatement": "region, district, paid facility",
    "Family": "region, district, ward, village",
    "Grant": "own account",
    "Insuree": "region, district, ward, village",
    "InsureePhoto": "region, district, ward, village",
    "PaymentAdjustment": "region, district, paid facility",
    "Policy": "region, district, ward, village",
    "PolicyRenewal": "own account, region, district, ward, village",
    "RelativeIndex": "region, district",
    "SettledClaim": "region, district, paid facility",
    "User": "own account",
}
"""Which accounts of a corner see its rows, beside the national one: what the scopes mean, reviewed by people."""


def sees(world: World) -> dict[str, str]:
    """The kinds of accounts of the corner that see a row that was made there, by type."""
    found = {}
    for name, (_, mapping) in world.types().items():
        ids = {str(row.id) for row in world.here.rows.get(mapping.model, ())}
        kinds = [who for who in world.here.grants if ids & world.seen[who][mapping.model]]
        if is_scoped(mapping):
            found[name] = ", ".join(kinds)
    return found


async def test_nobody_sees_or_changes_what_lies_outside(host: Host, session: AsyncSession) -> None:
    world = await check_scope(host, session)
    assert sees(world) == SEES


@pytest.mark.audit
@pytest.mark.profile("zanzibar")
async def test_nor_does_anybody_in_zanzibar(host: Host, session: AsyncSession) -> None:
    await check_scope(host, session)
